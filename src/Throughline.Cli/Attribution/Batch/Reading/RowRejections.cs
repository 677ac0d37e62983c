using Throughline.Cli.Import;

namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>
/// What is wrong with the lines of one file, counted by reason and told in the order of lines, whichever thread found it first:
/// a block's are held back until those of all blocks before it were told.
/// </summary>
internal sealed class RowRejections(string file, RejectionLog log)
{
    private readonly Lock gate = new();
    private readonly Dictionary<int, List<(long Line, RowReason Reason)>> held = [];
    private readonly SortedDictionary<string, long> byReason = new(StringComparer.Ordinal);
    private int next;

    /// <summary>How many lines, by the code of the reason.</summary>
    public IReadOnlyDictionary<string, long> ByReason => byReason;

    /// <summary>All of one block's, ascending; must be called for every block.</summary>
    public void Tell(int block, List<(long Line, RowReason Reason)> rejected)
    {
        lock (gate)
        {
            if (block != next)
            {
                held.Add(block, [.. rejected]);
                return;
            }
            Tell(rejected);
            for (next++; held.Remove(next, out List<(long, RowReason)>? following); next++)
                Tell(following);
        }
    }

    /// <summary>One more, once all blocks were told of.</summary>
    public void Tell(long line, RowReason reason)
    {
        lock (gate)
            Tell([(line, reason)]);
    }

    private void Tell(List<(long Line, RowReason Reason)> rejected)
    {
        foreach ((long line, RowReason reason) in rejected)
        {
            string code = reason.Code();
            byReason[code] = byReason.GetValueOrDefault(code) + 1;
            log.Add(reason.At(file, line));
        }
    }
}
