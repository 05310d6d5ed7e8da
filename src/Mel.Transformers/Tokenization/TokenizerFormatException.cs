namespace Mel.Transformers.Tokenization;

/// <summary>A tokenizer file that cannot be read: damaged, inconsistent, or of a kind that is not built. The message names the file, what it holds, what is expected and what to do.</summary>
public sealed class TokenizerFormatException : FormatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="file">The path of the file at fault.</param>
    /// <param name="reason">What was found, what is expected and what to do, as whole sentences.</param>
    /// <param name="innerException">The error of the layer below, where there is one.</param>
    public TokenizerFormatException(string file, string reason, Exception? innerException = null)
        : base($"{file}: {reason}", innerException) => File = file;

    /// <summary>The path of the file at fault.</summary>
    public string File { get; }
}
