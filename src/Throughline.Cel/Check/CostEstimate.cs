using Throughline.Cel.Parse;

namespace Throughline.Cel.Check;

/// <summary>
/// What one evaluation may cost, in units of about 50 ns (<see cref="Library.Costs"/>): at least, unless a part of it
/// fails, and at most. The budget of an evaluation counts the same, so an expression whose estimate is within it is never stopped.
/// <see cref="ulong.MaxValue"/> stands for all that is more.
/// </summary>
public readonly record struct CostEstimate(ulong Min, ulong Max)
{
    /// <summary>Estimates a checked expression, from the sizes that its input may have.</summary>
    /// <param name="sizes">Sizes by path: see <see cref="SizeHints"/>; sizes that are not given may be as large as .NET allows.</param>
    public static CostEstimate Of(CheckedExpr expression, CelEnvironment environment, SizeHints? sizes = null) =>
        new CostWalk(expression, environment, sizes ?? SizeHints.None).Run();

    /// <summary>Both, one after the other.</summary>
    public static CostEstimate operator +(CostEstimate a, CostEstimate b) =>
        new(Saturating.Add(a.Min, b.Min), Saturating.Add(a.Max, b.Max));

    /// <summary>One of both, it is not known which.</summary>
    public static CostEstimate Either(CostEstimate a, CostEstimate b) =>
        new(Math.Min(a.Min, b.Min), Math.Max(a.Max, b.Max));

    internal static CostEstimate Exactly(ulong cost) => new(cost, cost);

    internal CostEstimate Times(SizeRange times) =>
        new(Saturating.Multiply(Min, times.Min), Saturating.Multiply(Max, times.Max));
}

/// <summary>How long a string or bytes may be (code points, bytes), or how many elements a list or map may have.</summary>
public readonly record struct SizeRange(ulong Min, ulong Max)
{
    /// <summary>Nothing is known; but nothing in .NET has more elements than an int can count.</summary>
    public static readonly SizeRange Unknown = new(0, int.MaxValue);

    /// <summary>So many, known.</summary>
    public static SizeRange Exactly(ulong size) => new(size, size);

    /// <summary>Not more than so many.</summary>
    public static SizeRange UpTo(ulong size) => new(0, size);

    /// <summary>The size of both together.</summary>
    public static SizeRange operator +(SizeRange a, SizeRange b) =>
        new(Saturating.Add(a.Min, b.Min), Saturating.Add(a.Max, b.Max));

    internal static SizeRange Either(SizeRange a, SizeRange b) => new(Math.Min(a.Min, b.Min), Math.Max(a.Max, b.Max));
}

/// <summary>
/// Sizes of an input by path: <c>request.path</c> is a string or list or map; <c>request.headers.@values</c> are a map's
/// values, <c>.@keys</c> its keys, <c>.@items</c> a list's elements.
/// </summary>
public sealed class SizeHints(IReadOnlyDictionary<string, SizeRange> byPath)
{
    /// <summary>Nothing is known of the input.</summary>
    public static readonly SizeHints None = new(new Dictionary<string, SizeRange>());

    internal SizeRange? Find(string path) => byPath.TryGetValue(path, out SizeRange size) ? size : null;
}

internal static class Saturating
{
    public static ulong Add(ulong a, ulong b) => a > ulong.MaxValue - b ? ulong.MaxValue : a + b;

    public static ulong Multiply(ulong a, ulong b) => a != 0 && b > ulong.MaxValue / a ? ulong.MaxValue : a * b;
}
