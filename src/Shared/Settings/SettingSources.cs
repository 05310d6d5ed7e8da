using System.Collections;
using System.CommandLine;
using Microsoft.Extensions.Configuration;

namespace Mel.Runtime;

/// <summary>
/// Collects the settings of a program from files and the environment, a later source over an earlier one. A key that is no setting is a problem, and so is a
/// section that belongs to no program.
/// </summary>
/// <param name="program">The section of the program in files that several share: <c>TrainMath</c>, <c>MEL_TRAINMATH__STEPS</c>.</param>
/// <param name="options">The options of the program.</param>
internal sealed class SettingSources(string program, IReadOnlyCollection<Option> options)
{
    /// <summary>Name of the file that is read beside the program and in the working directory.</summary>
    public const string FileName = "appsettings.json";

    private const string Prefix = "MEL_";

    // What else such a file may hold: the sections of the other programs here, and what hosts of .NET read from it.
    private static readonly string[] Sections = ["QuickStart", "TrainMath", "Logging"];

    private readonly Dictionary<string, (string? Text, string Source)> _values = [];

    /// <summary>What is wrong with the sources.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Text and source by name of the option. Null says that the setting has no value, whatever an earlier source says.</summary>
    public IReadOnlyDictionary<string, (string? Text, string Source)> Values => _values;

    /// <summary>Takes the section of the program from a file; passes over a file that is not there.</summary>
    public void AddSharedFile(string path)
    {
        if (!File.Exists(path) || Open(path) is not { } file) return;
        foreach (IConfigurationSection section in file.GetChildren())
        {
            if (IsOwn(section)) AddAll(section, path);
            else if (!Sections.Contains(section.Key, StringComparer.OrdinalIgnoreCase))
                Problems.Add($"{path}: '{Excerpt.Of(section.Path)}' is no section; known are {string.Join(", ", Sections)}.");
        }
    }

    /// <summary>Takes all of a file, which is of the program alone.</summary>
    public void AddFile(string path)
    {
        if (Open(path) is { } file) AddAll(file, path);
    }

    /// <summary>Takes the environment: <c>MEL_TRAINMATH__LEARNINGRATE</c>, an underscore of <c>LEARNING_RATE</c> being optional.</summary>
    public void AddEnvironment()
    {
        foreach ((string name, string? value) in Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(e => ((string)e.Key, (string?)e.Value)))
        {
            // Other variables that begin alike have no section: they are none of settings.
            if (!name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || name.IndexOf("__", StringComparison.Ordinal) is not (> 0 and var at)) continue;
            string section = name[Prefix.Length..at];
            if (section.Equals(program, StringComparison.OrdinalIgnoreCase)) Add(name[(at + 2)..], value, name, "the environment");
            else if (!Sections.Contains(section, StringComparer.OrdinalIgnoreCase))
                Problems.Add($"The environment: '{Excerpt.Of(name)}' names no section; known are {string.Join(", ", Sections)}.");
        }
    }

    private bool IsOwn(IConfigurationSection section) => section.Key.Equals(program, StringComparison.OrdinalIgnoreCase);

    private void AddAll(IConfiguration section, string source)
    {
        if (section is IConfigurationSection { Value: { Length: > 0 } value } own)
            Problems.Add($"{source}: '{Excerpt.Of(own.Path)}' is '{Excerpt.Of(value)}', expected a section with settings by name.");
        foreach (IConfigurationSection child in section.GetChildren())
        {
            if (child.GetChildren().Any()) Problems.Add($"{source}: '{Excerpt.Of(child.Path)}' is a list or a section, expected a value.");
            else Add(child.Key, child.Value, child.Path, source);
        }
    }

    private void Add(string key, string? value, string shown, string source)
    {
        Option? option = options.FirstOrDefault(o => Plain(o.Name) == Plain(key));
        if (option is not null) _values[option.Name] = (value, source == shown ? source : $"{shown} in {source}");
        else Problems.Add($"{source}: '{Excerpt.Of(shown)}' is no setting; known are {string.Join(", ", options.Select(o => o.Name[2..]))}.");
    }

    private IConfiguration? Open(string path)
    {
        try
        {
            return new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(path), optional: false, reloadOnChange: false).Build();
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            Problems.Add($"{path}: expected a JSON object with settings by name ({Excerpt.Of((e.InnerException ?? e).Message, 200)}).");
            return null;
        }
    }

    // learning-rate, LearningRate and LEARNING_RATE are one name.
    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToUpperInvariant();
}
