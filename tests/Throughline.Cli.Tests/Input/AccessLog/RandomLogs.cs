using System.Text;

namespace Throughline.Cli.Tests.Input.AccessLog;

/// <summary>Texts as clients may send them, escaped as the two servers do.</summary>
internal static class RandomLogs
{
    private const string Alphabet = "abc XYZ019/?&=%-_.~()[]{}<>\"\\'äßжあ😀";

    /// <summary>Text without control characters.</summary>
    public static string Text(Random random, int length)
    {
        Rune[] runes = [.. Alphabet.EnumerateRunes()];
        return string.Concat(Enumerable.Range(0, length).Select(_ => runes[random.Next(runes.Length)].ToString()));
    }

    /// <summary>Apache: <c>\"</c>, <c>\\</c> and <c>\xhh</c>; nginx: <c>\xHH</c> for all of them.</summary>
    public static byte[] Escape(ReadOnlySpan<byte> text, bool nginx)
    {
        var escaped = new StringBuilder();
        foreach (byte value in text)
        {
            bool quote = value is (byte)'"' or (byte)'\\';
            if (quote && !nginx)
                escaped.Append('\\').Append((char)value);
            else if (quote || value is < 0x20 or > 0x7e)
                escaped.Append(nginx ? $"\\x{value:X2}" : $"\\x{value:x2}");
            else
                escaped.Append((char)value);
        }
        return Encoding.ASCII.GetBytes(escaped.ToString());
    }
}
