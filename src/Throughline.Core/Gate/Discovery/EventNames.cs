namespace Throughline.Core.Gate.Discovery;

/// <summary>How often events of each name came, by the hour. Bounded: names beyond the limit are passed over.</summary>
public sealed class EventNames
{
    private const int NamesMax = 1_000;
    private const long HourMs = 3_600_000;

    private readonly SortedDictionary<string, Dictionary<long, int>> hours = new(StringComparer.Ordinal);

    /// <summary>Takes an event.</summary>
    /// <param name="time">Milliseconds since 1970.</param>
    public void Add(string name, long time)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!hours.TryGetValue(name, out Dictionary<long, int>? of))
        {
            if (hours.Count == NamesMax)
                return;
            hours.Add(name, of = []);
        }
        of[time / HourMs] = of.GetValueOrDefault(time / HourMs) + 1;
    }

    /// <summary>Counts by day or hour, before the split and from it on; what is outside is left out.</summary>
    internal IEnumerable<(string Name, (int[] First, int[] Last) Days)> By(long unit, long from, long split, long to)
    {
        foreach ((string name, Dictionary<long, int> counts) in hours)
        {
            (int[] first, int[] last) = (new int[split - from], new int[to - split + 1]);
            foreach ((long hour, int count) in counts)
            {
                long span = hour * HourMs / unit;
                if (span >= from && span < split)
                    first[span - from] += count;
                else if (span >= split && span <= to)
                    last[span - split] += count;
            }
            yield return (name, (first, last));
        }
    }
}
