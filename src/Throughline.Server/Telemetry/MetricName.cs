using System.Text;

namespace Throughline.Server.Telemetry;

/// <summary>Names and labels as Prometheus has them, from names, units and tags as OpenTelemetry has them.</summary>
internal static class MetricName
{
    /// <summary><c>throughline.ingest.body</c> in <c>By</c>, a counter, becomes <c>throughline_ingest_body_bytes_total</c>.</summary>
    public static string Of(string name, string? unit, MetricKind kind)
    {
        string cleaned = Clean(name);
        string suffix = unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            _ => "", // {event} and its like say what is counted, as the name does
        };
        if (suffix.Length > 0 && !cleaned.EndsWith(suffix, StringComparison.Ordinal))
            cleaned += suffix;
        return kind == MetricKind.Counter && !cleaned.EndsWith("_total", StringComparison.Ordinal)
            ? cleaned + "_total"
            : cleaned;
    }

    /// <summary>Only letters, digits and low lines, and no digit first.</summary>
    public static string Clean(string name)
    {
        StringBuilder text = new(name.Length);
        foreach (char letter in name)
            text.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '_');
        if (text.Length == 0 || char.IsAsciiDigit(text[0]))
            text.Insert(0, '_');
        return text.ToString();
    }

    /// <summary>A label's value: backslash, quote and line feed escaped.</summary>
    public static void AppendEscaped(StringBuilder text, string value)
    {
        foreach (char letter in value)
            _ = letter switch
            {
                '\\' => text.Append(@"\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append(@"\n"),
                _ => text.Append(letter),
            };
    }
}
