using System.Text;
using Throughline.Cel.Regex;
using Throughline.Cel.Types;
using Throughline.Cel.Values;
using static Throughline.Cel.Library.Declare;

namespace Throughline.Cel.Library;

/// <summary>The regex extension (cel-go, <c>ext/README.md</c>, "Regex"): replacement and extraction, with RE2's syntax.</summary>
internal static class RegexExtension
{
    private static readonly CelType Text = CelType.String;

    public static readonly FunctionLibrary Library = new(
        "regex",
        [
            Function(
                "regex.replace",
                Global(
                    "regex_replace_string_string_string",
                    [Text, Text, Text],
                    Text,
                    x => Replace(x[0].String, x[1].String, x[2].String, -1),
                    ReplaceCost
                ),
                Global(
                    "regex_replace_string_string_string_int",
                    [Text, Text, Text, CelType.Int],
                    Text,
                    x => Replace(x[0].String, x[1].String, x[2].String, x[3].Int),
                    ReplaceCost
                )
            ),
            Function(
                "regex.extract",
                Global(
                    "regex_extract_string_string",
                    [Text, Text],
                    CelType.Optional(Text),
                    x => Extract(x[0].String, x[1].String),
                    Costs.Match
                )
            ),
            Function(
                "regex.extractAll",
                Global(
                    "regex_extractAll_string_string",
                    [Text, Text],
                    ListOfString,
                    x => ExtractAll(x[0].String, x[1].String),
                    Costs.Match
                )
            ),
        ]
    );

    private static ulong ReplaceCost(ReadOnlySpan<ulong> sizes) =>
        Costs.Multiply(Costs.Match(sizes), Costs.Traverse(sizes[2]));

    // Count below zero: all.
    private static Value Replace(string text, string pattern, string with, long count)
    {
        if (!Patterns.TryGet(pattern, out Re2? regex, out string? error))
            return Value.Error(error);
        if (!Replacement.TryParse(with, regex.GroupCount, out Replacement replacement, out error))
            return Value.Error(error);
        StringBuilder result = new(text.Length);
        int copied = 0;
        foreach (int[] groups in Matches(regex, text))
        {
            if (count-- == 0)
                break;
            result.Append(text, copied, groups[0] - copied);
            replacement.AppendTo(result, text, groups);
            copied = groups[1];
        }
        return Value.Of(result.Append(text, copied, text.Length - copied).ToString());
    }

    // The first match, or what its one group took part with.
    private static Value Extract(string text, string pattern)
    {
        if (!TryGetExtractor(pattern, out Re2? regex, out Value error))
            return error;
        foreach (int[] groups in Matches(regex!, text))
            return Part(text, groups) is { } part ? Value.Of(CelOptional.Of(Value.Of(part))) : OptionalExtension.None;
        return OptionalExtension.None;
    }

    private static Value ExtractAll(string text, string pattern)
    {
        if (!TryGetExtractor(pattern, out Re2? regex, out Value error))
            return error;
        List<Value> parts = [];
        foreach (int[] groups in Matches(regex!, text))
            if (Part(text, groups) is { } part)
                parts.Add(Value.Of(part));
        return Value.Of(CelLists.Of([.. parts]));
    }

    private static bool TryGetExtractor(string pattern, out Re2? regex, out Value error)
    {
        error = default;
        if (!Patterns.TryGet(pattern, out regex, out string? wrong))
            error = Value.Error(wrong);
        else if (regex.GroupCount > 1)
            error = Value.Error("a regular expression to extract with has at most one group");
        return error.IsNull;
    }

    private static string? Part(string text, int[] groups)
    {
        int at = groups.Length == 4 ? 2 : 0;
        return groups[at] < 0 ? null : text[groups[at]..groups[at + 1]];
    }

    // All matches, none inside or right behind another without a character of its own (as RE2's global functions do).
    private static IEnumerable<int[]> Matches(Re2 regex, string text)
    {
        int[] groups = new int[2 * (regex.GroupCount + 1)];
        int lastEnd = -1;
        for (int start = 0; start <= text.Length && regex.TryMatch(text, start, groups); )
        {
            bool isEmpty = groups[0] == groups[1];
            if (!isEmpty || groups[0] != lastEnd)
                yield return groups;
            lastEnd = groups[1];
            start = groups[1];
            if (isEmpty)
                start += start < text.Length ? CodePoints.LengthAt(text, start) : 1;
        }
    }
}
