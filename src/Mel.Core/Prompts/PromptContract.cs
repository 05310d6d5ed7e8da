using Mel.Diagnostics;

namespace Mel.Prompts;

/// <summary>Takes prompts from a source and checks that they are what was asked for.</summary>
internal static class PromptContract
{
    public static Task<IReadOnlyList<Prompt>> TakeAsync(IPromptSource source, long position, int count, CancellationToken cancellationToken)
    {
        PartPlace place = new("prompt source", source);
        return PartCall.RunAsync(
            place,
            async () =>
            {
                IReadOnlyList<Prompt>? prompts = await source.TakeAsync(position, count, cancellationToken).ConfigureAwait(false);
                if (prompts is null) throw place.Broken($"returned null instead of the {count} prompts from position {position} on.");
                if (prompts.Count != count)
                    throw place.Broken(
                        $"gave {prompts.Count} prompts at position {position}, asked for {count}; a source never ends. "
                        + $"{nameof(PromptList)} repeats a list.");
                for (int i = 0; i < count; i++)
                {
                    if (prompts[i] is null) throw place.Broken($"gave null for the prompt at position {position + i}.");
                }

                return prompts;
            },
            cancellationToken);
    }
}
