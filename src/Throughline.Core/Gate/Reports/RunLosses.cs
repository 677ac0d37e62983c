using Throughline.Core.Gate.Decide;

namespace Throughline.Core.Gate.Reports;

/// <summary>
/// Finds numbers of decisions that no record has, and when they were lost: after the record before and before the one after them. Takes
/// the ids of all records; memory for gaps, not for records.
/// </summary>
internal sealed class RunLosses
{
    private readonly SortedDictionary<(uint Edge, long Start), List<Stretch>> runs = [];

    public void Add(DecisionId id, long time)
    {
        if (!runs.TryGetValue((id.Edge, id.Start), out List<Stretch>? stretches))
            runs[(id.Edge, id.Start)] = stretches = [];
        int after = stretches.Count;
        while (after > 0 && stretches[after - 1].First > id.Sequence)
            after--;
        if (after > 0 && id.Sequence <= stretches[after - 1].Last)
            return;
        bool joinsBefore = after > 0 && stretches[after - 1].Last + 1 == id.Sequence;
        bool joinsAfter = after < stretches.Count && stretches[after].First == id.Sequence + 1;
        if (joinsBefore && joinsAfter)
        {
            Stretch next = stretches[after];
            stretches[after - 1] = stretches[after - 1] with { Last = next.Last, Ended = next.Ended };
            stretches.RemoveAt(after);
        }
        else if (joinsBefore)
            stretches[after - 1] = stretches[after - 1] with { Last = id.Sequence, Ended = time };
        else if (joinsAfter)
            stretches[after] = stretches[after] with { First = id.Sequence, Began = time };
        else
            stretches.Insert(after, new(id.Sequence, id.Sequence, time, time));
    }

    /// <summary>The losses that may have happened in a time, in the order of runs and numbers.</summary>
    public IReadOnlyList<LostStretch> Finish(long from, long to)
    {
        List<LostStretch> lost = [];
        foreach (((uint edge, long start), List<Stretch> stretches) in runs)
        {
            (long next, long since) = (1, start);
            foreach (Stretch stretch in stretches)
            {
                if (stretch.First > next && stretch.Began >= from && since < to)
                    lost.Add(new(edge, start, next, stretch.First - 1, since, stretch.Began));
                (next, since) = (stretch.Last + 1, stretch.Ended);
            }
        }
        return lost;
    }

    private readonly record struct Stretch(long First, long Last, long Began, long Ended);
}

/// <summary>Numbers of a run of an edge that no record has.</summary>
/// <param name="Start">When the run began, milliseconds since 1970.</param>
/// <param name="After">The time of the last record before them; of the first numbers of a run its start.</param>
/// <param name="Before">The time of the first record after them.</param>
public sealed record LostStretch(uint Edge, long Start, long First, long Last, long After, long Before);
