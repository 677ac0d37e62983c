using System.Text;
using Throughline.Cel.Types;
using Throughline.Cel.Values;
using static Throughline.Cel.Library.Declare;

namespace Throughline.Cel.Library;

/// <summary>The strings extension (cel-spec, <c>doc/extensions/strings.md</c>): parts, search, change, <c>format</c>. Indexes count code points.</summary>
internal static class StringExtension
{
    private static readonly CelType Text = CelType.String;

    public static readonly FunctionLibrary Library = new(
        "strings",
        [
            Function(
                "charAt",
                Member("string_char_at_int", [Text, CelType.Int], Text, x => CharAt(x[0].String, x[1].Int), Costs.First)
            ),
            Function(
                "indexOf",
                Member("string_index_of_string", [Text, Text], CelType.Int, x => IndexOf(x[0], x[1], 0), Costs.Search),
                Member(
                    "string_index_of_string_int",
                    [Text, Text, CelType.Int],
                    CelType.Int,
                    x => IndexOf(x[0], x[1], x[2].Int),
                    Costs.Search
                )
            ),
            Function(
                "lastIndexOf",
                Member(
                    "string_last_index_of_string",
                    [Text, Text],
                    CelType.Int,
                    x => LastIndexOf(x[0], x[1], CodePoints.Count(x[0].String)),
                    Costs.Search
                ),
                Member(
                    "string_last_index_of_string_int",
                    [Text, Text, CelType.Int],
                    CelType.Int,
                    x => LastIndexOf(x[0], x[1], x[2].Int),
                    Costs.Search
                )
            ),
            Function(
                "join",
                Member("list_join", [ListOfString], Text, x => Join(x[0].List(), ""), Costs.Each),
                Member(
                    "list_join_string",
                    [ListOfString, Text],
                    Text,
                    x => Join(x[0].List(), x[1].String),
                    Costs.Product
                )
            ),
            Function(
                "lowerAscii",
                Member("string_lower_ascii", [Text], Text, x => Ascii(x[0], 'A', 'Z', +32), Costs.First)
            ),
            Function(
                "upperAscii",
                Member("string_upper_ascii", [Text], Text, x => Ascii(x[0], 'a', 'z', -32), Costs.First)
            ),
            Function(
                "replace",
                Member(
                    "string_replace_string_string",
                    [Text, Text, Text],
                    Text,
                    x => Replace(x[0].String, x[1].String, x[2].String, -1),
                    ReplaceCost
                ),
                Member(
                    "string_replace_string_string_int",
                    [Text, Text, Text, CelType.Int],
                    Text,
                    x => Replace(x[0].String, x[1].String, x[2].String, x[3].Int),
                    ReplaceCost
                )
            ),
            Function(
                "split",
                Member("string_split_string", [Text, Text], ListOfString, x => Split(x[0], x[1], -1), Costs.First),
                Member(
                    "string_split_string_int",
                    [Text, Text, CelType.Int],
                    ListOfString,
                    x => Split(x[0], x[1], x[2].Int),
                    Costs.First
                )
            ),
            Function(
                "substring",
                Member(
                    "string_substring_int",
                    [Text, CelType.Int],
                    Text,
                    x => Substring(x[0].String, x[1].Int, CodePoints.Count(x[0].String)),
                    Costs.First
                ),
                Member(
                    "string_substring_int_int",
                    [Text, CelType.Int, CelType.Int],
                    Text,
                    x => Substring(x[0].String, x[1].Int, x[2].Int),
                    Costs.First
                )
            ),
            Function("trim", Member("string_trim", [Text], Text, x => Value.Of(x[0].String.Trim()), Costs.First)),
            Function(
                "reverse",
                Member("string_reverse", [Text], Text, x => Value.Of(CodePoints.Reverse(x[0].String)), Costs.First)
            ),
            Function("strings.quote", Global("strings_quote", [Text], Text, x => Quote(x[0].String), Costs.First)),
            Function(
                "format",
                Member(
                    "string_format",
                    [Text, CelType.ListOfDyn],
                    Text,
                    x => StringFormat.Format(x[0].String, x[1].List()),
                    Costs.Product
                )
            ),
        ]
    );

    private static ulong ReplaceCost(ReadOnlySpan<ulong> sizes) =>
        Costs.Multiply(Costs.Traverse(sizes[0]), Costs.Traverse(sizes[2]));

    private static Value OutOfRange(long index) => Value.Error($"index out of range: {index}");

    private static Value CharAt(string text, long index)
    {
        int at = CodePoints.Offset(text, index);
        return at < 0 ? OutOfRange(index)
            : at == text.Length ? Value.Of("")
            : Value.Of(text.Substring(at, CodePoints.LengthAt(text, at)));
    }

    private static Value IndexOf(Value text, Value part, long from)
    {
        ReadOnlySpan<char> all = text.String;
        int at = CodePoints.Offset(all, from);
        if (at < 0)
            return OutOfRange(from);
        int found = all[at..].IndexOf(part.String);
        return Value.Of(found < 0 ? -1L : CodePoints.Count(all[..(at + found)]));
    }

    // The last place that is not after the given one.
    private static Value LastIndexOf(Value text, Value part, long from)
    {
        ReadOnlySpan<char> all = text.String;
        int at = CodePoints.Offset(all, from);
        if (at < 0)
            return OutOfRange(from);
        int end = (int)Math.Min(all.Length, (long)at + part.String.Length);
        int found = all[..end].LastIndexOf(part.String);
        return Value.Of(found < 0 ? -1L : CodePoints.Count(all[..found]));
    }

    private static Value Join(CelList list, string separator)
    {
        StringBuilder text = new();
        for (int i = 0; i < list.Count; i++)
        {
            Value item = list[i];
            if (item.Kind != ValueKind.String)
                return Value.Error($"no such overload: join of {item.Type}");
            text.Append(i == 0 ? "" : separator).Append(item.String);
        }
        return Value.Of(text.ToString());
    }

    private static Value Ascii(Value text, char from, char to, int shift) =>
        Value.Of(
            string.Create(
                text.String.Length,
                (text.String, from, to, shift),
                static (span, x) =>
                {
                    for (int i = 0; i < span.Length; i++)
                    {
                        char c = x.String[i];
                        span[i] = c >= x.from && c <= x.to ? (char)(c + x.shift) : c;
                    }
                }
            )
        );

    // Count below zero: all. An empty part stands before every code point and at the end.
    private static Value Replace(string text, string part, string with, long count)
    {
        if (count == 0)
            return Value.Of(text);
        if (count < 0 && part.Length > 0)
            return Value.Of(text.Replace(part, with, StringComparison.Ordinal));
        StringBuilder result = new();
        int at = 0;
        while (count != 0)
        {
            int found = part.Length == 0 ? at : text.IndexOf(part, at, StringComparison.Ordinal);
            if (found < 0)
                break;
            result.Append(text, at, found - at).Append(with);
            at = found + part.Length;
            count--;
            if (part.Length > 0)
                continue;
            if (at == text.Length)
                break;
            int length = CodePoints.LengthAt(text, at);
            result.Append(text, at, length);
            at += length;
        }
        return Value.Of(result.Append(text, at, text.Length - at).ToString());
    }

    private static Value Split(Value text, Value separator, long limit)
    {
        string all = text.String;
        string by = separator.String;
        if (limit == 0)
            return Value.Of(CelLists.Empty);
        int count = limit < 0 ? int.MaxValue : (int)Math.Min(limit, int.MaxValue);
        if (by.Length > 0)
            return Strings(all.Split(by, count));
        List<string> points = [];
        for (int at = 0; at < all.Length; )
        {
            int length = points.Count == count - 1 ? all.Length - at : CodePoints.LengthAt(all, at);
            points.Add(all.Substring(at, length));
            at += length;
        }
        return Strings(points);
    }

    private static Value Strings(IReadOnlyList<string> parts) => Value.Of(CelLists.Of([.. parts.Select(Value.Of)]));

    private static Value Substring(string text, long start, long end)
    {
        int from = CodePoints.Offset(text, start);
        if (from < 0)
            return OutOfRange(start);
        int to = CodePoints.Offset(text, end);
        if (to < 0)
            return OutOfRange(end);
        return to < from
            ? Value.Error($"invalid substring range. start: {start}, end: {end}")
            : Value.Of(text[from..to]);
    }

    private static Value Quote(string text)
    {
        StringBuilder quoted = new();
        ValueText.AppendQuoted(quoted, text, controls: false);
        return Value.Of(quoted.ToString());
    }
}
