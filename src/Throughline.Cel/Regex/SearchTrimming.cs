namespace Throughline.Cel.Regex;

/// <summary>
/// Cuts off a pattern what does not matter to the question whether there is a match at all: groups, what may be absent at its
/// ends, and repetitions there beyond the smallest. <c>.*(bot|crawl)[a-z]*/[0-9]+</c> becomes <c>(?:bot|crawl)[a-z]*/[0-9]</c>.
/// </summary>
/// <remarks>
/// A match of the whole holds one of the rest, as the cut repetitions end where the rest begins; a match of the rest is one of the
/// whole, the cut ones being empty. Assertions are no obstacle: they stay, and look at the text, not at the match.
/// </remarks>
internal static class SearchTrimming
{
    public static RegexNode Trim(RegexNode root) => Trim(Trim(root, first: true), first: false);

    private static RegexNode Trim(RegexNode node, bool first) =>
        node switch
        {
            RegexNode.Repeat { Min: 0 } => RegexNode.Nothing,
            RegexNode.Repeat { Min: 1 } repeat => Trim(repeat.Item, first),
            RegexNode.Repeat repeat => repeat with { Max = repeat.Min },
            RegexNode.Capture capture => Trim(capture.Item, first),
            RegexNode.Concat concat => TrimConcat(concat.Items, first),
            RegexNode.Alternate alternate => TrimAlternate(alternate.Branches, first),
            _ => node,
        };

    private static RegexNode TrimConcat(IReadOnlyList<RegexNode> items, bool first)
    {
        (int from, int to) = (0, items.Count);
        while (from < to)
        {
            int at = first ? from : to - 1;
            RegexNode trimmed = Trim(items[at], first);
            if (trimmed is RegexNode.Empty)
            {
                (from, to) = first ? (from + 1, to) : (from, to - 1);
                continue;
            }
            if (to - from == 1)
                return trimmed;
            RegexNode[] kept = [.. items.Skip(from).Take(to - from)];
            kept[first ? 0 : ^1] = trimmed;
            return new RegexNode.Concat(kept);
        }
        return RegexNode.Nothing;
    }

    private static RegexNode TrimAlternate(IReadOnlyList<RegexNode> branches, bool first)
    {
        RegexNode[] trimmed = [.. branches.Select(b => Trim(b, first))];
        return Array.Exists(trimmed, b => b is RegexNode.Empty) ? RegexNode.Nothing : new RegexNode.Alternate(trimmed);
    }
}
