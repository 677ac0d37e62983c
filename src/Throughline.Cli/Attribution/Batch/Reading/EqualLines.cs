namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>Looks at the grouped keys of every partition; one for each thread.</summary>
internal interface IKeyVisitor
{
    void Visit(EqualRows rows, int partition);

    /// <summary>There are no more.</summary>
    void Close();
}

/// <summary>Which lines of a file have an id that an earlier one has, wherever the two stand: the first counts, once.</summary>
internal sealed class EqualLines
{
    private readonly LineSet refused = new();
    private readonly LineSet conflicts = new();

    /// <summary>Lines that do not count.</summary>
    public LineSet Refused => refused;

    /// <summary>Lines that say what an earlier one said.</summary>
    public long Repeated => refused.Count - conflicts.Count;

    /// <summary>Finds them, and lets go of the keys.</summary>
    /// <param name="visitor">Sees the keys, too.</param>
    public static EqualLines Find(RowStore keys, int threads, Func<IKeyVisitor>? visitor = null)
    {
        EqualLines equal = new();
        Pass(keys, threads, () => new EqualRows(byOrder: false), null, () => new Noting(equal, visitor?.Invoke()));
        return equal;
    }

    /// <summary>Shows every partition's keys, grouped, to visitors, and lets go of them.</summary>
    public static void Pass(
        RowStore keys,
        int threads,
        Func<EqualRows> rowsOf,
        LineSet? but,
        Func<IKeyVisitor> visitorOf
    )
    {
        int taken = -1;
        Parallels.Run(
            threads,
            () =>
            {
                EqualRows rows = rowsOf();
                IKeyVisitor visitor = visitorOf();
                for (int partition; (partition = Interlocked.Increment(ref taken)) < RowStore.Partitions; )
                {
                    rows.Load(keys, partition, but);
                    keys.Forget(partition);
                    visitor.Visit(rows, partition);
                }
                visitor.Close();
            }
        );
    }

    /// <summary>Tells what does not count, ascending.</summary>
    /// <param name="repeated">Those that say the same as well as those that say something else.</param>
    public void Tell(RowRejections rejections, bool repeated)
    {
        foreach (long line in (repeated ? refused : conflicts).All())
            rejections.Tell(line, conflicts.Contains(line) ? RowReason.IdConflict : RowReason.Duplicate);
    }

    private sealed class Noting(EqualLines equal, IKeyVisitor? next) : IKeyVisitor
    {
        public void Visit(EqualRows rows, int partition)
        {
            for (int row = 0; row < rows.Count; row++)
            {
                int first = rows.FirstOf(row);
                if (first == row)
                    continue;
                equal.refused.Add(rows[row].Place.Line);
                if (rows[row].Content != rows[first].Content)
                    equal.conflicts.Add(rows[row].Place.Line);
            }
            next?.Visit(rows, partition);
        }

        public void Close() => next?.Close();
    }
}
