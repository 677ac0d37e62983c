using System.Buffers;
using System.Buffers.Text;
using System.Net;

namespace Throughline.Cli.Input.AccessLog;

/// <summary>
/// Parses the <c>common</c> and <c>combined</c> log formats as Apache and nginx write them, without allocating:
/// <code>
/// 203.0.113.7 - frank [10/Oct/2025:13:55:36 +0200] "GET /a?b=c HTTP/1.1" 200 2326 "https://example.org/" "Mozilla/5.0"
/// address ident user  time                         request line           status bytes referrer           user agent
/// </code>
/// In quotes a backslash escapes the next character (Apache: <c>\"</c>, <c>\\</c>, <c>\x16</c>; nginx: <c>\x22</c>). Fields
/// after the user agent are ignored: servers are often configured to append some. The virtual host may come first
/// (<c>vhost_combined</c>: <c>www.example.org:443 203.0.113.7 - - [...</c>), as may BunkerWeb's request id before the user.
/// </summary>
internal static class AccessLogParser
{
    private const int TimeLength = 28; // [10/Oct/2025:13:55:36 +0200]

    private static readonly SearchValues<byte> QuoteOrEscape = SearchValues.Create("\"\\"u8);

    public static InputReason Parse(ReadOnlySpan<byte> text, out AccessLogLine line)
    {
        line = default;
        ReadOnlySpan<byte> rest = text;
        if (!TakeWord(ref rest, out line.Address))
            return InputReason.NotALogLine;
        ReadOnlySpan<byte> host = IsHost(line.Address, rest) ? line.Address : default;
        if (!host.IsEmpty)
            TakeWord(ref rest, out line.Address);
        if (!TakeWord(ref rest, out _))
            return InputReason.NotALogLine;
        int time = IndexOfTime(rest);
        if (time < 0)
            return rest.Contains((byte)'[') ? InputReason.TimeInvalid : InputReason.NotALogLine;
        if (!IsAddress(line.Address))
            return InputReason.AddressInvalid;
        line.User = Present(rest[..Math.Max(time - 1, 0)]);
        if (!host.IsEmpty && line.User.EndsWith(" -"u8))
            line.User = default; // a request id, and no user
        if (!LogTime.TryParse(rest.Slice(time + 1, TimeLength - 2), out line.Time))
            return InputReason.TimeInvalid;
        rest = rest[(time + TimeLength)..];

        InputReason reason = TakeQuoted(ref rest, out ReadOnlySpan<byte> request);
        if (reason != InputReason.None)
            return reason;
        line.Request = request;
        RequestLine.Split(request, ref line);
        if (line.Host.IsEmpty)
            line.Host = Present(host);
        if (!TakeSpace(ref rest) || !TakeStatus(ref rest, out line.Status))
            return InputReason.StatusInvalid;
        if (!TakeSpace(ref rest) || !TakeBytes(ref rest, out line.Bytes))
            return InputReason.BytesInvalid;
        return rest.IsEmpty ? InputReason.None : TakeHeaders(rest, ref line);
    }

    /// <summary>If the first word is no address but the second is, the first is the virtual host.</summary>
    private static bool IsHost(ReadOnlySpan<byte> first, ReadOnlySpan<byte> rest) =>
        !IsAddress(first) && TakeWord(ref rest, out ReadOnlySpan<byte> second) && IsAddress(second);

    /// <summary>Referrer and user agent: both, or (in the common format) neither.</summary>
    private static InputReason TakeHeaders(ReadOnlySpan<byte> rest, ref AccessLogLine line)
    {
        InputReason reason = TakeQuoted(ref rest, out ReadOnlySpan<byte> referrer);
        if (reason == InputReason.None)
            reason = TakeQuoted(ref rest, out line.UserAgent);
        if (reason != InputReason.None)
            return reason;
        if (!rest.IsEmpty && rest[0] != ' ')
            return InputReason.NotALogLine;
        line.HasHeaders = true;
        line.Referrer = Present(referrer);
        line.UserAgent = Present(line.UserAgent);
        return InputReason.None;
    }

    /// <summary>
    /// Finds the time from the first bracket that begins one: a user name may hold spaces and brackets, which servers
    /// do not escape. An impossible date in the right form is found too and refused later.
    /// </summary>
    private static int IndexOfTime(ReadOnlySpan<byte> rest)
    {
        for (int at = 0; at + TimeLength <= rest.Length; at++)
        {
            int next = rest[at..].IndexOf((byte)'[');
            if (next < 0)
                return -1;
            at += next;
            if (at + TimeLength > rest.Length)
                return -1;
            bool separate = at == 0 || rest[at - 1] == ' ';
            if (separate && rest[at + TimeLength - 1] == ']' && LogTime.HasForm(rest.Slice(at + 1, TimeLength - 2)))
                return at;
        }
        return -1;
    }

    private static bool TakeWord(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> word)
    {
        int space = rest.IndexOf((byte)' ');
        word = space < 0 ? default : rest[..space];
        rest = space < 0 ? rest : rest[(space + 1)..];
        return space > 0;
    }

    private static InputReason TakeQuoted(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TakeSpace(ref rest) || rest.IsEmpty || rest[0] != '"')
            return InputReason.NotALogLine;
        for (int at = 1; at < rest.Length; )
        {
            int next = rest[at..].IndexOfAny(QuoteOrEscape);
            if (next < 0)
                break;
            at += next;
            if (rest[at] == '"')
            {
                value = rest[1..at];
                rest = rest[(at + 1)..];
                return InputReason.None;
            }
            at += 2;
        }
        return InputReason.QuoteOpen;
    }

    private static bool TakeSpace(scoped ref ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty || rest[0] != ' ')
            return false;
        rest = rest[1..];
        return true;
    }

    private static bool TakeStatus(scoped ref ReadOnlySpan<byte> rest, out int? status)
    {
        status = null;
        ReadOnlySpan<byte> word = Word(ref rest);
        if (word.SequenceEqual("-"u8))
            return true;
        if (
            word.Length != 3
            || !Utf8Parser.TryParse(word, out int number, out int used)
            || used != 3
            || number is > 0 and < 100
        )
            return false;
        status = number == 0 ? null : number;
        return true;
    }

    private static bool TakeBytes(scoped ref ReadOnlySpan<byte> rest, out long? bytes)
    {
        bytes = null;
        ReadOnlySpan<byte> word = Word(ref rest);
        if (word.SequenceEqual("-"u8))
            return true;
        if (!Utf8Parser.TryParse(word, out long number, out int used) || used != word.Length || number < 0)
            return false;
        bytes = number;
        return true;
    }

    private static ReadOnlySpan<byte> Word(scoped ref ReadOnlySpan<byte> rest)
    {
        int length = rest.IndexOf((byte)' ');
        ReadOnlySpan<byte> word = length < 0 ? rest : rest[..length];
        rest = rest[word.Length..];
        return word;
    }

    // The framework also takes "1" and "1.2.3" for addresses, as the C library once did.
    private static bool IsAddress(ReadOnlySpan<byte> text) =>
        (text.Contains((byte)':') || text.Count((byte)'.') == 3) && IPAddress.IsValidUtf8(text);

    private static ReadOnlySpan<byte> Present(ReadOnlySpan<byte> value) =>
        value.SequenceEqual("-"u8) || value.SequenceEqual("\"\""u8) ? default : value;
}
