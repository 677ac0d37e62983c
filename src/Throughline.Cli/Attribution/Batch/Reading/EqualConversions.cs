namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>
/// Which conversions are another one told again, over the whole file: of lines with one id the first counts; of conversions of one
/// kind with one order id the least (time, id) counts. On the way refunds find the conversion that they are taken from.
/// </summary>
internal sealed class EqualConversions
{
    private readonly EqualLines ids;
    private readonly LineSet duplicates = new();

    private EqualConversions(EqualLines ids) => this.ids = ids;

    /// <summary>Lines that do not count.</summary>
    public bool IsRefused(long line) => ids.Refused.Contains(line);

    /// <summary>A line's order was told by another line first, by (time, id).</summary>
    public bool IsDuplicate(long line) => duplicates.Contains(line);

    /// <summary>Finds all, tells those that are refused, and lets go of what was kept for it.</summary>
    public static EqualConversions Find(
        ConversionStores stores,
        RefundData? refunds,
        int threads,
        RowRejections rejections
    )
    {
        EqualLines ids = EqualLines.Find(stores.Ids, threads, refunds is null ? null : () => refunds.NewRouter(false));
        ids.Tell(rejections, repeated: true);
        EqualConversions equal = new(ids);
        EqualLines.Pass(
            stores.Orders,
            threads,
            () => new EqualRows(byOrder: true),
            ids.Refused,
            () => new Noting(equal, refunds?.NewRouter(true))
        );
        return equal;
    }

    private sealed class Noting(EqualConversions equal, IKeyVisitor? next) : IKeyVisitor
    {
        public void Visit(EqualRows rows, int partition)
        {
            for (int row = 0; row < rows.Count; row++)
                if (rows.FirstOf(row) != row)
                    equal.duplicates.Add(rows[row].Place.Line);
            next?.Visit(rows, partition);
        }

        public void Close() => next?.Close();
    }
}
