using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace Throughline.Server.Telemetry;

internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>All series of one metric: one per combination of tags, at most <see cref="SeriesMax"/>.</summary>
internal sealed class MetricFamily
{
    /// <summary>What comes beyond goes into one series tagged <c>overflow="true"</c>.</summary>
    public const int SeriesMax = 500;

    private const string Overflow = "overflow=\"true\"";

    private static readonly double[] DefaultBoundaries =
    [
        0.001,
        0.0025,
        0.005,
        0.01,
        0.025,
        0.05,
        0.1,
        0.25,
        0.5,
        1,
        2.5,
        5,
        10,
    ];

    private readonly ConcurrentDictionary<string, MetricSeries> series = new(StringComparer.Ordinal);

    // Making a text of the tags costs more than all the rest: whoever measures on a hot path says the same few again and again.
    private const int RecentMax = 16;
    private Recent[] recent = [];

    private readonly double[] boundaries;
    private readonly bool observed;
    private readonly bool sets;

    private MetricFamily(Instrument instrument, MetricKind kind, double[] boundaries)
    {
        this.boundaries = boundaries;
        Kind = kind;
        observed = instrument.IsObservable;
        sets = instrument.GetType().Name.StartsWith("Gauge", StringComparison.Ordinal);
        Name = MetricName.Of(instrument.Name, instrument.Unit, kind);
        Description = instrument.Description ?? "";
    }

    public string Name { get; }
    public string Description { get; }
    public MetricKind Kind { get; }

    /// <summary>The series with their tags as text, in order.</summary>
    public IEnumerable<KeyValuePair<string, MetricSeries>> Series =>
        series.OrderBy(one => one.Key, StringComparer.Ordinal);

    public static MetricFamily Of(Instrument instrument)
    {
        string type = instrument.GetType().Name;
        if (type.StartsWith("Histogram", StringComparison.Ordinal))
            return new(instrument, MetricKind.Histogram, [.. Boundaries(instrument) ?? DefaultBoundaries]);
        bool isCounter =
            type.StartsWith("Counter", StringComparison.Ordinal)
            || type.StartsWith("ObservableCounter", StringComparison.Ordinal);
        return new(instrument, isCounter ? MetricKind.Counter : MetricKind.Gauge, []);
    }

    /// <summary>Forgets what observable instruments said last: they say everything anew.</summary>
    public void BeginObserving()
    {
        if (observed)
            series.Clear();
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        MetricSeries one = SeriesOf(tags);
        if (sets)
            one.Set(value);
        else
            one.Add(value, Kind == MetricKind.Histogram);
    }

    private MetricSeries SeriesOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Recent[] known = Volatile.Read(ref recent);
        foreach (Recent one in known)
            if (one.Has(tags))
                return one.Series;
        string key = KeyOf(tags);
        if (!series.TryGetValue(key, out MetricSeries? found))
            found = series.GetOrAdd(series.Count < SeriesMax ? key : Overflow, _ => new(boundaries));
        if (!observed && known.Length < RecentMax)
            Interlocked.CompareExchange(ref recent, [.. known, new([.. tags], found)], known);
        return found;
    }

    /// <summary>A series and the tags that it was asked for by.</summary>
    private sealed record Recent(KeyValuePair<string, object?>[] Tags, MetricSeries Series)
    {
        public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.Length != Tags.Length)
                return false;
            for (int i = 0; i < tags.Length; i++)
                if (tags[i].Key != Tags[i].Key || !Equals(tags[i].Value, Tags[i].Value))
                    return false;
            return true;
        }
    }

    private static IReadOnlyList<double>? Boundaries(Instrument instrument) =>
        instrument switch
        {
            Histogram<double> histogram => histogram.Advice?.HistogramBucketBoundaries,
            Histogram<long> histogram => histogram
                .Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound)
                .ToArray(),
            Histogram<int> histogram => histogram
                .Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound)
                .ToArray(),
            _ => null,
        };

    private static string KeyOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
            return "";
        StringBuilder text = new();
        foreach ((string name, object? value) in tags)
        {
            if (text.Length > 0)
                text.Append(',');
            text.Append(MetricName.Clean(name)).Append("=\"");
            MetricName.AppendEscaped(
                text,
                Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? ""
            );
            text.Append('"');
        }
        return text.ToString();
    }
}

/// <summary>One series: a sum, or a histogram's buckets.</summary>
internal sealed class MetricSeries(double[] boundaries)
{
    private readonly Lock gate = new();
    private readonly long[] buckets = new long[boundaries.Length + 1];
    private double sum;

    public IReadOnlyList<double> Boundaries => boundaries;

    public void Add(double value, bool isHistogram)
    {
        lock (gate)
        {
            sum += value;
            if (!isHistogram)
                return;
            int bucket = Array.BinarySearch(boundaries, value);
            buckets[bucket < 0 ? ~bucket : bucket]++;
        }
    }

    public void Set(double value)
    {
        lock (gate)
            sum = value;
    }

    /// <summary>The sum, and the count in each bucket; the last bucket has no upper bound.</summary>
    public (double Sum, long[] Buckets) Read()
    {
        lock (gate)
            return (sum, [.. buckets]);
    }
}
