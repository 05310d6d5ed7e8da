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
/// Owns its model. After its end every call throws an <see cref="ObjectDisposedException"/>. Sampling runs on a thread of the pool and scoring on the calling
/// thread; the two, and two calls of either, must not overlap, and an optimizer must not write to the parameters while one of them runs.
/// </remarks>
public sealed partial class TransformerPolicy : IFusedPolicy, IDisposable
{
    private readonly ITokenizer _tokenizer;
    private readonly IPromptTemplate _template;
    private readonly SamplingLimits _limits;
    private readonly IReadOnlyList<int> _stopTokenIds;
    private readonly ModelSource? _source;
    private readonly IProgress<SamplingProgress>? _progress;
    private readonly OpenCalls _calls;

    /// <summary>Creates a policy around a model.</summary>
    /// <param name="model">The model; the policy disposes it.</param>
    /// <param name="tokenizer">The tokenizer the model was trained with.</param>
    /// <param name="template">
    /// The form in which the model expects a user's message. Null encodes the message as it is, but for the text of the tokenizer's added tokens, which stays
    /// text; a <see cref="RawPromptTemplate"/> with <see cref="SpecialTokenText.Allow"/> makes tokens of it.
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
        _calls = new OpenCalls(model.Dispose);
        _tokenizer = tokenizer;
        _template = template ?? RawPromptTemplate.For(tokenizer);
        _source = source;
        _progress = options.Progress;
        _stopTokenIds = [.. options.StopTokenIds ?? model.Config.StopTokenIds];
        _limits = new SamplingLimits(
            options.ContextTokens ?? model.Config.ContextTokens, options.CacheBytes, options.ConcurrentSequences, options.PrefillTokens);
    }

    /// <summary>What writes conversations for the policy.</summary>
    internal IPromptTemplate Template => _template;

    /// <summary>The model behind the policy.</summary>
    public DecoderModel Model { get; }

    /// <inheritdoc/>
    public int ContextTokens => _limits.ContextTokens;

    /// <summary>
    /// The tokens that end a response: those of the options, or else all that the folder names in <c>config.json</c>, <c>generation_config.json</c> and
    /// <c>tokenizer_config.json</c>, and the one by which its chat template ends a turn.
    /// </summary>
    public IReadOnlyList<int> StopTokenIds => _stopTokenIds;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> Parameters
    {
        get
        {
            _calls.Require(this);
            return Model.Parameters;
        }
    }

    /// <summary>
    /// The policy without its adapters, which shares the weights with this one. Without adapters the weights train, and a trainer refuses them as a reference.
    /// Calls of the two must not overlap.
    /// </summary>
    public IPolicy Reference => new ReferencePolicy(this);

    /// <summary>Loads a policy from a folder in the Hugging Face layout.</summary>
    /// <param name="folder">Folder with <c>config.json</c> and <c>model.safetensors</c>, also sharded.</param>
    /// <param name="tokenizer">The model's tokenizer; null reads the <c>tokenizer.json</c> of the folder.</param>
    /// <param name="template">
    /// The form in which the model expects a user's message. Null takes the chat template of the folder with the folder's tokenizer. With a given tokenizer it
    /// encodes the message as it is, but for the text of added tokens, as <see cref="TransformerPolicy(DecoderModel, ITokenizer, IPromptTemplate?,
    /// TransformerPolicyOptions?)"/> does.
    /// </param>
    /// <param name="options">Stop tokens, bounds, element type and device; null takes the defaults.</param>
    /// <exception cref="Checkpoints.CheckpointException">A file or tensor is missing, truncated or damaged.</exception>
    /// <exception cref="Runtime.ShapeMismatchException">A tensor has another shape than the configuration says.</exception>
    /// <exception cref="ModelConfigException">
    /// The configuration is not valid or asks for what is not built, or neither the folder nor the options name a token that ends a response.
    /// </exception>
    /// <exception cref="TokenizerFormatException">The tokenizer or the template is damaged or of a kind that is not built.</exception>
    public static TransformerPolicy Load(
        string folder, ITokenizer? tokenizer = null, IPromptTemplate? template = null, TransformerPolicyOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ModelConfig config = ModelConfigFile.Load(folder).Config;
        if (tokenizer is null)
        {
            tokenizer = HuggingFaceTokenizer.Load(folder);
            template ??= PromptTemplates.FromFolder(folder);
        }

        if (options?.StopTokenIds is null) config = config with { StopTokenIds = StopTokens.Of(folder, config, tokenizer, template) };
        DecoderModel model = DecoderModel.Load(folder, config, options?.DataType ?? ScalarType.Float32, options?.Device ?? CPU, out FoundWeights found);
        try
        {
            return new TransformerPolicy(model, tokenizer, template, options, new ModelSource(folder, found));
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
    /// <param name="folder">The folder to write; made with its parents where it does not exist.</param>
    /// <param name="dataType">Element type of all weights, which the configuration then names; null keeps those they were read in.</param>
    /// <returns>How much of the change since the model was read the saved weights hold, where their type is narrower than it is in memory.</returns>
    /// <exception cref="IOException">
    /// The folder holds a sharded checkpoint, which would contradict the new one, or cannot be written; or a file of the folder that the model was read from is
    /// gone, and nothing was written.
    /// </exception>
    public SaveReport Save(string folder, ScalarType? dataType = null)
    {
        using OpenCalls.Call call = _calls.Enter(this);
        return ModelFolder.Save(folder, Model, _source, dataType);
    }

    /// <summary>
    /// Memory and work of a run of the given sizes with this model as it is now: its element type, its adapters, its choice to recompute activations.
    /// </summary>
    /// <param name="options">Sizes of the run.</param>
    /// <exception cref="OptionsValidationException">A size is not positive or does not fit into the context.</exception>
    public ResourceEstimate Estimate(ResourceEstimateOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using OpenCalls.Call call = _calls.Enter(this);
        return ResourceEstimator.Estimate(Model, options);
    }

    /// <summary>The token ids that stand for a conversation, up to where the answer begins.</summary>
    /// <param name="messages">The messages, at least one; without a chat template one message of the user.</param>
    /// <exception cref="NotSupportedException">
    /// The model was not trained on something that the messages hold, or there are several and no chat template.
    /// </exception>
    public ReadOnlyMemory<int> Encode(IReadOnlyList<ChatMessage> messages)
    {
        _calls.Require(this);
        return _tokenizer.Encode(_template.Render(messages)).ToArray();
    }

    /// <summary>The token ids that stand for a conversation with tools, or with choices of its own.</summary>
    /// <param name="messages">The messages, at least one.</param>
    /// <param name="options">What is to be known beside the messages.</param>
    /// <exception cref="NotSupportedException">
    /// The policy has no chat template, or the model was not trained on something that the conversation holds.
    /// </exception>
    public ReadOnlyMemory<int> Encode(IReadOnlyList<ChatMessage> messages, RenderOptions options)
    {
        _calls.Require(this);
        if (_template is not ChatTemplate chat)
            throw new NotSupportedException(
                "The policy has no chat template to render a conversation with; load a model that has one, or give a ChatTemplate when the policy is made.");
        return _tokenizer.Encode(chat.Render(messages, options)).ToArray();
    }

    /// <inheritdoc/>
    /// <exception cref="OptionsValidationException">An option is outside its range.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A count or a token id is outside its range.</exception>
    /// <exception cref="ModelMemoryException">The memory does not hold what is to be sampled at once.</exception>
    /// <exception cref="ObjectDisposedException">The policy is disposed, or is so before the last token.</exception>
    public async Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(
        IReadOnlyList<SamplingRequest> requests, SamplingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentNullException.ThrowIfNull(options);
        using OpenCalls.Call call = _calls.Enter(this);
        Check(requests);
        ComputeThreads.Keep();
        Action<SampledSequence, bool>? onToken = _progress is null ? null : Report(requests.Sum(r => r.Count));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _calls.Closing);
        try
        {
            IReadOnlyList<PendingRequest> done = await Task.Run(() => Run(requests, options, onToken, stop.Token), stop.Token).ConfigureAwait(false);
            return [.. done.Select(request => (IReadOnlyList<Trajectory>)[.. request.Finished.Select(s => Trajectory(s!))])];
        }
        catch (OperationCanceledException) when (IsDisposal(cancellationToken))
        {
            throw Disposed();
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
    }

    private static ObjectDisposedException Disposed() => new(typeof(TransformerPolicy).FullName, "The policy was disposed while it sampled.");

    /// <summary>Whether a call was stopped because the policy was disposed, and not by its caller.</summary>
    private bool IsDisposal(CancellationToken cancellationToken) => _calls.Closing.IsCancellationRequested && !cancellationToken.IsCancellationRequested;

    private IReadOnlyList<PendingRequest> Run(
        IReadOnlyList<SamplingRequest> requests, SamplingOptions options, Action<SampledSequence, bool>? onToken, CancellationToken cancellationToken)
    {
        if (requests.Count == 0) return [];
        SamplingEngine engine = new(Model, _limits, _stopTokenIds);
        return MemoryGuard.Sampling(
            Model, requests.Max(r => r.PromptTokenIds.Length), () => engine.CacheSize(requests, options),
            () => engine.Run(requests, options, onToken, cancellationToken));
    }

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

    /// <summary>
    /// Releases the model. Sampling that is going on ends at the next token with an <see cref="ObjectDisposedException"/>; scoring and saving end as usual.
    /// The model is released when the last call has ended.
    /// </summary>
    public void Dispose() => _calls.Dispose();

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
