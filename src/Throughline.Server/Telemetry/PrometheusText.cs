using System.Globalization;
using System.Text;

namespace Throughline.Server.Telemetry;

/// <summary>Writes metrics in Prometheus' text format, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IEnumerable<MetricFamily> families)
    {
        StringBuilder text = new();
        foreach (MetricFamily family in families)
        {
            KeyValuePair<string, MetricSeries>[] series = [.. family.Series];
            if (series.Length == 0)
                continue;
            string help = family
                .Description.Replace(@"\", @"\\", StringComparison.Ordinal)
                .Replace("\n", @"\n", StringComparison.Ordinal);
            text.Append("# HELP ").Append(family.Name).Append(' ').Append(help).Append('\n');
            text.Append("# TYPE ")
                .Append(family.Name)
                .Append(' ')
                .Append(family.Kind.ToString().ToLowerInvariant())
                .Append('\n');
            foreach ((string tags, MetricSeries one) in series)
            {
                if (family.Kind == MetricKind.Histogram)
                    WriteHistogram(text, family.Name, tags, one);
                else
                    WriteLine(text, family.Name, tags, one.Read().Sum);
            }
        }
        return text.ToString();
    }

    private static void WriteHistogram(StringBuilder text, string name, string tags, MetricSeries series)
    {
        (double sum, long[] buckets) = series.Read();
        string separator = tags.Length == 0 ? "" : ",";
        long count = 0;
        for (int i = 0; i < buckets.Length; i++)
        {
            count += buckets[i];
            string bound = i < series.Boundaries.Count ? Number(series.Boundaries[i]) : "+Inf";
            WriteLine(text, $"{name}_bucket", $"{tags}{separator}le=\"{bound}\"", count);
        }
        WriteLine(text, $"{name}_sum", tags, sum);
        WriteLine(text, $"{name}_count", tags, count);
    }

    private static void WriteLine(StringBuilder text, string name, string tags, double value)
    {
        text.Append(name);
        if (tags.Length > 0)
            text.Append('{').Append(tags).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : double.IsNaN(value) ? "NaN"
        : value.ToString("R", CultureInfo.InvariantCulture);
}
