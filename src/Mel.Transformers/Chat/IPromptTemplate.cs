namespace Mel.Transformers.Chat;

/// <summary>Wraps a user's message in the form a model was trained to answer: a chat template, or nothing at all for a base model.</summary>
public interface IPromptTemplate
{
    /// <summary>The text up to where the response begins.</summary>
    /// <param name="message">One user turn.</param>
    string Render(string message);
}
