using System.Reflection;
using System.Reflection.Metadata;
using Mel.Architecture.Tests.Reading;

namespace Mel.Architecture.Tests.Style;

/// <summary>
/// No state that a whole process shares: two runs side by side must not feel each other. What belongs to a thread, or flows with a call, is no such state.
/// </summary>
[TestFixtureSource(typeof(House), nameof(House.Packages))]
internal sealed class StaticStateTests(Package package)
{
    /// <summary>Members that may be static and change, each with its reason.</summary>
    private static readonly Dictionary<string, string> Allowed = new(StringComparer.Ordinal)
    {
        ["Mel.Runtime.NativeHeap._unavailable"] = "whether the process's C library has malloc_trim",
        ["Mel.Runtime.NativeHeap._settled"] = "size of the process's own heap when it was last trimmed",
    };

    [Test]
    public void StaticMembers_DoNotChange()
    {
        using CompiledAssembly assembly = package.Open();
        assembly.Types.Where(t => !IsAdded(assembly, t)).SelectMany(t => Fields(assembly, t).Concat(Properties(assembly, t)))
            .Where(name => !Allowed.ContainsKey(name))
                .ShouldBeNone("What is static does not change, for a whole process shares it. What is allowed stands here with its reason.");
    }

    private static IEnumerable<string> Fields(CompiledAssembly assembly, TypeDefinitionHandle type)
        => from f in assembly.Metadata.GetTypeDefinition(type).GetFields()
           let field = assembly.Metadata.GetFieldDefinition(f)
           where (field.Attributes & (FieldAttributes.Static | FieldAttributes.InitOnly | FieldAttributes.Literal)) == FieldAttributes.Static
           where !assembly.Has(field.GetCustomAttributes(), "ThreadStaticAttribute") && !assembly.Has(field.GetCustomAttributes(), "CompilerGeneratedAttribute")
           select $"{assembly.FullName(type)}.{assembly.Metadata.GetString(field.Name)}";

    private static IEnumerable<string> Properties(CompiledAssembly assembly, TypeDefinitionHandle type)
        => from p in assembly.Metadata.GetTypeDefinition(type).GetProperties()
           let property = assembly.Metadata.GetPropertyDefinition(p)
           where property.GetAccessors().Setter is { IsNil: false } setter
               && (assembly.Metadata.GetMethodDefinition(setter).Attributes & MethodAttributes.Static) != 0
           select $"{assembly.FullName(type)}.{assembly.Metadata.GetString(property.Name)}";

    /// <summary>Whether the compiler added a type: it keeps delegates of lambdas in static fields.</summary>
    private static bool IsAdded(CompiledAssembly assembly, TypeDefinitionHandle handle)
    {
        TypeDefinition type = assembly.Metadata.GetTypeDefinition(handle);
        return assembly.Has(type.GetCustomAttributes(), "CompilerGeneratedAttribute")
            || (type.GetDeclaringType() is { IsNil: false } outer && IsAdded(assembly, outer));
    }
}
