using System.CommandLine;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mel.Runtime;

/// <summary>
/// The settings of a program, one for each property with a <see cref="SettingAttribute"/>. A setting stands in one place, and has its name in kebab case as an
/// option of the command line and as a key of files: <c>LearningRate</c> is <c>--learning-rate</c> and <c>"learning-rate"</c>.
/// </summary>
internal sealed class SettingsTable<TSettings>
    where TSettings : class, new()
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Setting[] _settings;

    public SettingsTable()
    {
        TSettings defaults = new();
        _settings =
        [
            .. from property in typeof(TSettings).GetProperties()
               let attribute = property.GetCustomAttribute<SettingAttribute>()
               where attribute is not null
               select (Setting)typeof(SettingsTable<TSettings>).GetMethod(nameof(Create), BindingFlags.NonPublic | BindingFlags.Static)!
                   .MakeGenericMethod(property.PropertyType).Invoke(null, [property, attribute, property.GetValue(defaults)])!,
        ];
    }

    /// <summary>An option for each setting.</summary>
    public IEnumerable<Option> Options => _settings.Select(s => s.Option);

    /// <summary>The option of a setting, for rules that an attribute cannot state.</summary>
    /// <param name="property">The name of the property.</param>
    public Option<T> Option<T>(string property) => (Option<T>)_settings.First(s => s.Property.Name == property).Option;

    /// <summary>The settings of a command line.</summary>
    public TSettings Read(ParseResult parsed)
    {
        TSettings settings = new();
        foreach (Setting setting in _settings) setting.Property.SetValue(settings, setting.Value(parsed));
        return settings;
    }

    /// <summary>The settings as the content of a file that a later command line can start from.</summary>
    public string ToJson(TSettings settings) => new JsonObject(_settings.Where(s => !s.Attribute.IsPlace).Select(s => KeyValuePair.Create(
        s.Option.Name[2..], JsonSerializer.SerializeToNode(s.Property.GetValue(settings), s.Property.PropertyType, Json)))).ToJsonString(Json) + "\n";

    private static Setting Create<T>(PropertyInfo property, SettingAttribute attribute, object? value)
    {
        Option<T> option = new("--" + JsonNamingPolicy.KebabCaseLower.ConvertName(property.Name))
        {
            Description = attribute.Description, Required = attribute.IsRequired,
        };
        // A flag is false without saying so.
        if (value is T otherwise and not false && !attribute.IsRequired) option.DefaultValueFactory = _ => otherwise;
        if (!double.IsNaN(attribute.AtLeast)) option.AtLeast(attribute.AtLeast);
        if (!double.IsNaN(attribute.AtMost)) option.AtMost(attribute.AtMost);
        if (attribute.OneOf.Length > 0) option.OneOf(attribute.OneOf);
        if (attribute.IsPath) option.Exists();
        return new Setting(property, attribute, option, parsed =>
            parsed.GetValue(option) is string path && attribute.IsPath ? Path.GetFullPath(path) : parsed.GetValue(option));
    }

    private sealed record Setting(PropertyInfo Property, SettingAttribute Attribute, Option Option, Func<ParseResult, object?> Value);
}
