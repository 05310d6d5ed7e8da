using System.Globalization;
using System.Reflection;
using Mel.Runtime;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Sets the properties of options from a section of a configuration, by name. A key that no property has is a problem, and so is a value that cannot be read.
/// </summary>
/// <remarks>Options nested in others are set as well. Whatever copies options keeps their properties where unused code is trimmed.</remarks>
internal static class SectionBinder
{
    private const int LongestText = 80;

    public static void Bind(object options, IConfigurationSection section, List<string> problems)
    {
        PropertyInfo[] settings = [.. OptionRules.PropertiesOf(options.GetType())];
        if (section.Value is { Length: > 0 } value) problems.Add($"'{Shown(section.Path)}' is '{Shown(value)}', expected a section.");
        foreach (IConfigurationSection child in section.GetChildren())
        {
            if (Array.Find(settings, s => string.Equals(s.Name, child.Key, StringComparison.OrdinalIgnoreCase)) is { } setting)
                Set(options, setting, child, problems);
            else
                problems.Add($"'{Shown(child.Path)}' is no setting; known are {string.Join(", ", settings.Select(s => s.Name))}.");
        }
    }

    /// <summary>A text from outside, short enough for a message.</summary>
    public static string Shown(string text) => text.Length <= LongestText ? text : string.Concat(text.AsSpan(0, LongestText), "...");

    private static void Set(object options, PropertyInfo setting, IConfigurationSection given, List<string> problems)
    {
        Type type = Nullable.GetUnderlyingType(setting.PropertyType) ?? setting.PropertyType;
        bool canBeNull = type != setting.PropertyType || !type.IsValueType;
        if (!type.IsValueType && type != typeof(string))
        {
            object nested = setting.GetValue(options) ?? Activator.CreateInstance(type)!;
            Bind(nested, given, problems);
            setting.SetValue(options, nested);
        }
        else if (given.GetChildren().Any()) problems.Add($"'{Shown(given.Path)}' is a section, expected {Expected(type)}.");
        else if (canBeNull && string.IsNullOrEmpty(given.Value)) setting.SetValue(options, null);
        else if (Read(type, given.Value ?? string.Empty) is { } value) setting.SetValue(options, value);
        else problems.Add($"'{Shown(given.Path)}' is '{Shown(given.Value ?? string.Empty)}', expected {Expected(type)}.");
    }

    private static object? Read(Type type, string text)
    {
        if (type == typeof(string)) return text;
        if (type.IsEnum) return Enum.TryParse(type, text, ignoreCase: true, out object? member) ? member : null;
        if (type == typeof(TimeSpan)) return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan time) ? time : null;
        try
        {
            return Convert.ChangeType(text, type, CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return null;
        }
    }

    private static string Expected(Type type)
    {
        if (type.IsEnum) return $"one of {string.Join(", ", Enum.GetNames(type))}";
        if (type == typeof(double)) return "a number";
        if (type == typeof(bool)) return "true or false";
        if (type == typeof(string)) return "a text";
        return type == typeof(TimeSpan) ? "a time such as 00:01:30" : $"a whole number ({type.Name})";
    }
}
