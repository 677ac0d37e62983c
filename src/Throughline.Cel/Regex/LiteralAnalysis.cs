using System.Diagnostics.CodeAnalysis;

namespace Throughline.Cel.Regex;

/// <summary>Which strings every match of a pattern is, begins with, or holds.</summary>
/// <param name="Exact">All matches are among these; null if that is not known.</param>
/// <param name="Prefix">All matches begin with one of these; null if not known.</param>
/// <param name="Inner">All matches hold one of these; null if not known.</param>
/// <param name="Rest">The same, but not the prefix: it is asked for besides.</param>
internal readonly record struct Literals(LiteralSet? Exact, LiteralSet? Prefix, LiteralSet? Inner, LiteralSet? Rest)
{
    public static Literals Are(LiteralSet exact) => new(exact, exact, exact, null);
}

/// <summary>Finds the literals of a pattern, to search for them first: that is much faster than an automaton.</summary>
internal static class LiteralAnalysis
{
    private const int MaxClassSize = 4;

    public static Literals Of(RegexNode node) =>
        node switch
        {
            RegexNode.Empty => Literals.Are(LiteralSet.EmptyString),
            RegexNode.Assert => Literals.Are(LiteralSet.EmptyString with { IsWhole = false }),
            RegexNode.OneOf one => OfClass(one.Set),
            RegexNode.Capture capture => Of(capture.Item),
            RegexNode.Repeat repeat => OfRepeat(repeat),
            RegexNode.Concat concat => OfConcat(concat.Items),
            RegexNode.Alternate alternate => OfAlternate(alternate.Branches),
            _ => default,
        };

    private static Literals OfClass(CodePointSet set)
    {
        if (set.RangeCount == 0 || set.Size > MaxClassSize)
            return default;
        int first = set.First(0);
        if (first < 128 && char.IsAsciiLetter((char)first) && set.Equals(CaseFolding.Orbit(first)))
            return Literals.Are(new LiteralSet([((char)(first | 0x20)).ToString()], IgnoresCase: true, IsWhole: false));
        var items = new List<string>(1);
        for (int i = 0; i < set.RangeCount; i++)
        for (int c = set.First(i); c <= set.Last(i); c++)
        {
            if (c is >= 0xD800 and < 0xE000)
                return default; // a search for half a pair would find it within pairs
            items.Add(char.ConvertFromUtf32(c));
        }
        return Literals.Are(new LiteralSet(items, IgnoresCase: false, IsWhole: true));
    }

    private static Literals OfRepeat(RegexNode.Repeat repeat)
    {
        if (repeat.Min == 0)
        {
            LiteralSet? maybe = repeat.Max == 1 ? Of(repeat.Item).Exact?.Or(LiteralSet.EmptyString) : null;
            return maybe is null ? default : Literals.Are(maybe);
        }
        Literals item = Of(repeat.Item);
        return new Literals(null, Part(item.Prefix), Part(item.Inner), item.Rest);
    }

    private static Literals OfConcat(IReadOnlyList<RegexNode> items)
    {
        LiteralSet run = LiteralSet.EmptyString; // what the items since the last one that is no literal amount to
        LiteralSet? prefix = null;
        LiteralSet? inner = null;
        LiteralSet? rest = null;
        foreach (RegexNode node in items)
        {
            Literals item = Of(node);
            if (item.Exact is not null && run.Then(item.Exact) is { } longer)
            {
                run = longer;
                continue;
            }
            LiteralSet? joined = item.Prefix is null ? null : run.Then(item.Prefix);
            LiteralSet ended = Part(joined ?? run);
            LiteralSet? own = Part(joined is null ? item.Inner : item.Rest);
            inner = Better(Better(inner, ended), own);
            rest = Better(prefix is null ? rest : Better(rest, ended), own);
            prefix ??= ended;
            run = item.Exact ?? LiteralSet.EmptyString;
        }
        if (prefix is null)
            return Literals.Are(run);
        run = Part(run);
        return new Literals(null, prefix, Better(inner, run), Better(rest, run));
    }

    private static Literals OfAlternate(IReadOnlyList<RegexNode> branches)
    {
        Literals all = Of(branches[0]);
        for (int i = 1; i < branches.Count && all != default; i++)
        {
            Literals branch = Of(branches[i]);
            all = new Literals(
                Either(all.Exact, branch.Exact),
                Either(all.Prefix, branch.Prefix),
                Either(all.Inner, branch.Inner),
                Either(all.Rest, branch.Rest)
            );
        }
        return all;
    }

    private static LiteralSet? Either(LiteralSet? one, LiteralSet? other) =>
        one is null || other is null ? null : one.Or(other);

    [return: NotNullIfNotNull(nameof(set))]
    private static LiteralSet? Part(LiteralSet? set) => set is { IsWhole: true } ? set with { IsWhole = false } : set;

    private static LiteralSet? Better(LiteralSet? one, LiteralSet? other) =>
        (other?.Worth ?? 0) > (one?.Worth ?? 0) ? other : one;
}
