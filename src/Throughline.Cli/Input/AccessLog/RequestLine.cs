using System.Buffers;

namespace Throughline.Cli.Input.AccessLog;

/// <summary>Splits <c>GET /path?query HTTP/1.1</c>; anything else is a malformed request, which is evidence too and is kept.</summary>
internal static class RequestLine
{
    private const int MaxMethod = 20;

    private static readonly SearchValues<byte> MethodBytes = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~"u8
    );

    /// <summary>Sets method, host and path of the line, or marks it as malformed.</summary>
    public static void Split(ReadOnlySpan<byte> request, ref AccessLogLine line)
    {
        int first = request.IndexOf((byte)' ');
        ReadOnlySpan<byte> method = first < 0 ? request : request[..first];
        ReadOnlySpan<byte> target = first < 0 ? default : request[(first + 1)..];
        if (method.Length is 0 or > MaxMethod || method.ContainsAnyExcept(MethodBytes) || !TakeProtocol(ref target))
        {
            line.IsMalformed = true;
            return;
        }
        line.Method = method;
        if (method.SequenceEqual("CONNECT"u8))
            line.Host = target;
        else if (IndexOfHost(target) is var host and >= 0)
        {
            ReadOnlySpan<byte> rest = target[host..];
            int path = rest.IndexOfAny((byte)'/', (byte)'?');
            line.Host = WithoutUser(path < 0 ? rest : rest[..path]);
            line.Path = path < 0 ? "/"u8 : rest[path..];
        }
        else
            line.Path = target;
    }

    /// <summary>
    /// Cuts the protocol off the end; a path with spaces keeps them. HTTP/0.9 names no protocol: then only a path that
    /// begins with a slash and holds no space is believed.
    /// </summary>
    private static bool TakeProtocol(scoped ref ReadOnlySpan<byte> target)
    {
        int last = target.LastIndexOf((byte)' ');
        if (last > 0 && target[(last + 1)..].StartsWith("HTTP/"u8))
        {
            target = target[..last];
            return true;
        }
        return last < 0 && target.StartsWith((byte)'/');
    }

    /// <summary>A target may carry <c>user:password@</c>, which is no part of the host and nothing to keep.</summary>
    private static ReadOnlySpan<byte> WithoutUser(ReadOnlySpan<byte> host) => host[(host.LastIndexOf((byte)'@') + 1)..];

    /// <summary>Where the host begins in <c>http://host/path</c>; -1 for any other form of target.</summary>
    private static int IndexOfHost(ReadOnlySpan<byte> target) =>
        target.StartsWith("http://"u8) ? 7
        : target.StartsWith("https://"u8) ? 8
        : -1;
}
