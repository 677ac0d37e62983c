using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Replay;

namespace Throughline.Cli.Bench;

/// <summary>
/// The history of a machine whose events were all made ahead: it only notes where each accepted one is, so that keeping
/// them costs nothing while the clock runs.
/// </summary>
internal sealed class MadeHistory : IHistory
{
    private const int UsualStretch = 1 << 14; // events at most: longer ones are noted more slowly

    private readonly List<RecordBuffer> stretches = [];
    private readonly List<(int Stretch, int Index)> places = [];
    private readonly RetiredIndex retired = new();

    /// <summary>A new stretch, to be filled before its events are applied.</summary>
    public RecordBuffer Begin()
    {
        stretches.Add(new());
        places.EnsureCapacity(places.Count + UsualStretch); // so that no event waits until all places were copied
        return stretches[^1];
    }

    /// <summary>All stretches so far, in order.</summary>
    public IReadOnlyList<RecordBuffer> Stretches => stretches;

    /// <summary>Applies one event of the stretch under way.</summary>
    public void Apply(TenantMachine machine, int index, RecordBuffer results)
    {
        if (index + TenantMachine.LookAhead < stretches[^1].Count)
            machine.Foresee(stretches[^1][index + TenantMachine.LookAhead]);
        places.Add((stretches.Count - 1, index)); // readable while it is applied
        if (machine.Apply(stretches[^1][index], results) != ApplyStatus.Accepted)
            places.RemoveAt(places.Count - 1);
    }

    /// <summary>The first identifier of one event of the stretch under way.</summary>
    public Token TokenOf(int index) => EventRecord.FromTrusted(stretches[^1][index]).Identifier(0).Token;

    /// <summary>Takes ids over that the machine wants to keep no longer.</summary>
    public void TakeRetired(TenantMachine machine) => retired.Take(machine);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Read(long position)
    {
        (int stretch, int index) = places[(int)position];
        return stretches[stretch][index];
    }

    /// <inheritdoc/>
    public bool TryFindId(Token id, long before, out long position) => retired.TryFind(id, before, out position);

    /// <inheritdoc/>
    public void Foresee(Token id) => retired.Foresee(id);
}
