using System.Globalization;
using Throughline.Core.Events;

namespace Throughline.Server.Edge.Rules;

/// <summary>How durations, instants and shares are written for people, and read back: each to the value and again to the text.</summary>
internal static class YamlForms
{
    /// <inheritdoc cref="DurationText.TryParse"/>
    public static bool TryDuration(string text, out long ms) => DurationText.TryParse(text, out ms);

    public static string Duration(long ms) => DurationText.Of(ms);

    /// <summary><c>2026-12-31</c> (as that day begins in UTC) or <c>2026-12-31T18:30:00Z</c>, with or without milliseconds.</summary>
    public static bool TryInstant(string text, out long ms)
    {
        string[] forms = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"];
        bool ok = DateTimeOffset.TryParseExact(
            text,
            forms,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out DateTimeOffset instant
        );
        ms = ok ? instant.ToUnixTimeMilliseconds() : 0;
        return ok;
    }

    public static string Instant(long ms)
    {
        DateTimeOffset instant = DateTimeOffset.FromUnixTimeMilliseconds(ms);
        string form =
            ms % 86_400_000 == 0 ? "yyyy-MM-dd"
            : ms % 1000 == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'"
            : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        return instant.ToString(form, CultureInfo.InvariantCulture);
    }

    /// <summary><c>5%</c>, <c>0.5%</c>.</summary>
    public static bool TryPercent(string text, out double percent)
    {
        percent = 0;
        return text.EndsWith('%')
            && double.TryParse(
                text.AsSpan(0, text.Length - 1).Trim(),
                NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture,
                out percent
            );
    }

    public static string Percent(double percent) => percent.ToString("R", CultureInfo.InvariantCulture) + "%";
}
