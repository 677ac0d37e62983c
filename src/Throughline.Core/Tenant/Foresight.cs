using System.Runtime.CompilerServices;
using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;
using Throughline.Core.State;

namespace Throughline.Core.Tenant;

/// <summary>
/// Brings what coming events will read into the cache while earlier ones are applied: the state is far larger than any cache,
/// and an event alone would wait for a dozen reads one after another. Four steps, a few events apart, as each needs what the
/// step before has fetched: index slots; rows; groups, touches and the newest links; their sightings and the links after them.
/// Reads only; a wrong guess costs a fetch in vain.
/// </summary>
internal sealed class Foresight(IdMemory ids, VerdictLens verdicts, IdentityGraph graph, AttributionLens attribution)
{
    /// <summary>Events between the step that an event is shown in and the one in which it should be applied.</summary>
    public const int Distance = 3 * Step + 2;

    private const int Step = 3;
    private const int MaxIdentifiers = 4;

    private readonly Hint[] ring = new Hint[16];
    private int shown;

    /// <summary>Looks at an event that will be applied after about <see cref="Distance"/> others.</summary>
    public void Look(ReadOnlySpan<byte> bytes)
    {
        int now = shown++;
        EventRecord record = EventRecord.FromTrusted(bytes);
        ids.Prefetch(record.Id);
        Begin(record, ref HintOf(now));
        if (now >= Step)
            FetchRows(ref HintOf(now - Step));
        if (now >= 2 * Step)
            FetchBeyond(ref HintOf(now - 2 * Step));
        if (now >= 3 * Step)
            FetchLinks(ref HintOf(now - 3 * Step));
    }

    private ref Hint HintOf(int shownAs) => ref ring[shownAs & 15];

    private void Begin(in EventRecord record, ref Hint hint)
    {
        int bucket = VerdictPolicy.BucketOf(record.Time);
        ulong actor = VerdictLens.HashOf(Actor.Of(record), bucket);
        verdicts.PrefetchActor(actor);
        if (record.TryGet(EventField.Address, out ReadOnlySpan<byte> address))
            verdicts.PrefetchAddress(VerdictLens.HashOf(Token.Read(address), bucket));
        hint.Count = Math.Min(record.IdentifierCount, MaxIdentifiers);
        hint.First =
            hint.Count > 0
            && record.Type.IsSighting()
            && record.Identifier(0) is var first
            && first.Type < IdentifierType.FirstCustom
                ? first
                : default;
        for (int i = 0; i < hint.Count; i++)
        {
            hint.Tokens[i] = record.Identifier(i).Token.Low;
            graph.PrefetchSlot(hint.Tokens[i]);
        }
    }

    private void FetchRows(ref Hint hint)
    {
        bool areNew = hint.First.Type != 0;
        for (int i = 0; i < hint.Count; i++)
        {
            hint.Rows[i] = graph.PrefetchRow(hint.Tokens[i]);
            areNew &= hint.Rows[i] < 0;
        }
        if (areNew) // together they are a customer that the first of them founds
            graph.Groups.Foreseen.Tell(hint.First.Type, hint.First.Token);
    }

    private void FetchBeyond(ref Hint hint)
    {
        for (int i = 0; i < hint.Count; i++)
            if (hint.Rows[i] >= 0)
            {
                graph.PrefetchBeyond(hint.Rows[i]);
                attribution.Prefetch(hint.Rows[i]);
            }
    }

    private void FetchLinks(ref Hint hint)
    {
        for (int i = 0; i < hint.Count; i++)
            if (hint.Rows[i] >= 0)
                graph.PrefetchLinks(hint.Rows[i]);
    }

    private struct Hint
    {
        public int Count;
        public IdentifierEntry First;
        public Tokens Tokens;
        public Rows Rows;
    }

    [InlineArray(MaxIdentifiers)]
    private struct Tokens
    {
        private ulong first;
    }

    [InlineArray(MaxIdentifiers)]
    private struct Rows
    {
        private int first;
    }
}
