using Throughline.Core.Events;
using Throughline.Core.State;
using Throughline.Core.Tenant;

namespace Throughline.Server.Replay;

/// <summary>The ids that a machine in memory wants to keep no longer: what sorted files are to a stored tenant.</summary>
public sealed class RetiredIndex
{
    private readonly PagedArray<IdEntry> entries = new("replay.retired");
    private readonly RowIndex<Keys> index;

    public RetiredIndex() => index = new(new(entries));

    /// <summary>Takes over what the machine wants to give up by now; what is not taken stays in its memory.</summary>
    public void Take(TenantMachine machine)
    {
        while (machine.TryTakeRetired(out RetiredIds? ids))
        {
            foreach ((_, IdEntry[] day) in ids.ByDay())
            foreach (IdEntry entry in day)
                index.Insert(entry.Id.Low, entries.Add(entry));
            machine.Forget(ids);
        }
    }

    /// <inheritdoc cref="IHistory.TryFindId"/>
    public bool TryFind(Token id, long before, out long position)
    {
        int row = index.Find(id.Low, new Probe(entries, id, before));
        position = row < 0 ? -1 : entries[row].Position;
        return row >= 0;
    }

    /// <inheritdoc cref="IHistory.Foresee"/>
    public void Foresee(Token id) => index.PrefetchSlot(id.Low);

    private readonly struct Keys(PagedArray<IdEntry> rows) : IRowKeys
    {
        public ulong HashOf(int row) => rows[row].Id.Low;

        public void Prefetch(int row) => rows.Prefetch(row);
    }

    private readonly struct Probe(PagedArray<IdEntry> rows, Token id, long before) : IRowProbe
    {
        public bool Matches(int row) => rows[row].Id == id && rows[row].Position < before;
    }
}
