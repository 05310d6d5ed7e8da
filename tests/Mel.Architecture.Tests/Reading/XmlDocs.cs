using System.Xml.Linq;

namespace Mel.Architecture.Tests.Reading;

/// <summary>The documentation file that the compiler writes beside an assembly.</summary>
internal sealed class XmlDocs
{
    private readonly Dictionary<string, XElement> _members;

    private XmlDocs(Dictionary<string, XElement> members) => _members = members;

    public static XmlDocs Read(string path)
        => new(XDocument.Load(path).Descendants("member").ToDictionary(m => m.Attribute("name")!.Value, StringComparer.Ordinal));

    /// <summary>Whether something says what it is, itself or by way of what it implements.</summary>
    public bool Says(string id) => Text(id, "summary").Length > 0 || (_members.TryGetValue(id, out XElement? member) && member.Descendants("inheritdoc").Any());

    /// <summary>The text of one element of a member's documentation, "" where there is none.</summary>
    public string Text(string id, string element)
        => _members.TryGetValue(id, out XElement? member) && member.Element(element) is { } found ? string.Concat(found.Nodes().Select(Plain)).Trim() : "";

    private static string Plain(XNode node)
        => node is XElement { IsEmpty: true } reference ? reference.FirstAttribute?.Value ?? "" : node is XElement e ? e.Value : node.ToString();
}
