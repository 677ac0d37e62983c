using System.Net;
using System.Text;
using Throughline.Cel.Library;

namespace Throughline.Cli.Gate.Lines;

/// <summary>
/// Gives equal texts of a log (user agents, hosts, methods, addresses) one object, so that reading a line allocates little. Bounded:
/// when it is full it begins anew.
/// </summary>
internal sealed class TextCache
{
    private const int EntriesMax = 50_000;
    private const int LengthMax = 1024;

    private readonly Dictionary<string, string> texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IpAddress?> addresses = new(StringComparer.Ordinal);
    private readonly char[] characters = new char[LengthMax];

    /// <summary>The text of UTF-8 bytes.</summary>
    public string Text(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return "";
        if (utf8.Length > LengthMax)
            return Encoding.UTF8.GetString(utf8);
        ReadOnlySpan<char> key = characters.AsSpan(0, Encoding.UTF8.GetChars(utf8, characters));
        var found = texts.GetAlternateLookup<ReadOnlySpan<char>>();
        if (found.TryGetValue(key, out string? text))
            return text;
        if (texts.Count == EntriesMax)
            texts.Clear();
        text = key.ToString();
        texts.Add(text, text);
        return text;
    }

    /// <summary>An address from its text, an IPv4 one that is written as IPv6 as what it stands for; null if it is none.</summary>
    public IpAddress? Address(ReadOnlySpan<byte> ascii)
    {
        if (ascii.Length is 0 or > 64)
            return null;
        ReadOnlySpan<char> key = characters.AsSpan(0, Encoding.Latin1.GetChars(ascii, characters));
        var found = addresses.GetAlternateLookup<ReadOnlySpan<char>>();
        if (found.TryGetValue(key, out IpAddress? address))
            return address;
        if (addresses.Count == EntriesMax)
            addresses.Clear();
        address = Parse(key);
        addresses.Add(key.ToString(), address);
        return address;
    }

    private static IpAddress? Parse(ReadOnlySpan<char> text)
    {
        if (!text.Contains(':') && text.Count('.') != 3)
            return null; // the framework also takes "1" and "1.2.3"
        if (!IPAddress.TryParse(text, out IPAddress? parsed))
            return null;
        Span<byte> bytes = stackalloc byte[16];
        parsed.TryWriteBytes(bytes, out int length);
        UInt128 bits = 0;
        foreach (byte part in bytes[..length])
            bits = (bits << 8) | part;
        return IpAddress.Of(bits, isV6: length == 16);
    }
}
