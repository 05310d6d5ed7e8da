using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;

namespace Mel.Architecture.Tests.Reading;

/// <summary>What somebody outside an assembly sees of it: public and protected types and members that were written, as documentation identifiers.</summary>
internal sealed class PublicSurface
{
    private readonly CompiledAssembly _assembly;
    private readonly DocNames _names;

    public PublicSurface(CompiledAssembly assembly) => (_assembly, _names) = (assembly, new DocNames(assembly));

    private MetadataReader Metadata => _assembly.Metadata;

    /// <summary>The visible types.</summary>
    public IEnumerable<TypeDefinitionHandle> Types => _assembly.Types.Where(IsVisible);

    /// <summary>
    /// A type and its visible members. Left out is what carries the documentation of something else: overrides, accessors, a constructor without parameters.
    /// </summary>
    public IEnumerable<string> Ids(TypeDefinitionHandle handle)
    {
        TypeDefinition type = Metadata.GetTypeDefinition(handle);
        string name = _assembly.FullName(handle);
        yield return "T:" + name;
        if (IsDelegate(type)) yield break;
        foreach (FieldDefinitionHandle f in type.GetFields())
        {
            FieldDefinition field = Metadata.GetFieldDefinition(f);
            if (IsVisible((MethodAttributes)(field.Attributes & FieldAttributes.FieldAccessMask)) && (field.Attributes & FieldAttributes.SpecialName) == 0)
                yield return $"F:{name}.{Metadata.GetString(field.Name)}";
        }
        foreach (MethodDefinitionHandle m in type.GetMethods())
        {
            MethodDefinition method = Metadata.GetMethodDefinition(m);
            if (IsVisible(method.Attributes) && IsWritten(method)) yield return MethodId(name, method);
        }
        foreach (PropertyDefinitionHandle p in type.GetProperties())
        {
            PropertyDefinition property = Metadata.GetPropertyDefinition(p);
            if (IsVisible(property.GetAccessors()) && !IsGenerated(property.GetCustomAttributes())) yield return PropertyId(name, property);
        }
        foreach (EventDefinitionHandle e in type.GetEvents())
        {
            EventDefinition happening = Metadata.GetEventDefinition(e);
            if (IsVisible(Metadata.GetMethodDefinition(happening.GetAccessors().Adder).Attributes))
                yield return $"E:{name}.{Metadata.GetString(happening.Name)}";
        }
    }

    /// <summary>The identifier of a property of a type.</summary>
    public string PropertyId(string type, PropertyDefinition property)
        => $"P:{type}.{Metadata.GetString(property.Name)}{Parameters(property.DecodeSignature(_names, null).ParameterTypes)}";

    private string MethodId(string type, MethodDefinition method)
    {
        MethodSignature<string> signature = method.DecodeSignature(_names, null);
        string name = Metadata.GetString(method.Name), arity = signature.GenericParameterCount > 0 ? $"``{signature.GenericParameterCount}" : "";
        string result = name is "op_Implicit" or "op_Explicit" ? "~" + signature.ReturnType : "";
        return $"M:{type}.{name.Replace('.', '#')}{arity}{Parameters(signature.ParameterTypes)}{result}";
    }

    private static string Parameters(ImmutableArray<string> types) => types.Length == 0 ? "" : $"({string.Join(',', types)})";

    private bool IsWritten(MethodDefinition method)
    {
        string name = Metadata.GetString(method.Name);
        bool isConstructor = name == ".ctor", overrides = Overrides(method);
        bool isAccessor = (method.Attributes & MethodAttributes.SpecialName) != 0 && !isConstructor && !name.StartsWith("op_", StringComparison.Ordinal);
        return !overrides && !isAccessor && !IsGenerated(method.GetCustomAttributes()) && !(isConstructor && method.GetParameters().Count == 0);
    }

    private bool IsGenerated(CustomAttributeHandleCollection attributes) => _assembly.Has(attributes, "CompilerGeneratedAttribute");

    private bool IsVisible(TypeDefinitionHandle handle)
    {
        TypeDefinition type = Metadata.GetTypeDefinition(handle);
        return (type.Attributes & TypeAttributes.VisibilityMask) switch
        {
            TypeAttributes.Public => true,
            TypeAttributes.NestedPublic or TypeAttributes.NestedFamily or TypeAttributes.NestedFamORAssem => IsVisible(type.GetDeclaringType()),
            _ => false,
        };
    }

    private bool IsVisible(PropertyAccessors accessors)
        => new[] { accessors.Getter, accessors.Setter }.Any(
            a => !a.IsNil && Metadata.GetMethodDefinition(a) is var m && IsVisible(m.Attributes) && !Overrides(m));

    private static bool Overrides(MethodDefinition method)
        => (method.Attributes & (MethodAttributes.Virtual | MethodAttributes.NewSlot)) == MethodAttributes.Virtual;

    private static bool IsVisible(MethodAttributes attributes)
        => (attributes & MethodAttributes.MemberAccessMask) is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem;

    private bool IsDelegate(TypeDefinition type)
        => type.BaseType.Kind == HandleKind.TypeReference
        && Metadata.GetString(Metadata.GetTypeReference((TypeReferenceHandle)type.BaseType).Name) == "MulticastDelegate";
}
