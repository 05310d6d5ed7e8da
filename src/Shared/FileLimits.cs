namespace Mel.Runtime;

/// <summary>How much is read of a file of each kind. A file that holds more is a mistake or an attack; docs/hostile-files.md has the reasons.</summary>
internal static class FileLimits
{
    /// <summary>Bytes of a configuration: <c>config.json</c>, <c>generation_config.json</c>, <c>adapter_config.json</c>.</summary>
    public const int ConfigBytes = 1 << 20;

    /// <summary>Bytes of a <c>tokenizer.json</c> or <c>tokenizer_config.json</c>.</summary>
    public const int TokenizerBytes = 64 << 20;

    /// <summary>JSON values and names in one of these two.</summary>
    public const int TokenizerValues = 1 << 22;

    /// <summary>Bytes of a <c>chat_template.jinja</c>.</summary>
    public const int TemplateBytes = 1 << 20;

    /// <summary>Bytes of an index of shards.</summary>
    public const int IndexBytes = 32 << 20;

    /// <summary>Bytes of a line of a file with one JSON object a line.</summary>
    public const int LineBytes = 16 << 20;

    /// <summary>JSON values and names in any other text: a value takes a dozen bytes of memory however few it has in the file.</summary>
    public const int Values = 1 << 20;

    /// <summary>Levels of nesting of a JSON text.</summary>
    public const int Depth = 64;

    /// <summary>Bytes of a number. The longest float64 that is written out exactly has 1,077.</summary>
    public const int NumberBytes = 2048;
}
