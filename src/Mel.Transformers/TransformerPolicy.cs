using Mel.Rollouts;
using Mel.Runtime;
using Mel.Transformers.Chat;
using Mel.Transformers.Estimation;
using Mel.Transformers.Models;
using Mel.Transformers.Sampling;
using Mel.Transformers.Tokenization;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace Mel.Transformers;

/// <summary>A decoder-only model with its tokenizer as a policy: it samples in batches with a key-value cache and scores given tokens differentiably.</summary>
/// <remarks>
/// Owns its model. Sampling runs on a thread of the pool and scoring on the calling thread; the two, and two calls of either, must not overlap, and an
/// optimizer must not write to the parameters while one of them runs.
/// </remarks>
public sealed partial class TransformerPolicy : IFusedPolicy, IDisposable
{
    private readonly ITokenizer _tokenizer;
    private readonly IPromptTemplate _template;
    private readonly SamplingLimits _limits;
    private readonly IReadOnlyList<int> _stopTokenIds;
    private readonly ModelSource? _source;
    private readonly IProgress<SamplingProgress>? _progress;

    /// <summary>Creates a policy around a model.</summary>
    /// <param name="model">The model; the policy disposes it.</param>
    /// <param name="tokenizer">The tokenizer the model was trained with.</param>
    /// <param name="template">
    /// The form in which the model expects a user's message. Null encodes the message alone; text of special tokens in it is escaped, as templates do.
    /// </param>
    /// <param name="options">Stop tokens and bounds; null takes the defaults.</param>
    /// <exception cref="OptionsValidationException">
    /// A bound is not positive, the context is longer than the model's, or a stop token is outside the vocabulary.
    /// </exception>
    public TransformerPolicy(DecoderModel model, ITokenizer tokenizer, IPromptTemplate? template = null, TransformerPolicyOptions? options = null)
        : this(model, tokenizer, template, options, null)
    {
    }

    private TransformerPolicy(DecoderModel model, ITokenizer tokenizer, IPromptTemplate? template, TransformerPolicyOptions? options, ModelSource? source)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        options = OptionRules.Checked(options, new TransformerPolicyOptionsValidator(model.Config));
        Model = model;
        _tokenizer = tokenizer;
        _template = template ?? PromptTemplates.Raw(tokenizer);
        _source = source;
        _progress = options.Progress;
        _stopTokenIds = [.. options.StopTokenIds ?? model.Config.StopTokenIds];
        _limits = new SamplingLimits(
            options.ContextTokens ?? model.Config.ContextTokens, options.CacheBytes, options.ConcurrentSequences, options.PrefillTokens);
    }

    /// <summary>The model behind the policy.</summary>
    public DecoderModel Model { get; }

    /// <inheritdoc/>
    public int ContextTokens => _limits.ContextTokens;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> Parameters => Model.Parameters;

    /// <summary>
    /// The policy without its adapters, which shares the weights with this one; without adapters it is this policy. Calls of the two must not overlap.
    /// </summary>
    public IPolicy Reference => new ReferencePolicy(this);

    /// <summary>Loads a policy from a folder in the Hugging Face layout.</summary>
    /// <param name="folder">Folder with <c>config.json</c> and <c>model.safetensors</c>, also sharded.</param>
    /// <param name="tokenizer">The model's tokenizer; null reads the <c>tokenizer.json</c> of the folder.</param>
    /// <param name="template">
    /// The form in which the model expects a user's message. Null encodes the message alone with a given tokenizer, and takes the chat template of the folder
    /// with the folder's tokenizer.
    /// </param>
    /// <param name="options">Stop tokens, bounds, element type and device; null takes the defaults.</param>
    /// <exception cref="Checkpoints.CheckpointException">A file or tensor is missing, truncated or damaged.</exception>
    /// <exception cref="Runtime.ShapeMismatchException">A tensor has another shape than the configuration says.</exception>
    /// <exception cref="ModelConfigException">The configuration is not valid or asks for what is not built.</exception>
    /// <exception cref="TokenizerFormatException">The tokenizer or the template is damaged or of a kind that is not built.</exception>
    public static TransformerPolicy Load(
        string folder, ITokenizer? tokenizer = null, IPromptTemplate? template = null, TransformerPolicyOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ModelConfigFile config = ModelConfigFile.Load(folder);
        if (tokenizer is null)
        {
            tokenizer = HuggingFaceTokenizer.Load(folder);
            template ??= PromptTemplates.FromFolder(folder);
        }

        DecoderModel model = DecoderModel.Load(folder, config.Config, options?.DataType ?? ScalarType.Float32, options?.Device ?? CPU, out var stored);
        try
        {
            return new TransformerPolicy(model, tokenizer, template, options, new ModelSource(folder, stored));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Writes a folder in the Hugging Face layout: weights in the element types they were read in, configuration and tokenizer files as they were read. A new
    /// folder appears complete or not at all; in an existing one every file is replaced as a whole, the weights last.
    /// </summary>
    /// <param name="folder">The folder to write; its parent must exist.</param>
    /// <exception cref="IOException">The folder holds a sharded checkpoint, which would contradict the new one, or cannot be written.</exception>
    public void Save(string folder) => ModelFolder.Save(folder, Model, _source);

    /// <summary>
    /// Memory and work of a run of the given sizes with this model as it is now: its element type, its adapters, its choice to recompute activations.
    /// </summary>
    /// <param name="options">Sizes of the run.</param>
    /// <exception cref="OptionsValidationException">A size is not positive or does not fit into the context.</exception>
    public ResourceEstimate Estimate(ResourceEstimateOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return ResourceEstimator.Estimate(Model, options);
    }

    /// <summary>The token ids that stand for a conversation, up to where the answer begins.</summary>
    /// <param name="messages">The messages, at least one; without a chat template one message of the user.</param>
    /// <exception cref="NotSupportedException">
    /// The model was not trained on something that the messages hold, or there are several and no chat template.
    /// </exception>
    public ReadOnlyMemory<int> Encode(IReadOnlyList<ChatMessage> messages) => _tokenizer.Encode(_template.Render(messages)).ToArray();

    /// <summary>The token ids that stand for a conversation with tools, or with choices of its own.</summary>
    /// <param name="messages">The messages, at least one.</param>
    /// <param name="options">What is to be known beside the messages.</param>
    /// <exception cref="NotSupportedException">
    /// The policy has no chat template, or the model was not trained on something that the conversation holds.
    /// </exception>
    public ReadOnlyMemory<int> Encode(IReadOnlyList<ChatMessage> messages, RenderOptions options)
    {
        if (_template is not ChatTemplate chat)
            throw new NotSupportedException(
                "The policy has no chat template to render a conversation with; load a model that has one, or give a ChatTemplate when the policy is made.");
        return _tokenizer.Encode(chat.Render(messages, options)).ToArray();
    }

    /// <inheritdoc/>
    /// <exception cref="OptionsValidationException">An option is outside its range.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A count or a token id is outside its range.</exception>
    public async Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(
        IReadOnlyList<SamplingRequest> requests, SamplingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentNullException.ThrowIfNull(options);
        Check(requests);
        ComputeThreads.Keep();
        Action<SampledSequence, bool>? onToken = _progress is null ? null : Report(requests.Sum(r => r.Count));
        IReadOnlyList<PendingRequest> done = await Task.Run(() => NewEngine().Run(requests, options, onToken, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        return [.. done.Select(request => (IReadOnlyList<Trajectory>)[.. request.Finished.Select(s => Trajectory(s!))])];
    }

    private SamplingEngine NewEngine() => new(Model, _limits, _stopTokenIds);

    private Action<SampledSequence, bool> Report(int total)
    {
        int finished = 0;
        long tokens = 0;
        return (_, ended) =>
        {
            tokens++;
            if (ended) _progress!.Report(new SamplingProgress(++finished, total, tokens));
        };
    }

    /// <summary>Releases the model.</summary>
    public void Dispose() => Model.Dispose();

    private void Check(IReadOnlyList<SamplingRequest> requests)
    {
        for (int i = 0; i < requests.Count; i++)
        {
            SamplingRequest request = requests[i];
            if (request.PromptTokenIds.IsEmpty)
                throw new ArgumentException($"The prompt of request {i} is empty; a model needs at least one token to continue.", nameof(requests));
            if (request.Count < 1)
                throw new ArgumentOutOfRangeException(
                    nameof(requests), request.Count, $"Request {i} asks for {request.Count} trajectories, expected at least 1.");
            if (request.PromptTokenIds.Length >= ContextTokens)
                throw new PromptTooLongException($"The prompt of request {i}", request.PromptTokenIds.Length, ContextTokens);
        }
    }

    private Trajectory Trajectory(SampledSequence sequence)
    {
        int[] ids = [.. sequence.Tokens];
        int written = sequence.FinishReason == FinishReason.Stop ? ids.Length - 1 : ids.Length;
        var ends = new int[ids.Length];
        string text = _tokenizer.Decode(ids.AsSpan(0, written), ends.AsSpan(0, written));
        ends.AsSpan(written).Fill(text.Length);
        return new Trajectory(ids, sequence.LogProbs.ToArray(), text, sequence.FinishReason) { TextEnds = ends };
    }
}
