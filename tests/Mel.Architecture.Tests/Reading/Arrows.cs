using System.Reflection.Metadata;
using System.Text.RegularExpressions;

namespace Mel.Architecture.Tests.Reading;

/// <summary>
/// Finds which types of an assembly know which others: by base types, interfaces, constraints, fields, signatures, local variables, catch clauses and the
/// operands of every instruction. Attributes are left out. So are constants and names in <c>nameof</c>, which the compiler replaces by their values.
/// </summary>
internal sealed partial class Arrows
{
    private readonly CompiledAssembly _assembly;
    private readonly HashSet<Arrow> _found = [];

    private Arrows(CompiledAssembly assembly) => _assembly = assembly;

    private MetadataReader Metadata => _assembly.Metadata;

    /// <summary>All arrows between two different types, each once per member it starts at.</summary>
    public static IReadOnlyCollection<Arrow> In(CompiledAssembly assembly)
    {
        var arrows = new Arrows(assembly);
        foreach (TypeDefinitionHandle type in assembly.Types) arrows.FromType(type);
        return arrows._found;
    }

    private void FromType(TypeDefinitionHandle handle)
    {
        TypeDefinition type = Metadata.GetTypeDefinition(handle);
        Add(handle, "base type", Named(type.BaseType));
        foreach (InterfaceImplementationHandle i in type.GetInterfaceImplementations())
            Add(handle, "interface", Named(Metadata.GetInterfaceImplementation(i).Interface));
        Add(handle, "constraint", Constraints(type.GetGenericParameters()));
        foreach (FieldDefinitionHandle f in type.GetFields())
        {
            FieldDefinition field = Metadata.GetFieldDefinition(f);
            Add(handle, Metadata.GetString(field.Name), In(types => field.DecodeSignature(types, null)));
        }
        foreach (MethodDefinitionHandle m in type.GetMethods()) FromMethod(handle, Metadata.GetMethodDefinition(m));
    }

    private void FromMethod(TypeDefinitionHandle type, MethodDefinition method)
    {
        string name = Metadata.GetString(method.Name);
        Add(type, name, In(types => method.DecodeSignature(types, null)));
        Add(type, name, Constraints(method.GetGenericParameters()));
        if (_assembly.Body(method) is not { } body) return;
        foreach (EntityHandle operand in Instructions.Names(body)) Add(type, name, Named(operand));
        foreach (ExceptionRegion region in body.ExceptionRegions) Add(type, name, Named(region.CatchType));
        if (!body.LocalSignature.IsNil) Add(type, name, In(types => Metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(types, null)));
    }

    private IReadOnlyCollection<TypeDefinitionHandle> Constraints(GenericParameterHandleCollection parameters)
        => [.. from p in parameters
               from c in Metadata.GetGenericParameter(p).GetConstraints()
               from type in Named(Metadata.GetGenericParameterConstraint(c).Type)
               select type];

    /// <summary>The types of this assembly that a type, method, field or signature names.</summary>
    private IReadOnlyCollection<TypeDefinitionHandle> Named(EntityHandle handle)
    {
        if (handle.IsNil) return [];
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                return [(TypeDefinitionHandle)handle];
            case HandleKind.TypeSpecification:
                return In(types => Metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(types, null));
            case HandleKind.MethodDefinition:
                return [Metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType()];
            case HandleKind.FieldDefinition:
                return [Metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType()];
            case HandleKind.MemberReference:
                return Named(Metadata.GetMemberReference((MemberReferenceHandle)handle).Parent);
            case HandleKind.MethodSpecification:
                MethodSpecification method = Metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                return [.. Named(method.Method), .. In(types => method.DecodeSignature(types, null))];
            case HandleKind.StandaloneSignature:
                return In(types => Metadata.GetStandaloneSignature((StandaloneSignatureHandle)handle).DecodeMethodSignature(types, null));
            default:
                return [];
        }
    }

    private IReadOnlyCollection<TypeDefinitionHandle> In(Action<SignatureTypes> decode)
    {
        var types = new SignatureTypes(Metadata);
        decode(types);
        return types.Found;
    }

    private void Add(TypeDefinitionHandle from, string where, IReadOnlyCollection<TypeDefinitionHandle> targets)
    {
        foreach (TypeDefinitionHandle to in targets)
        {
            var arrow = new Arrow(_assembly.Outermost(from), _assembly.Outermost(to), Written(from, where));
            if (arrow.From != arrow.To) _found.Add(arrow);
        }
    }

    /// <summary>
    /// The member as it is written. Code of a lambda, an iterator or an async method stands in members and types that the compiler adds. The first of them,
    /// from inside out, that holds a name in angle brackets says where it was written.
    /// </summary>
    private string Written(TypeDefinitionHandle type, string member)
    {
        if (Source().Match(member) is { Success: true } m) return m.Groups[1].Value;
        for (; !type.IsNil; type = Metadata.GetTypeDefinition(type).GetDeclaringType())
            if (Source().Match(Metadata.GetString(Metadata.GetTypeDefinition(type).Name)) is { Success: true } outer) return outer.Groups[1].Value;
        return member;
    }

    [GeneratedRegex("^<([^>]+)>")]
    private static partial Regex Source();
}
