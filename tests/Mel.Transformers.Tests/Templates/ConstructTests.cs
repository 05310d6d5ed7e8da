using System.Text.Json;
using Mel.Transformers.Python;
using Mel.Transformers.Templates;

namespace Mel.Transformers.Tests.Templates;

/// <summary>
/// Small templates, each with what Jinja2 3.1 gives for it in the environment of the transformers library: every construct, filter, test and method, and some
/// that were put together at random. The first line of the file holds the variables.
/// </summary>
[TestFixture]
public sealed class ConstructTests
{
    private static readonly TimeProvider Clock = new FixedClock(new DateTimeOffset(2026, 3, 5, 0, 0, 0, TimeSpan.Zero));

    [Test]
    public void Render_EveryConstruct_GivesTheTextOfJinja2()
    {
        string[] lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Templates", "constructs.jsonl"));
        Dictionary<string, Value> variables = Variables(lines[0]);
        var failures = new List<string>();
        foreach (string line in lines.Skip(1))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            string template = row.RootElement.GetProperty("template").GetString()!;
            string? expected = row.RootElement.TryGetProperty("text", out JsonElement text) ? text.GetString() : null, given = null;
            try
            {
                given = Template.Parse(template).Render(variables, Clock);
            }
            catch (TemplateException)
            {
                // A typed error is what is expected where Jinja2 raises.
            }

            if (given != expected) failures.Add($"{template} gave {given ?? "an error"}, expected {expected ?? "an error"}");
        }

        lines.Length.Should().BeGreaterThan(1300);
        failures.Should().BeEmpty();
    }

    [TestCase("a\n {{ 1 + x }}", 2, 7)]
    [TestCase("{% if %}", 1, 7)]
    [TestCase("{{ 'a' }}\n\n{% nosuch %}", 3, 4)]
    [TestCase("{{ raise_exception('no') }}", 1, 19)]
    [TestCase("{% for i in [1] %}\n  {{ i.a.b }}\n{% endfor %}", 2, 9)]
    [TestCase("{{ 'open }}", 1, 4)]
    public void Render_Failure_NamesLineAndColumn(string template, int line, int column)
    {
        TemplateException error = FluentActions.Invoking(() => Template.Parse(template).Render(new Dictionary<string, Value>(), Clock))
            .Should().Throw<TemplateException>().WithMessage($"Chat template, line {line}, column {column}:*").Which;
        (error.Line, error.Column, error.IsRefusal).Should().Be((line, column, template.Contains("raise", StringComparison.Ordinal)));
    }

    [TestCase("{{ [1]|map('string') }}")]
    [TestCase("{{ {}.items }}")]
    [TestCase("{{ [1]|random }}")]
    [TestCase("{{ lipsum() }}")]
    public void Render_TextThatWouldDifferEveryTime_IsRefused(string template)
        => FluentActions.Invoking(() => Template.Parse(template).Render(new Dictionary<string, Value>(), Clock)).Should().Throw<TemplateException>();

    private static Dictionary<string, Value> Variables(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        return document.RootElement.GetProperty("variables").EnumerateObject().ToDictionary(one => one.Name, one => PythonJson.Read(one.Value));
    }
}

/// <summary>A clock that stands still, in a zone without an offset.</summary>
/// <param name="now">Its time.</param>
internal sealed class FixedClock(DateTimeOffset now) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => now;
}
