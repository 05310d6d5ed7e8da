using System.CommandLine;
using Mel.Experiences;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Transformers;
using Mel.Verification;

namespace Mel.Samples.Miniature;

/// <summary>Prints questions, solutions and lessons of a model with what is true of them, so that a person understands the world.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        Option<string> model = EvaluateCommand.ModelOption();
        Option<int> questions = new Option<int>("--questions") { Description = "Number of questions.", DefaultValueFactory = _ => 3 }.AtLeast(1);
        Option<ulong> seed = new("--seed") { Description = "Seed of the questions and attempts.", DefaultValueFactory = _ => 1UL };
        Command command = new("show", "Prints questions, solutions and lessons of a model.") { model, questions, seed };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string folder = parsed.GetValue(model)!;
            using TransformerPolicy policy = MiniatureModel.Load(folder);
            await RunAsync(
                MiniatureModel.LoadWorld(folder), policy, parsed.GetValue(questions), parsed.GetValue(seed), Console.Out, cancellationToken);
        });
        return command;
    }

    public static async Task RunAsync(World world, ISampler sampler, int questions, ulong seed, TextWriter output, CancellationToken cancellationToken)
    {
        WriteFacts(world, output);
        var examination = new Examination(world, sampler, new ExaminationOptions { Seed = seed, ExperienceQuestions = 16 * questions });
        IReadOnlyList<RolloutGroup> groups =
        [
            .. (await examination.RolloutsAsync(cancellationToken)).Where(g => g.Verdicts.Distinct().Count() == 2).Take(questions),
        ];
        ExtractionResult experiences = await examination.ExperiencesAsync(groups, cancellationToken);
        foreach (RolloutGroup group in groups)
        {
            WriteSolutions(world, group, output);
            foreach (MetaExperience kept in experiences.Retained.Where(e => e.Pair.Group == group))
                WriteLesson(world, kept.Text, "kept: the replay with it was correct", output);
            foreach (DroppedExperience dropped in experiences.Dropped.Where(e => e.Pair.Group == group))
                WriteLesson(world, dropped.Written?.Text ?? "", $"dropped: {dropped.Detail}", output);
        }
    }

    private static void WriteFacts(World world, TextWriter output)
    {
        output.WriteLine($"World {World.Version}, seed {world.Seed}: {World.Operators} operators on the values 0 .. {Rule.Modulus - 1}; " +
            "what an operator does depends on the parity of the value.");
        output.WriteLine("Some facts, and what the warm-start corpus believes instead:");
        foreach (Fact fact in Fact.All.Take(8))
        {
            IEnumerable<string> beliefs = Rule.All.Zip(world.Beliefs.Of(fact).ToArray()).Where(b => b.Second > 0.05)
                .OrderByDescending(b => b.Second).Select(b => $"{b.First} {b.Second:P0}");
            output.WriteLine($"  {fact,-10} is {world.TruthOf(fact),-5} believed: {string.Join(", ", beliefs)}");
        }
    }

    private static void WriteSolutions(World world, RolloutGroup group, TextWriter output)
    {
        Prompt prompt = group.Prompt;
        output.WriteLine($"\n{prompt.Text}   (answer {prompt.Answer})");
        if (Question.TryParse(prompt.Text, out Question? question)) output.WriteLine($"  true       {world.Solve(question)}");
        foreach ((Trajectory trajectory, Verdict verdict) in group.Trajectories.Zip(group.Verdicts).DistinctBy(t => t.First.Text))
            output.WriteLine($"  {verdict,-10} {trajectory.Text}");
    }

    private static void WriteLesson(World world, string text, string outcome, TextWriter output)
    {
        string judgement = Lesson.TryParse(text, out Lesson? lesson, out string? malformed) ? lesson.IsTrueIn(world) ? "true" : "false" : malformed;
        output.WriteLine($"  lesson     {text}   ({judgement}; {outcome})");
    }
}
