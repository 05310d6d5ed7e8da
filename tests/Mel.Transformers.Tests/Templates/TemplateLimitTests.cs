using System.Diagnostics;
using Mel.Transformers.Python;
using Mel.Transformers.Templates;

namespace Mel.Transformers.Tests.Templates;

/// <summary>Templates that ask for more than a prompt can need: a typed error each, in bounded time and memory, whatever it is that they ask for.</summary>
[TestFixture, NonParallelizable]
public sealed class TemplateLimitTests
{
    private const string Grow = "{% set ns = namespace(x='a', y=[1], z=[1], n=2) %}{% for i in range(100) %}";

    [TestCase("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "steps")]
    [TestCase("{{ 'x' * 1000000000 }}", "characters")]
    [TestCase("{{ 'x' * 10 ** 30 }}", "characters")]
    [TestCase("{{ [0] * 1000000000 }}", "steps")]
    [TestCase(Grow + "{% set ns.x = ns.x ~ ns.x %}{% endfor %}", "characters")]
    [TestCase(Grow + "{% set ns.x = ns.x.replace('a', 'aaaaaaaa') %}{% endfor %}", "characters")]
    [TestCase(Grow + "{% set ns.x = ns.x.join([ns.x] * 100) %}{% endfor %}", "characters")]
    [TestCase(Grow + "{% set ns.x = '%s%s' % (ns.x, ns.x) %}{% endfor %}", "characters")]
    [TestCase(Grow + "{% set ns.y = ns.y + ns.y %}{% endfor %}", "steps")]
    [TestCase(Grow + "{% set ns.n = ns.n * ns.n %}{% endfor %}", "digits")]
    [TestCase(Grow + "{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.y }}", "characters")]
    [TestCase(Grow + "{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.y|tojson }}", "characters")]
    [TestCase(Grow + "{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.y|pprint }}", "steps")]
    [TestCase(Grow + "{% set ns.y = [ns.y, ns.y] %}{% set ns.z = [ns.z, ns.z] %}{% endfor %}{{ ns.y == ns.z }}", "steps")]
    [TestCase(Grow + "{% set ns.y = (ns.y, ns.y) %}{% set ns.z = (ns.z, ns.z) %}{% endfor %}{{ [ns.y, ns.z]|sort }}", "steps")]
    [TestCase("{% set ns = namespace(y=[]) %}{% for i in range(99999) %}{% set ns.y = [ns.y] %}{% endfor %}{{ ns.y }}", "deep")]
    [TestCase("{% set ns = namespace(y=[]) %}{% for i in range(99999) %}{% set ns.y = [ns.y] %}{% endfor %}{{ ns.y|tojson }}", "deep")]
    [TestCase("{{ 2 ** 100000 }}", "digits")]
    [TestCase("{{ '%1000000000d' % 1 }}", "characters")]
    [TestCase("{{ '{:.1000000000f}'.format(1.5) }}", "characters")]
    [TestCase("{{ 'a'.center(1000000000) }}", "characters")]
    [TestCase("{{ '\\t'.expandtabs(1000000000) }}", "characters")]
    [TestCase("{{ range(1000000000) }}", "Range too big")]
    [TestCase("{{ [1]|batch(1000000000, 'x')|list }}", "steps")]
    [TestCase("{{ [1]|slice(1000000000, 'x')|list }}", "steps")]
    [TestCase("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "within each other")]
    [TestCase("{% for x in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}", "within each other")]
    [TestCase("{% block a %}{{ self.a() }}{% endblock %}", "within each other")]
    [TestCase("{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}", "deep")]
    public void Render_BeyondABound_IsATypedErrorInBoundedTime(string template, string problem)
    {
        long start = Stopwatch.GetTimestamp();
        FluentActions.Invoking(() => Render(template)).Should().Throw<TemplateException>().WithMessage($"*{problem}*");
        Stopwatch.GetElapsedTime(start).Should().BeLessThan(TimeSpan.FromSeconds(20));
    }

    [TestCase("{{ ", "(", "")]
    [TestCase("{{ ", "[", "")]
    [TestCase("{{ ", "not ", "1 }}")]
    [TestCase("{{ ", "-", "1 }}")]
    [TestCase("{{ 1", " if 1 else 1", " }}")]
    [TestCase("", "{% if 1 %}", "")]
    [TestCase("", "{% for a in b %}", "")]
    [TestCase("", "{% macro f() %}", "")]
    [TestCase("", "{{", "")]
    [TestCase("", "{%", "")]
    [TestCase("", "{#", "")]
    [TestCase("{% raw %}", "{% ", "")]
    [TestCase("{{ 1", "+1", " }}")]
    [TestCase("{{ a", ".b", " }}")]
    [TestCase("{{ a", "|e", " }}")]
    [TestCase("{{ x|a", ".a", " }}")]
    public void Parse_PartsWithoutEnd_AreATypedErrorInBoundedTime(string head, string part, string tail)
    {
        string template = head + string.Concat(Enumerable.Repeat(part, 900_000 / part.Length)) + tail;
        long start = Stopwatch.GetTimestamp();
        FluentActions.Invoking(() => Render(template)).Should().Throw<TemplateException>().Which.Message.Length.Should().BeLessThan(500);
        Stopwatch.GetElapsedTime(start).Should().BeLessThan(TimeSpan.FromSeconds(20));
    }

    [Test]
    public void Render_DeepTemplateOnASmallStack_IsATypedError()
    {
        Exception? error = null;
        var thread = new Thread(() => error = Caught("{% macro f(x) %}{{ f([x]|map('string')|list) if x else f(x) }}{% endmacro %}{{ f(1) }}"), 256 * 1024);
        thread.Start();
        thread.Join();
        error.Should().BeOfType<TemplateException>();

        static Exception? Caught(string template)
        {
            try
            {
                Render(template);
                return null;
            }
            catch (Exception e)
            {
                return e;
            }
        }
    }

    [Test]
    public void Render_LongConversation_HasMoreRoom()
    {
        const string template = "{% for i in range(60) %}{{ x }}{% endfor %}";
        var variables = new Dictionary<string, Value> { ["x"] = new TextValue(new string('x', 100_000)) };
        FluentActions.Invoking(() => Template.Parse(template).Render(variables, TimeProvider.System)).Should().Throw<TemplateException>();
        Template.Parse(template).Render(variables, TimeProvider.System, inputCharacters: 1_000_000).Length.Should().Be(6_000_000);
    }

    [Test]
    public void Parse_MoreThanAMebibyte_IsRefused()
        => FluentActions.Invoking(() => Template.Parse(new string('x', (1 << 20) + 1))).Should().Throw<TemplateException>().WithMessage("*1,048,577*");

    private static string Render(string template) => Template.Parse(template).Render(new Dictionary<string, Value>(), TimeProvider.System);
}
