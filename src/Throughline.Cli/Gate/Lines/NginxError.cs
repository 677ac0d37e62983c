using System.Buffers.Text;
using Throughline.Core.Gate.Requests;

namespace Throughline.Cli.Gate.Lines;

/// <summary>
/// nginx's error log, of which refused log-ins are read (HTTP authentication):
/// <code>
/// 2021/09/30 09:23:53 [error] 25#25: *17 user "foo" was not found in "/etc/htpasswd", client: 192.0.2.1, server: _, request: "GET / HTTP/1.1", host: "localhost"
/// 2021/09/30 09:23:53 [error] 25#25: *18 user "foo": password mismatch, client: 192.0.2.1, ...
/// </code>
/// The log says no zone: its times are read as UTC.
/// </summary>
internal static class NginxError
{
    private const int TimeLength = 19;

    public static bool Fits(ReadOnlySpan<byte> line) =>
        line.Length > TimeLength + 2
        && line[4] == '/'
        && line[7] == '/'
        && line[10] == ' '
        && line[13] == ':'
        && line[TimeLength] == ' '
        && line[TimeLength + 1] == '[';

    public static LineOutcome Read(
        ReadOnlySpan<byte> line,
        TextCache cache,
        TargetText target,
        EdgeRequest request,
        out ResponseFacts response
    )
    {
        response = default;
        if (!Fits(line) || !TryTime(line[..TimeLength], out long time))
            return LineOutcome.Rejected;
        int user = line.IndexOf(": *"u8);
        ReadOnlySpan<byte> rest = user < 0 ? default : line[user..];
        bool refused =
            rest.IndexOf(" user \""u8) >= 0
            && (rest.IndexOf("\" was not found in \""u8) >= 0 || rest.IndexOf("\": password mismatch"u8) >= 0);
        // The user's name comes first and is the client's to choose: what follows is found from the end.
        int client = line.LastIndexOf(", client: "u8);
        if (!refused || client < 0)
            return LineOutcome.Other;
        request.Time = time;
        request.Address = cache.Address(Until(line[(client + 10)..], ','));
        if (request.Address is null)
            return LineOutcome.Rejected;
        ReadOnlySpan<byte> words = After(line[client..], ", request: \""u8);
        int space = words.IndexOf((byte)' ');
        if (space > 0)
        {
            request.Method = cache.Text(words[..space]);
            target.Split(Until(words[(space + 1)..], ' '), request);
        }
        ReadOnlySpan<byte> host = After(line[client..], ", host: \""u8);
        if (!host.IsEmpty)
        {
            request.Host = cache.Text(host);
            request.Knowledge |= RequestKnowledge.Host;
        }
        response = new(401, -1, LogInFailed: true);
        return LineOutcome.Request;
    }

    private static ReadOnlySpan<byte> After(ReadOnlySpan<byte> text, ReadOnlySpan<byte> mark)
    {
        int at = text.IndexOf(mark);
        return at < 0 ? default : Until(text[(at + mark.Length)..], '"');
    }

    private static ReadOnlySpan<byte> Until(ReadOnlySpan<byte> text, char end)
    {
        int at = text.IndexOf((byte)end);
        return at < 0 ? text : text[..at];
    }

    private static bool TryTime(ReadOnlySpan<byte> text, out long time)
    {
        time = 0;
        Span<int> parts = stackalloc int[6];
        ReadOnlySpan<int> starts = [0, 5, 8, 11, 14, 17];
        for (int i = 0; i < parts.Length; i++)
        {
            ReadOnlySpan<byte> digits = text.Slice(starts[i], i == 0 ? 4 : 2);
            if (
                digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
                || !Utf8Parser.TryParse(digits, out parts[i], out _)
            )
                return false;
        }
        bool exists =
            parts[0] >= 1
            && parts[1] is >= 1 and <= 12
            && parts[2] >= 1
            && parts[2] <= DateTime.DaysInMonth(parts[0], parts[1])
            && parts[3] < 24
            && parts[4] < 60
            && parts[5] < 60;
        if (!exists)
            return false;
        DateTime moment = new(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], DateTimeKind.Utc);
        time = (moment.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;
        return true;
    }
}
