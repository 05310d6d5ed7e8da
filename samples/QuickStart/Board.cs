using Mel.Diagnostics;
using Mel.Training;

namespace Mel.Samples.QuickStart;

/// <summary>One line of progress per run: rewritten in place on a terminal, printed every tenth step where output is redirected.</summary>
internal sealed class Board : IDisposable
{
    private readonly Lock _gate = new();
    private readonly string[] _names;
    private readonly string?[] _lines;
    private readonly int _steps;
    private readonly bool _live = !Console.IsOutputRedirected;
    private bool _drawn;

    public Board(string[] names, int steps)
    {
        (_names, _lines, _steps) = (names, new string?[names.Length], steps);
        if (_live) Draw();
    }

    public IProgress<StepReport> Row(int index) => new RowProgress(this, index);

    public void Dispose() => Console.WriteLine();

    private void Draw()
    {
        if (_drawn) Console.Write($"\e[{_names.Length}A");
        for (int i = 0; i < _names.Length; i++)
        {
            string line = _lines[i] ?? $"{_names[i],-22} waits for a free core";
            int width = Console.WindowWidth > 0 ? Console.WindowWidth - 1 : 119;
            Console.WriteLine($"\e[2K{(line.Length > width ? line[..width] : line)}");
        }

        _drawn = true;
    }

    private sealed class RowProgress(Board board, int index) : IProgress<StepReport>
    {
        private double _seconds;

        public void Report(StepReport value)
        {
            _seconds += value.Timing.Total.TotalSeconds;
            double left = _seconds / value.Step * (value.Steps - value.Step);
            string retention = value.Metrics.TryGetValue(MetricNames.MelRetention, out double retained) ? $"{retained,4:P0}" : "   -";
            string reward = double.IsNaN(value.Reward) ? "    -" : $"{value.Reward:F3}";
            string line = $"{board._names[index],-22} step {value.Step,3}/{value.Steps}  reward {reward}  retention {retention}  "
                + $"{value.Metrics.GetValueOrDefault(MetricNames.Throughput),7:N0} tokens/s  {left,3:F0} s left";
            lock (board._gate)
            {
                board._lines[index] = line;
                if (board._live) board.Draw();
                else if (value.Step % 10 == 0 || value.Step == 1 || value.Step == board._steps) Console.WriteLine(line);
            }
        }
    }
}
