using Mel.Architecture.Tests.Rooms.Samples.Second;

namespace Mel.Architecture.Tests.Rooms.Samples.First;

internal static class Quiet
{
    public static void Call() => _ = new List<string> { nameof(Quiet) };
}

internal static class InBody
{
    public static void Run() => Later.Call();
}

internal static class InLambda
{
    public static Action Run(int count) => () =>
    {
        if (count > 0) Later.Call();
    };
}

internal static class InAsync
{
    public static async Task RunAsync()
    {
        await Task.Yield();
        Later.Call();
    }
}

internal static class InIterator
{
    public static IEnumerable<int> Run()
    {
        Later.Call();
        yield return 1;
    }
}

internal static class InNested
{
    public static class Inner
    {
        public static void Run() => Later.Call();
    }
}

internal static class AsArgumentOfMethod
{
    public static object Run() => Array.Empty<Later>();
}

internal static class AsArgumentOfType
{
    public static object Run() => new List<Later[]>();
}

internal static class AsStaticField
{
    public static int Run() => Later.Numbers[0];
}

internal static class AsTypeOf
{
    public static Type Run() => typeof(ILater);
}

internal static class AsCaught
{
    public static void Run()
    {
        try
        {
            Quiet.Call();
        }
        catch (LaterException)
        {
        }
    }
}

internal static class AsPattern
{
    public static bool Run(object value) => value is LaterKind;
}

internal static class AsConstraint<T>
    where T : Later
{
    public static void Run() => Quiet.Call();
}

internal sealed class AsBase : Later;

internal sealed class AsInterface : ILater;

internal sealed class AsField(object later)
{
    private readonly Later? _later = later as Later;

    public override string ToString() => _later is null ? "" : " ";
}

internal static class AsParameter
{
    public static bool Run(in LaterKind kind) => (int)kind == 0;
}

internal static class AsArrayInResult
{
    public static IReadOnlyList<Later[]>? Run() => null;
}

internal static class AsLocal
{
    public static int Run(int number)
    {
        var kind = (LaterKind)number;
        while (number-- > 0) kind++;
        return (int)kind;
    }
}
