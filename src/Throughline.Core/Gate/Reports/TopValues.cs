using System.Runtime.InteropServices;

namespace Throughline.Core.Gate.Reports;

/// <summary>
/// The values that came most often, in bounded memory: exact while there are at most so many different ones. Beyond that half of them go
/// whenever there are too many, and everybody's count with the count of the greatest that went: a count is too low by at most
/// <see cref="ErrorMax"/> (Misra and Gries, "Finding repeated elements", 1982, with decrements taken together).
/// </summary>
internal sealed class TopValues(int valuesMax)
{
    private readonly Dictionary<string, Counts> kept = new(StringComparer.Ordinal);

    /// <summary>A value may have come so many times more often than its count says; 0: counts are exact.</summary>
    public long ErrorMax { get; private set; }

    /// <summary>Requests that had no such value.</summary>
    public long Unknown { get; private set; }

    /// <summary>Counts a request.</summary>
    /// <param name="value">Null or empty: the record does not hold it.</param>
    public void Add(string? value, bool isRefused, bool isFlagged)
    {
        if (string.IsNullOrEmpty(value))
        {
            Unknown++;
            return;
        }
        if (kept.Count == valuesMax && !kept.ContainsKey(value))
            Thin();
        ref Counts counts = ref CollectionsMarshal.GetValueRefOrAddDefault(kept, value, out _);
        counts.Requests++;
        counts.Refused += isRefused ? 1 : 0;
        counts.Flagged += isFlagged ? 1 : 0;
    }

    /// <summary>The first of them, equal ones by their text.</summary>
    public TopGroup Finish(int top) =>
        new(
            [
                .. kept.OrderByDescending(x => x.Value.Requests)
                    .ThenBy(x => x.Key, StringComparer.Ordinal)
                    .Take(top)
                    .Select(x => new TopValue(x.Key, x.Value.Requests, x.Value.Refused, x.Value.Flagged)),
            ],
            ErrorMax,
            Unknown
        );

    private void Thin()
    {
        long[] counts = [.. kept.Values.Select(x => x.Requests)];
        Array.Sort(counts);
        long off = counts[counts.Length / 2];
        ErrorMax += off;
        foreach ((string value, Counts was) in kept.ToArray())
        {
            if (was.Requests <= off)
                kept.Remove(value);
            else
                kept[value] = was with { Requests = was.Requests - off };
        }
    }

    private record struct Counts(long Requests, long Refused, long Flagged);
}
