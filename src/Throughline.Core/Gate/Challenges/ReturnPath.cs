using System.Text;

namespace Throughline.Core.Gate.Challenges;

/// <summary>
/// Where a client that proved itself comes back to: path and query of what it asked for, never a host. Browsers read <c>\</c> as <c>/</c>,
/// take tabs and line ends out of addresses, and read two slashes at the beginning as a host: nothing of that is left here.
/// </summary>
public static class ReturnPath
{
    /// <summary>Longer ones come back without query, or to the first page.</summary>
    public const int SizeMax = 1_024;

    public const string Home = "/";

    /// <summary>The way back to a request.</summary>
    /// <param name="path">As the client sent it.</param>
    /// <param name="query">As the client sent it, without the question mark.</param>
    public static string Of(string path, string query)
    {
        string safe = Home + Escape(path.AsSpan().TrimStart("/\\"));
        if (safe.Length > SizeMax || path.StartsWith('*'))
            return Home;
        if (query.Length == 0)
            return safe;
        string whole = safe + "?" + Escape(query);
        return whole.Length > SizeMax ? safe : whole;
    }

    /// <summary>Whether a text is one that <see cref="Of"/> gives.</summary>
    public static bool IsSafe(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= SizeMax
        && text[0] == '/'
        && (text.Length == 1 || text[1] is not ('/' or '\\'))
        && !text.ContainsAnyExceptInRange('!', '~')
        && !text.Contains('#');

    private static string Escape(ReadOnlySpan<char> text)
    {
        if (text.Length > SizeMax)
            return new string('x', SizeMax + 1); // too long in any case
        if (!text.ContainsAnyExceptInRange('!', '~') && text.IndexOfAny('\\', '#') < 0)
            return text.ToString();
        StringBuilder safe = new(text.Length + 16);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value is >= '!' and <= '~' and not ('\\' or '#'))
            {
                safe.Append((char)rune.Value);
                continue;
            }
            foreach (byte one in utf8[..rune.EncodeToUtf8(utf8)])
                safe.Append('%').Append(one.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }
        return safe.ToString();
    }
}
