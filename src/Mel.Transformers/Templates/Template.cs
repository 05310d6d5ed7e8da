using System.Text;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>
/// A chat template in the language Jinja, as the transformers library runs it: line breaks behind statements and white space before them are dropped, values
/// cannot be changed from within, and nothing outside is reached. Immutable and safe to use from several threads.
/// </summary>
internal sealed class Template
{
    /// <summary>The most characters of a template.</summary>
    public const int Longest = 1 << 20;

    private readonly string _source;
    private readonly Body _body;
    private readonly Frame _frame;
    private readonly TemplateParser _parser;

    private Template(string source, Body body, TemplateParser parser)
    {
        (_source, _body, _parser) = (source, body, parser);
        _frame = body.Within(null);
    }

    /// <summary>Reads a template.</summary>
    /// <exception cref="TemplateException">It is no template.</exception>
    public static Template Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > Longest) throw TemplateException.At("", 0, $"it has {text.Length:N0} characters, but at most {Longest:N0} are read");
        string source = TemplateLexer.Normalized(text);
        // The errors within are not handed on: theirs is a trace as deep as the template, and all they know is in the message.
        try
        {
            (Body body, TemplateParser parser) = TemplateParser.Parse(TemplateLexer.Read(source));
            return new Template(source, body, parser);
        }
        catch (TemplateSyntaxException error)
        {
            throw TemplateException.At(source, error.Position, error.Message);
        }
        catch (PythonException error)
        {
            throw TemplateException.At(source, 0, error.Message);
        }
        catch (InsufficientExecutionStackException)
        {
            throw TemplateException.At(source, 0, "its parts lie too deep within each other");
        }
    }

    /// <summary>Whether a name is read anywhere in the template.</summary>
    public bool Reads(string name) => _parser.Names.Contains(name);

    /// <summary>The text of the template with line feeds as its line breaks.</summary>
    public string Source => _source;

    /// <summary>Renders the template.</summary>
    /// <param name="variables">What its names stand for.</param>
    /// <param name="clock">The clock of <c>strftime_now</c>.</param>
    /// <param name="inputCharacters">Length of what is rendered; the bounds grow with it.</param>
    /// <exception cref="TemplateException">The template does not fit the variables, refuses them, or takes too much.</exception>
    public string Render(IReadOnlyDictionary<string, Value> variables, TimeProvider clock, long inputCharacters = 0)
    {
        var rendering = new Rendering(variables, clock, new Budget(inputCharacters)) { Blocks = _parser.Blocks };
        var output = new StringBuilder();
        try
        {
            _body.Run(_frame.Enter(null, rendering), output);
            return output.ToString();
        }
        catch (TemplateRefusalException refusal)
        {
            string said = Runtime.Excerpt.Of(refusal.Message, 400);
            throw TemplateException.At(_source, rendering.Position, $"it refuses the conversation: {said}", isRefusal: true);
        }
        catch (PythonException error)
        {
            throw TemplateException.At(_source, rendering.Position, error.Message);
        }
        catch (InsufficientExecutionStackException)
        {
            throw TemplateException.At(_source, rendering.Position, "its calls or values lie too deep within each other");
        }
    }
}
