using System.Globalization;
using System.Text;
using Throughline.Core.Events;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Lists;

/// <summary>
/// Entries as lines of text: <c>value[,expiry[,reason]]</c>. The expiry is RFC 3339 text or milliseconds since 1970, or empty; the reason
/// is the rest of the line. A value that contains a comma or a quote, begins with # or has blanks at its ends stands in quotes, with "" for a
/// quote. Empty lines and those that begin with # are passed over; after an address or number a # and what follows are, too.
/// </summary>
public static class ListText
{
    /// <summary>Characters of a line; a longer one is an issue.</summary>
    public const int LineMax = 8192;

    /// <summary>Entries of lines, one by one, to be given to <see cref="GateList.Replace"/>.</summary>
    /// <param name="issues">Receives what is wrong, with its line (from 1) as the path: <c>line 3</c>.</param>
    public static IEnumerable<ListEntryDocument> Read(
        ListKind kind,
        IEnumerable<string> lines,
        string? source,
        ICollection<GateIssue> issues
    )
    {
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (IsNothing(line))
                continue;
            if (TryRead(kind, line, source, out ListEntryDocument? entry, out string error))
                yield return entry;
            else
                issues.Add(new(string.Create(CultureInfo.InvariantCulture, $"line {number}"), error));
        }
    }

    /// <summary>The line of an entry; what <see cref="Read"/> makes of it is the entry, but that line breaks in reasons become blanks.</summary>
    /// <exception cref="ArgumentException">The value has a line break.</exception>
    public static string Write(ListEntryDocument entry)
    {
        if (entry.Value.AsSpan().ContainsAny('\n', '\r'))
            throw new ArgumentException("a value with a line break is no line", nameof(entry));
        StringBuilder line = new(entry.Value.Length + 32);
        bool quotes =
            entry.Value.AsSpan().ContainsAny(',', '"')
            || entry.Value.StartsWith('#')
            || entry.Value.AsSpan().Trim().Length != entry.Value.Length;
        line.Append(quotes ? $"\"{entry.Value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : entry.Value);
        if (entry.ExpiresAt is null && string.IsNullOrEmpty(entry.Reason))
            return line.ToString();
        line.Append(',');
        if (entry.ExpiresAt is { } time)
            line.Append(
                EventTime.IsInRange(time) ? EventTime.ToText(time) : time.ToString(CultureInfo.InvariantCulture)
            );
        if (!string.IsNullOrEmpty(entry.Reason))
            line.Append(',').Append(entry.Reason.ReplaceLineEndings(" "));
        return line.ToString();
    }

    private static bool IsNothing(string line)
    {
        ReadOnlySpan<char> text = line.AsSpan().Trim();
        return text.IsEmpty || text[0] == '#';
    }

    private static bool TryRead(
        ListKind kind,
        string line,
        string? source,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ListEntryDocument? entry,
        out string error
    )
    {
        entry = null;
        if (line.Length > LineMax)
        {
            error = $"the line is longer than {LineMax} characters";
            return false;
        }
        ReadOnlySpan<char> rest = line.AsSpan().Trim();
        if (kind is ListKind.Address or ListKind.Number && rest.IndexOf('#') is var comment and >= 0)
            rest = rest[..comment].TrimEnd();
        if (!TryTakeValue(ref rest, out string value, out error))
            return false;
        ReadOnlySpan<char> expiry = Take(ref rest).Trim();
        if (!TryTime(expiry, out long? expiresAt))
        {
            error =
                $"'{(expiry.Length > 40 ? expiry[..40] : expiry)}' is no time: RFC 3339 with an offset, or milliseconds since 1970";
            return false;
        }
        if (!ListValue.TryParse(kind, value, out _, out error))
            return false;
        ReadOnlySpan<char> reason = rest.Trim();
        entry = new(value, expiresAt, source, reason.IsEmpty ? null : reason.ToString());
        return true;
    }

    private static bool TryTakeValue(ref ReadOnlySpan<char> rest, out string value, out string error)
    {
        error = "";
        if (rest[0] != '"')
        {
            value = Take(ref rest).TrimEnd().ToString();
            return true;
        }
        int end = 1;
        while (end < rest.Length && (rest[end] != '"' || (end + 1 < rest.Length && rest[end + 1] == '"')))
            end += rest[end] == '"' ? 2 : 1;
        value = "";
        if (end >= rest.Length)
            error = "the value's closing quote is missing";
        else
            value = rest[1..end].ToString().Replace("\"\"", "\"", StringComparison.Ordinal);
        rest = end >= rest.Length ? default : rest[(end + 1)..].TrimStart();
        if (error.Length == 0 && !rest.IsEmpty && Take(ref rest).Length > 0)
            error = "after the quoted value comes a comma or nothing";
        return error.Length == 0;
    }

    // What stands before the next comma, which goes too.
    private static ReadOnlySpan<char> Take(ref ReadOnlySpan<char> rest)
    {
        int comma = rest.IndexOf(',');
        ReadOnlySpan<char> taken = comma < 0 ? rest : rest[..comma];
        rest = comma < 0 ? default : rest[(comma + 1)..];
        return taken;
    }

    private static bool TryTime(ReadOnlySpan<char> text, out long? time)
    {
        time = null;
        if (text.IsEmpty)
            return true;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long milliseconds))
        {
            time = milliseconds;
            return true;
        }
        Span<byte> utf8 = stackalloc byte[128];
        if (
            text.Length > 40
            || EventTime.TryParse(utf8[..Encoding.UTF8.GetBytes(text, utf8)], out long parsed) != TimeStatus.Ok
        )
            return false;
        time = parsed;
        return true;
    }
}
