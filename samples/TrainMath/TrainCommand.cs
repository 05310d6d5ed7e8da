using System.CommandLine;
using Mel.Algorithms;
using Mel.Evaluation;
using Mel.Training;

namespace Mel.Samples.TrainMath;

/// <summary>The options of the program, and how a command line becomes the configuration of a run.</summary>
internal sealed class TrainCommand
{
    private static readonly TrainerOptions Defaults = new();

    private readonly Option<string> _from = new Option<string>("--from")
    {
        Description = "The run.json of a run: its options, where this command line does not give them.",
    }.Exists();

    private readonly Option<string> _out = new("--out")
    {
        Description = "Folder of the run; a run that was stopped there goes on. [default: runs/<model>-<objective>-<date>-<time>]",
    };

    private readonly Option<string> _model = Required("--model", "A Hugging Face folder.").Exists();
    private readonly Option<string> _data = Required("--data", "Questions: a file of JSON lines, a parquet file, or the folder of a data set.").Exists();
    private readonly Option<string> _split = With("--split", "Split of a data set's folder.", "train");
    private readonly Option<string?> _promptColumn = new("--prompt-column") { Description = "Column of the question, if the columns are not recognized." };
    private readonly Option<string?> _answerColumn = new("--answer-column") { Description = "Column of the answer." };
    private readonly Option<int?> _limit = new Option<int?>("--limit") { Description = "Trains on the first questions only." }.AtLeast(1);
    private readonly Option<string> _instruction = With("--instruction", "Added to every question: none, boxed, or a text of your own.", MathPrompts.Boxed);
    private readonly Option<string?> _system = new("--system") { Description = "The system message." };
    private readonly Option<string> _objective = With("--objective", "The algorithm.", "grpo").OneOf([.. Algorithm.Names]);
    private readonly Option<bool> _noMetaExperience = new("--no-meta-experience") { Description = "Plain reinforcement learning." };
    private readonly Option<double> _kl = With("--kl", "Cost of a nat of divergence from the model at the start, in the reward.", 0.0).AtLeast(0);
    private readonly Option<int> _steps = With("--steps", "Steps of the run.", Defaults.Steps).AtLeast(1);
    private readonly Option<int> _prompts = With("--prompts", "Questions a step.", 16).AtLeast(1);
    private readonly Option<int> _group = With("--group", "Attempts at each question.", Defaults.GroupSize).AtLeast(2);
    private readonly Option<int> _miniBatch = With("--mini-batch", "Questions an update; 0 takes all of a step.", 0).AtLeast(0);
    private readonly Option<int> _maxTokens = With("--max-tokens", "Most tokens of a response.", Defaults.Sampling.MaxTokens).AtLeast(1);
    private readonly Option<double> _temperature = With("--temperature", "Temperature of the rollouts.", Defaults.Sampling.Temperature).AtLeast(0).AtMost(100);
    private readonly Option<double> _learningRate = With("--learning-rate", "Learning rate.", Defaults.Optimizer.LearningRate).AtLeast(0).AtMost(1);
    private readonly Option<string> _schedule = With("--schedule", "What becomes of it.", "constant").OneOf("constant", "linear", "cosine");
    private readonly Option<int> _warmup = With("--warmup", "Updates over which it rises.", 0).AtLeast(0);
    private readonly Option<ulong> _seed = With("--seed", "The one seed of the run.", 0UL);
    private readonly Option<string> _weights = With("--weights", "Element type of the weights in memory.", "float32").OneOf("float32", "bfloat16");
    private readonly Option<string> _device = With("--device", "Where the model computes.", "cpu").OneOf("cpu", "cuda");
    private readonly Option<int> _lora = With("--lora", "Rank of adapters that train in place of the weights; 0 for none.", 0).AtLeast(0);
    private readonly Option<bool> _recompute = new("--recompute") { Description = "Computes activations again to save memory." };
    private readonly Option<int> _microBatchTokens = With("--micro-batch-tokens", "Most tokens scored at once.", Defaults.MicroBatchTokens).AtLeast(1);
    private readonly Option<string?> _eval = new Option<string?>("--eval") { Description = "Questions to evaluate on, in the forms of --data." }.Exists();
    private readonly Option<int> _evalEvery = With("--eval-every", "Steps between two evaluations.", 10).AtLeast(1);
    private readonly Option<int> _evalSamples = With("--eval-samples", "k of Avg@k and Pass@k; 0 for neither.", new EvaluationOptions().Samples).AtLeast(0);
    private readonly Option<int?> _evalLimit = new Option<int?>("--eval-limit") { Description = "Evaluates on the first questions only." }.AtLeast(1);

    private readonly Option<bool> _keepBest = new("--keep-best")
    {
        Description = "Keeps the checkpoint of the best evaluation, or of the best reward without --eval.",
    };

    private readonly Option<int?> _earlyStop = new Option<int?>("--early-stop")
    {
        Description = "Stops after so many evaluations without a better one; without --eval, steps without a better reward.",
    }.AtLeast(1);

    private readonly Option<int> _checkpointEvery = With("--checkpoint-every", "Steps between two checkpoints.", 10).AtLeast(1);
    private readonly Option<double?> _checkpointMinutes = new Option<double?>("--checkpoint-minutes") { Description = "Minutes between two." }.AtLeast(0.01);
    private readonly Option<int?> _recordsEvery = new Option<int?>("--records-every") { Description = "Steps between two with records." }.AtLeast(1);
    private readonly Option<int?> _samplesEvery = new Option<int?>("--samples-every") { Description = "Steps between two that show responses." }.AtLeast(1);
    private readonly Option<string> _saveType = With("--save-type", "Element type of the saved model.", "stored").OneOf("stored", "float32", "bfloat16");

    private readonly RootCommand _root;

    /// <param name="run">Makes the run in a folder.</param>
    public TrainCommand(Func<RunSettings, string, CancellationToken, Task<int>> run)
    {
        _device.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: "cuda" }] && !TorchSharp.torch.cuda.is_available())
                result.AddError("--device is 'cuda', but there is no CUDA device that libtorch can use; leave the option out to compute on the processor.");
        });
        _saveType.Aliases.Add("--save-dtype");
        _root = new RootCommand("Meta-experience learning on a Hugging Face model and questions with verifiable answers.")
        {
            _model, _data, _split, _promptColumn, _answerColumn, _limit, _instruction, _system, _objective, _noMetaExperience, _kl, _steps, _prompts, _group,
            _miniBatch, _maxTokens, _temperature, _learningRate, _schedule, _warmup, _seed, _weights, _device, _lora, _recompute, _microBatchTokens, _eval,
            _evalEvery, _evalSamples, _evalLimit, _keepBest, _earlyStop, _checkpointEvery, _checkpointMinutes, _recordsEvery, _samplesEvery, _saveType, _from,
            _out,
        };
        _root.SetAction((parsed, cancellationToken) =>
        {
            RunSettings settings = SettingsOf(parsed);
            return run(settings, parsed.GetValue(_out) ?? settings.NewFolder(DateTime.Now), cancellationToken);
        });
    }

    /// <summary>Reads a command line, with the options of the file behind --from in the place of those that are not given.</summary>
    /// <exception cref="WrongOptionException">The file behind --from is no configuration.</exception>
    public ParseResult Parse(string[] args)
    {
        ParseResult given = _root.Parse(args);
        if (given.GetResult(_from) is not { Tokens: [{ Value: var path }] } || !File.Exists(path)) return given;
        bool IsGiven(string name) => _root.Options.FirstOrDefault(o => o.Name == name) is { } option && given.GetResult(option) is { Implicit: false };
        return _root.Parse([.. args, .. RunSettings.ReadArguments(path, IsGiven)]);
    }

    private RunSettings SettingsOf(ParseResult parsed) => new()
    {
        Model = Path.GetFullPath(parsed.GetValue(_model)!),
        Data = Path.GetFullPath(parsed.GetValue(_data)!),
        Split = parsed.GetValue(_split)!,
        PromptColumn = parsed.GetValue(_promptColumn),
        AnswerColumn = parsed.GetValue(_answerColumn),
        Limit = parsed.GetValue(_limit),
        Instruction = parsed.GetValue(_instruction)!,
        System = parsed.GetValue(_system),
        Objective = parsed.GetValue(_objective)!,
        NoMetaExperience = parsed.GetValue(_noMetaExperience),
        Kl = parsed.GetValue(_kl),
        Steps = parsed.GetValue(_steps),
        Prompts = parsed.GetValue(_prompts),
        Group = parsed.GetValue(_group),
        MiniBatch = parsed.GetValue(_miniBatch),
        MaxTokens = parsed.GetValue(_maxTokens),
        Temperature = parsed.GetValue(_temperature),
        LearningRate = parsed.GetValue(_learningRate),
        Schedule = parsed.GetValue(_schedule)!,
        Warmup = parsed.GetValue(_warmup),
        Seed = parsed.GetValue(_seed),
        Weights = parsed.GetValue(_weights)!,
        Device = parsed.GetValue(_device)!,
        Lora = parsed.GetValue(_lora),
        Recompute = parsed.GetValue(_recompute),
        MicroBatchTokens = parsed.GetValue(_microBatchTokens),
        Eval = parsed.GetValue(_eval) is { } eval ? Path.GetFullPath(eval) : null,
        EvalEvery = parsed.GetValue(_evalEvery),
        EvalSamples = parsed.GetValue(_evalSamples),
        EvalLimit = parsed.GetValue(_evalLimit),
        KeepBest = parsed.GetValue(_keepBest),
        EarlyStop = parsed.GetValue(_earlyStop),
        CheckpointEvery = parsed.GetValue(_checkpointEvery),
        CheckpointMinutes = parsed.GetValue(_checkpointMinutes),
        RecordsEvery = parsed.GetValue(_recordsEvery),
        SamplesEvery = parsed.GetValue(_samplesEvery),
        SaveType = parsed.GetValue(_saveType)!,
    };

    private static Option<string> Required(string name, string description) => new(name) { Description = description, Required = true };

    private static Option<T> With<T>(string name, string description, T value) => new(name) { Description = description, DefaultValueFactory = _ => value };
}
