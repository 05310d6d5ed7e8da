using System.Reflection.Metadata;

namespace Mel.Architecture.Tests.Reading;

/// <summary>
/// One type knows another of the same assembly. Both are outermost types: what is nested, a lambda or an async method belongs to the type it was written in.
/// </summary>
/// <param name="From">The type that knows.</param>
/// <param name="To">The type that is known.</param>
/// <param name="Where">The member of <paramref name="From"/>, or what else says it.</param>
internal sealed record Arrow(TypeDefinitionHandle From, TypeDefinitionHandle To, string Where);
