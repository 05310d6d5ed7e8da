using Mel.Transformers.Models;
using Mel.Transformers.Tests.Fakes;

namespace Mel.Transformers.Tests.Models;

[TestFixture]
public sealed class RotaryTableTests
{
    // Frequencies worked out from the published formulas in float64.
    [Test]
    public void Frequencies_Llama3_KeepsHighDividesLowAndBlendsBetween()
    {
        var config = TinyModels.Config(DecoderFamily.Llama) with
        {
            HeadSize = 64,
            RopeTheta = 500_000,
            ContextTokens = 131_072,
            RopeScaling = new RopeScaling { Type = RopeType.Llama3, Factor = 8, LowFrequencyFactor = 1, HighFrequencyFactor = 4, OriginalContextTokens = 8192 },
        };
        var (given, factor) = RotaryTable.Frequencies(config);
        factor.Should().Be(1);
        for (int i = 0; i < 32; i++)
        {
            double plain = Math.Pow(500_000, -2.0 * i / 64), wavelength = 2 * Math.PI / plain;
            double smooth = Math.Clamp(((8192 / wavelength) - 1) / 3, 0, 1);
            double expected = ((1 - smooth) * plain / 8) + (smooth * plain);
            ((double)given[i]).Should().BeApproximately(expected, 2e-6 * expected);
        }
    }

    [Test]
    public void Frequencies_Yarn_RampsBetweenTheCorrectionDimensionsAndScalesCosine()
    {
        var config = TinyModels.Config() with
        {
            HeadSize = 128,
            RopeTheta = 1_000_000,
            ContextTokens = 131_072,
            RopeScaling = new RopeScaling { Type = RopeType.Yarn, Factor = 4, OriginalContextTokens = 32_768 },
        };
        var (given, factor) = RotaryTable.Frequencies(config);
        ((double)factor).Should().BeApproximately((0.1 * Math.Log(4)) + 1, 1e-6);
        double low = Math.Floor(128 * Math.Log(32_768 / (32 * 2 * Math.PI)) / (2 * Math.Log(1_000_000))),
            high = Math.Ceiling(128 * Math.Log(32_768 / (2 * Math.PI)) / (2 * Math.Log(1_000_000)));
        (low, high).Should().Be((23, 40));
        for (int i = 0; i < 64; i++)
        {
            double plain = Math.Pow(1_000_000, -2.0 * i / 128), ramp = Math.Clamp((i - low) / (high - low), 0, 1);
            double expected = (plain / 4 * ramp) + (plain * (1 - ramp));
            ((double)given[i]).Should().BeApproximately(expected, 2e-6 * expected);
        }
    }
}
