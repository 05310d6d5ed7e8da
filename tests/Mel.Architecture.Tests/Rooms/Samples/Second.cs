namespace Mel.Architecture.Tests.Rooms.Samples.Second;

internal class Later
{
    public static readonly int[] Numbers = [1];

    public static void Call() => First.Quiet.Call();
}

internal sealed class LaterException : Exception;

internal interface ILater;

internal enum LaterKind
{
    One,
}
