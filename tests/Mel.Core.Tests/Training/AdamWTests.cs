using Mel.Testing;
using Mel.Training;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Training;

[TestFixture, NoTensorLeaks]
public sealed class AdamWTests
{
    [Test]
    public void Step_WeightDecay_LeavesVectorsAloneUnlessAsked()
    {
        using var scope = NewDisposeScope();
        Tensor matrix = ones(2, 2).requires_grad_(), vector = ones(2).requires_grad_();
        using AdamW adam = new(new Dictionary<string, Tensor> { ["m"] = matrix, ["v"] = vector }, new() { WeightDecay = 0.5 });
        (matrix.grad, vector.grad) = (zeros(2, 2), zeros(2));

        adam.Step(learningRate: 0.1);

        matrix.data<float>().ToArray().Should().OnlyContain(v => v == 0.95f);
        vector.data<float>().ToArray().Should().OnlyContain(v => v == 1f);
        (matrix.grad, vector.grad) = (null, null);
    }

    [Test]
    public void Step_GradientScale_ScalesWhatTheMomentsSee_AndNotTheGradient()
    {
        using var scope = NewDisposeScope();
        Tensor parameter = zeros(3).requires_grad_();
        using AdamW adam = new(new Dictionary<string, Tensor> { ["p"] = parameter });
        parameter.grad = tensor(new[] { 1f, -2f, 4f });

        adam.Step(learningRate: 0.1, gradientScale: 0.25);

        adam.State["p.exp_avg"].data<float>().ToArray().Should().Equal(new[] { 0.025f, -0.05f, 0.1f }, (a, b) => Math.Abs(a - b) < 1e-7f);
        parameter.grad!.data<float>().ToArray().Should().Equal(1f, -2f, 4f);
        parameter.grad = null;
    }

    [Test]
    public void Step_BFloat16Parameter_MovesThroughItsFloat32Master()
    {
        using var scope = NewDisposeScope();
        // At 1 the spacing of bfloat16 is 2^-8: a step of 1e-4 is lost every time without a master.
        Tensor parameter = ones(4, dtype: bfloat16).requires_grad_();
        using AdamW adam = new(new Dictionary<string, Tensor> { ["p"] = parameter });

        for (int step = 0; step < 100; step++)
        {
            parameter.grad = ones(4, dtype: bfloat16);
            adam.Step(learningRate: 1e-4);
        }

        adam.State["p.master"].data<float>().ToArray().Should().OnlyContain(v => Math.Abs(v - 0.99f) < 1e-5f);
        parameter.to(float32).data<float>().ToArray().Should().OnlyContain(v => Math.Abs(v - 0.99f) < 1 / 256f && v < 1);
        parameter.grad = null;
    }

    [Test]
    public void Step_ParameterWithoutGradient_IsLeftAlone()
    {
        using var scope = NewDisposeScope();
        Tensor trained = ones(2).requires_grad_(), idle = ones(2).requires_grad_();
        using AdamW adam = new(new Dictionary<string, Tensor> { ["trained"] = trained, ["idle"] = idle });
        trained.grad = ones(2);

        adam.Step(learningRate: 0.1);

        idle.data<float>().ToArray().Should().Equal(1f, 1f);
        trained.data<float>().ToArray().Should().OnlyContain(v => Math.Abs(v - 0.9f) < 1e-6f);
        trained.grad = null;
    }

    [Test]
    public void State_CarriedOverToANewOptimizer_GoesOnAsIfNothingHadHappened()
    {
        using var scope = NewDisposeScope();
        Tensor straight = ones(3, dtype: bfloat16).requires_grad_(), resumed = ones(3, dtype: bfloat16).requires_grad_();
        using AdamW one = new(new Dictionary<string, Tensor> { ["p"] = straight });
        using AdamW before = new(new Dictionary<string, Tensor> { ["p"] = resumed });
        Take(one, straight, 0, 6);
        Take(before, resumed, 0, 3);

        using AdamW after = new(new Dictionary<string, Tensor> { ["p"] = resumed });
        after.State.Keys.Should().BeEquivalentTo("p.exp_avg", "p.exp_avg_sq", "p.master");
        using (no_grad())
        {
            foreach ((string name, Tensor value) in before.State) after.State[name].copy_(value);
        }

        after.Resume(before.Steps);
        Take(after, resumed, 3, 6);

        after.Steps.Should().Be(6);
        foreach ((string name, Tensor value) in one.State) after.State[name].data<float>().ToArray().Should().Equal(value.data<float>().ToArray(), name);

        static void Take(AdamW adam, Tensor parameter, int from, int to)
        {
            for (int step = from; step < to; step++)
            {
                parameter.grad = full(3, Math.Sin(step), dtype: bfloat16);
                adam.Step(learningRate: 0.01);
            }

            parameter.grad = null;
        }
    }

    [Test]
    public void Resume_NegativeSteps_IsRefused()
    {
        using AdamW adam = new(new Dictionary<string, Tensor>());

        adam.Invoking(a => a.Resume(-1)).Should().Throw<ArgumentOutOfRangeException>();
    }
}
