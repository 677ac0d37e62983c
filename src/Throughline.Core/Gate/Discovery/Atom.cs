namespace Throughline.Core.Gate.Discovery;

/// <summary>One condition that a proposal may be made of.</summary>
/// <param name="When">In the rule language.</param>
/// <param name="Says">In plain words, to follow on "requests ...".</param>
/// <param name="Group">Of one group a proposal has at most one.</param>
/// <param name="Reads">Signs that it looks at, which therefore cannot judge it.</param>
/// <param name="Conjuncts">How many conditions it is for a reader.</param>
/// <param name="Holds">Whether it holds for a request, by its place: what <paramref name="When"/> says.</param>
internal sealed record Atom(string When, string Says, string Group, Signs Reads, int Conjuncts, Func<int, bool> Holds)
{
    /// <summary>How soon it goes out of date, for it names a value of this site's traffic; 0: it is about behaviour, which is preferred.</summary>
    public int Staleness { get; init; }
}
