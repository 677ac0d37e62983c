using Throughline.Core.Events;
using Throughline.Core.Tenant;

namespace Throughline.Server.Replay;

/// <summary>The ids that a machine in memory wants to keep no longer: what sorted files are to a stored tenant.</summary>
public sealed class RetiredIndex
{
    private readonly Dictionary<Token, long> positions = [];

    /// <summary>Takes over what the machine wants to give up by now; what is not taken stays in its memory.</summary>
    public void Take(TenantMachine machine)
    {
        while (machine.TryTakeRetired(out RetiredIds? ids))
        {
            foreach ((_, IdEntry[] entries) in ids.ByDay())
            foreach (IdEntry entry in entries)
                positions[entry.Id] = entry.Position;
            machine.Forget(ids);
        }
    }

    /// <inheritdoc cref="IHistory.TryFindId"/>
    public bool TryFind(Token id, long before, out long position) =>
        positions.TryGetValue(id, out position) && position < before;
}
