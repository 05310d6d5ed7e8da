using System.Diagnostics;
using Mel.Diagnostics;
using Microsoft.Extensions.AI;

namespace Mel.Rollouts;

/// <summary>Calls a sampler and checks that it gives what was asked for, so that nothing behind this point has to.</summary>
internal static class SamplerContract
{
    private const string Role = "sampler";

    /// <summary>The tokens of a conversation.</summary>
    /// <param name="sampler">Encodes it.</param>
    /// <param name="messages">The turns.</param>
    /// <param name="prompt">Id of the question it is about.</param>
    /// <param name="mayBeEmpty">Whether no token at all is a result. A sampler has nothing to continue then.</param>
    public static ReadOnlyMemory<int> Encode(ISampler sampler, IReadOnlyList<ChatMessage> messages, string prompt, bool mayBeEmpty = false)
    {
        PartPlace place = new(Role, sampler, prompt);
        return PartCall.Run(place, () =>
        {
            ReadOnlyMemory<int> ids = sampler.Encode(messages);
            if (ids.IsEmpty && !mayBeEmpty) throw place.Broken($"encoded the messages as no token{place.At}; at least one is needed to continue.");
            TrajectoryContract.RequireIds(place, ids.Span, "token id");
            return ids;
        });
    }

    /// <inheritdoc cref="Encode(ISampler, IReadOnlyList{ChatMessage}, string, bool)"/>
    public static ReadOnlyMemory<int> Encode(ISampler sampler, string message, string prompt, bool mayBeEmpty = false)
        => Encode(sampler, [new ChatMessage(ChatRole.User, message)], prompt, mayBeEmpty);

    /// <summary>Samples: one list per request, as many trajectories in it as the request asks for.</summary>
    /// <param name="sampler">Makes the trajectories.</param>
    /// <param name="requests">What to continue.</param>
    /// <param name="prompts">Id of the question behind each request.</param>
    /// <param name="options">How tokens are drawn.</param>
    /// <param name="needsLogProbs">Whether recorded log-probabilities are used.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static async Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(
        ISampler sampler, IReadOnlyList<SamplingRequest> requests, IReadOnlyList<string> prompts, SamplingOptions options, bool needsLogProbs,
        CancellationToken cancellationToken)
    {
        PartPlace place = new(Role, sampler, requests.Count == 1 ? prompts[0] : null);
        using Activity? activity = Activities.Start(Activities.Sample);
        activity?.SetTag(ActivityTags.Sampler, place.Name).SetTag(ActivityTags.Prompts, requests.Count);
        IReadOnlyList<IReadOnlyList<Trajectory>> sampled = await PartCall.RunAsync(
            place,
            async () =>
            {
                IReadOnlyList<IReadOnlyList<Trajectory>>? given = await sampler.SampleAsync(requests, options, cancellationToken).ConfigureAwait(false);
                if (given is null) throw place.Broken($"returned null for {requests.Count} requests; one list per request is expected.");
                if (given.Count != requests.Count)
                    throw place.Broken($"was asked for {requests.Count} requests and gave {given.Count} lists; one list per request is expected.");
                for (int i = 0; i < given.Count; i++) Require(place with { Prompt = prompts[i] }, given[i], requests[i].Count, needsLogProbs);
                return given;
            },
            cancellationToken,
            activity).ConfigureAwait(false);
        activity?.SetTag(ActivityTags.Trajectories, sampled.Sum(group => group.Count))
            .SetTag(ActivityTags.Tokens, sampled.Sum(group => group.Sum(t => (long)t.TokenIds.Length)));
        return sampled;
    }

    private static void Require(PartPlace by, IReadOnlyList<Trajectory>? given, int count, bool needsLogProbs)
    {
        if (given is null) throw by.Broken($"gave null instead of {count} trajectories{by.At}.");
        if (given.Count != count) throw by.Broken($"was asked for {count} trajectories and gave {given.Count}{by.At}; exactly those asked for are expected.");
        for (int i = 0; i < count; i++) TrajectoryContract.Require(by with { Trajectory = i }, given[i], needsLogProbs);
    }
}
