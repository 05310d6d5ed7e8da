using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Mel.Architecture.Tests.Reading;

/// <summary>An assembly read as data: nothing in it is loaded or run.</summary>
internal sealed class CompiledAssembly : IDisposable
{
    private readonly PEReader _image;

    public CompiledAssembly(string path)
    {
        _image = new PEReader(ImmutableArray.Create(File.ReadAllBytes(path)));
        Metadata = _image.GetMetadataReader();
    }

    public MetadataReader Metadata { get; }

    /// <summary>Every type that somebody wrote, nested ones included: not those that the compiler or a source generator adds.</summary>
    public IEnumerable<TypeDefinitionHandle> Types => Metadata.TypeDefinitions.Where(t => !IsGenerated(t));

    /// <summary>The code of a method, or null where it has none.</summary>
    public MethodBodyBlock? Body(MethodDefinition method) => method.RelativeVirtualAddress == 0 ? null : _image.GetMethodBody(method.RelativeVirtualAddress);

    /// <summary>The type that encloses a type and is enclosed by none.</summary>
    public TypeDefinitionHandle Outermost(TypeDefinitionHandle type)
    {
        while (Metadata.GetTypeDefinition(type).GetDeclaringType() is { IsNil: false } outer) type = outer;
        return type;
    }

    /// <summary>The namespace of the outermost type.</summary>
    public string Namespace(TypeDefinitionHandle type) => Metadata.GetString(Metadata.GetTypeDefinition(Outermost(type)).Namespace);

    /// <summary>
    /// Namespace, enclosing types and name, with a dot between any two of them and the arity behind a backtick: the form that documentation uses.
    /// </summary>
    public string FullName(TypeDefinitionHandle handle)
    {
        TypeDefinition type = Metadata.GetTypeDefinition(handle);
        string name = Metadata.GetString(type.Name), space = Metadata.GetString(type.Namespace);
        if (type.GetDeclaringType() is { IsNil: false } outer) return FullName(outer) + "." + name;
        return space.Length == 0 ? name : space + "." + name;
    }

    /// <summary>Whether an attribute of this name stands on something.</summary>
    public bool Has(CustomAttributeHandleCollection attributes, string name) => attributes.Any(a => AttributeName(a) == name);

    public void Dispose() => _image.Dispose();

    private bool IsGenerated(TypeDefinitionHandle type)
    {
        TypeDefinition outermost = Metadata.GetTypeDefinition(Outermost(type));
        return Metadata.GetString(outermost.Name) == "<Module>"
            || Has(outermost.GetCustomAttributes(), "CompilerGeneratedAttribute")
            || (Has(outermost.GetCustomAttributes(), "GeneratedCodeAttribute")
                && Metadata.GetString(outermost.Namespace).EndsWith(".Generated", StringComparison.Ordinal));
    }

    private string AttributeName(CustomAttributeHandle handle)
    {
        EntityHandle constructor = Metadata.GetCustomAttribute(handle).Constructor;
        EntityHandle type = constructor.Kind == HandleKind.MethodDefinition
            ? Metadata.GetMethodDefinition((MethodDefinitionHandle)constructor).GetDeclaringType()
            : Metadata.GetMemberReference((MemberReferenceHandle)constructor).Parent;
        return type.Kind switch
        {
            HandleKind.TypeDefinition => Metadata.GetString(Metadata.GetTypeDefinition((TypeDefinitionHandle)type).Name),
            HandleKind.TypeReference => Metadata.GetString(Metadata.GetTypeReference((TypeReferenceHandle)type).Name),
            _ => "",
        };
    }
}
