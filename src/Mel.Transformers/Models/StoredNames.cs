namespace Mel.Transformers.Models;

/// <summary>The names of parameters as wrappers of training leave them in files.</summary>
internal static class StoredNames
{
    // torch.compile, DDP and DataParallel, FSDP, and recomputed activations.
    private static readonly HashSet<string> Wrappers = new(StringComparer.Ordinal)
    {
        "_orig_mod", "module", "_fsdp_wrapped_module", "_checkpoint_wrapped_module",
    };

    /// <summary>The parameter that a stored tensor is, and what was done to its name, if anything.</summary>
    /// <param name="stored">Name in the file.</param>
    /// <param name="isParameter">Whether the model has a parameter of a name.</param>
    public static (string Parameter, string? Notice) ParameterOf(string stored, Func<string, bool> isParameter)
    {
        if (isParameter(stored)) return (stored, null);
        string[] parts = stored.Split('.');
        string bare = string.Join('.', parts.Where(part => !Wrappers.Contains(part)));
        string? notice = bare == stored ? null
            : $"The names of tensors hold '{parts.First(Wrappers.Contains)}.', which a wrapper of training put there; they were read without it.";
        if (isParameter(bare)) return (bare, notice);
        string inner = "model." + bare;
        return isParameter(inner) ? (inner, notice ?? "The names of tensors lack 'model.', as in a file of the model without its head; they were read with it.")
            : (stored, null);
    }
}
