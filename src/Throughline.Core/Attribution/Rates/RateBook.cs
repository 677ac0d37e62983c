using Throughline.Core.Events;

namespace Throughline.Core.Attribution.Rates;

/// <summary>The rate by which a conversion's value was converted.</summary>
/// <param name="IsInverse">The rate is of the other direction: its value was divided by it.</param>
/// <param name="Day">Whose rate it is, days since 1970; it may be before the conversion's.</param>
/// <param name="Version">Of the table that the row came with; 0: there is none.</param>
public readonly record struct RateUse(ExchangeRate Rate, bool IsInverse, int Day, int Version)
{
    public bool IsNone => Version == 0;
}

/// <summary>
/// All exchange rates of a tenant, as publications laid them over one another by (time, id). The rate of a day is that of the very pair of currencies, else
/// one by that of the reverse pair; without either that of the nearest day before, so far as the fallback reaches.
/// </summary>
public sealed class RateBook(Finality finality = default)
{
    private readonly List<(long Time, Token Id, RateTable Table)> tables = [];
    private readonly Dictionary<long, Run[]> rows = [];
    private readonly List<(long Time, int Days)> fallbacks = [];

    /// <summary>A row from a publication on, until the next run.</summary>
    private readonly record struct Run(long Time, int Version, ExchangeRate? Rate);

    /// <summary>Publications, by (time, id).</summary>
    public IEnumerable<(long Time, RateTable Table)> Tables => tables.Select(x => (x.Time, x.Table));

    /// <summary>Different (day, from, to), withdrawn ones among them.</summary>
    public int Count => rows.Count;

    /// <summary>How many days back a rate may come from, by now.</summary>
    public int FallbackDays => fallbacks.Count == 0 ? RateTable.FallbackUsual : fallbacks[^1].Days;

    /// <summary>The last day that has rates, days since 1970; 0 without any.</summary>
    public int LastDay => rows.Count == 0 ? 0 : (int)(rows.Keys.Max() >> 32);

    /// <summary>Rates as they are by now, by day and currencies, each with the version of its table.</summary>
    /// <param name="first">The first day, days since 1970.</param>
    public IEnumerable<(RateRow Row, int Version)> From(int first) =>
        rows.Where(x => x.Key >> 32 >= first && x.Value[^1].Rate is not null)
            .OrderBy(x => x.Key)
            .Select(x =>
                (
                    new RateRow(
                        (int)(x.Key >> 32),
                        Currency.FromNumber((ushort)(x.Key >> 16)),
                        Currency.FromNumber((ushort)x.Key),
                        x.Value[^1].Rate
                    ),
                    x.Value[^1].Version
                )
            );

    /// <summary>Takes a publication in; gives what may be another rate now.</summary>
    /// <param name="time">Event time, milliseconds since 1970.</param>
    public RateChange Add(RateTable table, long time, Token id)
    {
        int place = tables.FindLastIndex(x => (x.Time, x.Id).CompareTo((time, id)) <= 0) + 1;
        tables.Insert(place, (time, id, table));
        int before = fallbacks.Select(x => x.Days).Append(RateTable.FallbackUsual).Max();
        RateChange change = new();
        if (place == tables.Count - 1)
            Lay(table, time, change);
        else
            LayAll(change);
        change.IsAll = table.FallbackDays is not null;
        change.FallbackDays = Math.Max(before, table.FallbackDays ?? 0);
        return change;
    }

    /// <summary>The rate for a conversion, as it was known until the conversion was final.</summary>
    /// <param name="time">The conversion's, milliseconds since 1970.</param>
    public bool TryFind(long time, Currency from, Currency to, out RateUse use)
    {
        use = default;
        if (rows.Count == 0 || from.IsNone || to.IsNone)
            return false;
        long end = finality.EndOf(time);
        int day = RateTable.DayOf(time);
        for (int back = FallbackAt(end); back >= 0 && use.IsNone; back--, day--)
            if (!TryFind(KeyOf(day, from, to), day, false, end, out use))
                TryFind(KeyOf(day, to, from), day, true, end, out use);
        return !use.IsNone;
    }

    internal static long KeyOf(int day, Currency from, Currency to) =>
        (long)day << 32 | (long)from.Number << 16 | to.Number;

    private bool TryFind(long key, int day, bool isInverse, long end, out RateUse use)
    {
        use = default;
        if (!rows.TryGetValue(key, out Run[]? runs))
            return false;
        int last = runs.Length - 1;
        while (last >= 0 && runs[last].Time >= end)
            last--;
        if (last < 0 || runs[last].Rate is not { } rate)
            return false;
        use = new(rate, isInverse, day, runs[last].Version);
        return true;
    }

    private int FallbackAt(long end)
    {
        for (int i = fallbacks.Count - 1; i >= 0; i--)
            if (fallbacks[i].Time < end)
                return fallbacks[i].Days;
        return RateTable.FallbackUsual;
    }

    private void LayAll(RateChange change)
    {
        rows.Clear();
        fallbacks.Clear();
        foreach ((long time, Token _, RateTable table) in tables)
            Lay(table, time, change);
    }

    // A row that says what holds already is no change: it stays with the table that said it first.
    private void Lay(RateTable table, long time, RateChange change)
    {
        if (table.FallbackDays is { } days)
            fallbacks.Add((time, days));
        foreach (RateRow row in table.Rows)
        {
            long key = KeyOf(row.Day, row.From, row.To);
            Run run = new(time, table.Version, row.Rate);
            if (!rows.TryGetValue(key, out Run[]? runs))
                rows[key] = [run];
            else if (runs[^1].Rate != row.Rate)
                rows[key] = [.. runs, run];
            else
                continue;
            change.Add(key, row.Day);
        }
    }
}

/// <summary>What a publication may have changed.</summary>
public sealed class RateChange
{
    private readonly HashSet<long> keys = [];
    private int first = int.MaxValue;
    private int last = int.MinValue;

    internal bool IsAll { get; set; }
    internal int FallbackDays { get; set; }

    internal void Add(long key, int day)
    {
        keys.Add(key);
        (first, last) = (Math.Min(first, day), Math.Max(last, day));
    }

    /// <summary>A conversion of this time may have another rate now.</summary>
    public bool Affects(long time, Currency from, Currency to)
    {
        int day = RateTable.DayOf(time);
        if (IsAll)
            return true;
        if (day < first || day - FallbackDays > last)
            return false;
        for (int back = 0; back <= FallbackDays; back++)
            if (
                keys.Contains(RateBook.KeyOf(day - back, from, to))
                || keys.Contains(RateBook.KeyOf(day - back, to, from))
            )
                return true;
        return false;
    }
}
