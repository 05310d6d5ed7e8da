using System.Reflection;
using System.Reflection.Metadata;
using Mel.Architecture.Tests.Reading;

namespace Mel.Architecture.Tests.Style;

/// <summary>Options have one shape: a plain class whose properties name their defaults, and a validator that only the package knows.</summary>
[TestFixtureSource(typeof(House), nameof(House.Packages))]
internal sealed class OptionsTests(Package package)
{
    private CompiledAssembly _assembly = null!;

    private MetadataReader Metadata => _assembly.Metadata;

    [OneTimeSetUp]
    public void Open() => _assembly = package.Open();

    [OneTimeTearDown]
    public void Close() => _assembly.Dispose();

    [Test]
    public void Options_EverySettableProperty_NamesItsDefault()
    {
        XmlDocs docs = package.OpenDocs();
        var surface = new PublicSurface(_assembly);
        (from handle in Named("Options")
         from p in Metadata.GetTypeDefinition(handle).GetProperties()
         let property = Metadata.GetPropertyDefinition(p)
         where IsSettable(property) && !_assembly.Has(property.GetCustomAttributes(), "RequiredMemberAttribute")
         let id = surface.PropertyId(_assembly.FullName(handle), property)
         where !docs.Text(id, "value").Contains("The default is", StringComparison.Ordinal)
         select id).ShouldBeNone("A property that can be set has <value>The default is ...</value>.");
    }

    [Test]
    public void Options_ArePlainClasses()
        => Named("Options").Where(t => IsRecord(t) || !IsClass(t)).Select(_assembly.FullName)
            .ShouldBeNone("Options are a plain class: configuration binds its properties, and Configure sets them.");

    [Test]
    public void OptionsValidators_AreInternal()
        => Named("OptionsValidator").Where(t => (Metadata.GetTypeDefinition(t).Attributes & TypeAttributes.VisibilityMask) != TypeAttributes.NotPublic)
            .Select(_assembly.FullName)
            .ShouldBeNone("A validator is internal: constructors and the container run it, and a user has no use for it.");

    private IEnumerable<TypeDefinitionHandle> Named(string ending)
        => _assembly.Types.Where(t => Metadata.GetString(Metadata.GetTypeDefinition(t).Name).EndsWith(ending, StringComparison.Ordinal));

    private bool IsRecord(TypeDefinitionHandle type)
        => Metadata.GetTypeDefinition(type).GetMethods().Any(m => Metadata.GetString(Metadata.GetMethodDefinition(m).Name) is "<Clone>$" or "PrintMembers");

    private bool IsClass(TypeDefinitionHandle handle)
    {
        TypeDefinition type = Metadata.GetTypeDefinition(handle);
        return (type.Attributes & TypeAttributes.Interface) == 0 && type.BaseType.Kind == HandleKind.TypeReference
            ? Metadata.GetString(Metadata.GetTypeReference((TypeReferenceHandle)type.BaseType).Name) is not ("ValueType" or "Enum")
            : type.BaseType.Kind == HandleKind.TypeDefinition;
    }

    private bool IsSettable(PropertyDefinition property)
        => property.GetAccessors().Setter is { IsNil: false } setter
        && (Metadata.GetMethodDefinition(setter).Attributes & MethodAttributes.MemberAccessMask) == MethodAttributes.Public;
}
