using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Tenant;

namespace Throughline.Core.Identity;

/// <summary>A customer as it was.</summary>
/// <param name="AsOf">Facts with an event time before this instant, the beginning of a verdict's bucket, were counted; milliseconds since 1970.</param>
/// <param name="Members">Its identifiers, the founder first, then by first sighting.</param>
/// <param name="Strategy">In force then.</param>
/// <param name="Visited">Identifiers that were looked at to find out.</param>
public sealed record PastCustomer(long AsOf, Token Id, IReadOnlyList<Founder> Members, string Strategy, int Visited);

/// <summary>
/// The customer that an identifier had at a past time, as <see cref="PastGraph"/> tells it. Where a strategy had conditions and sightings are summed
/// up, only the events themselves tell what was evidence: then a small machine is given all of before, and no others.
/// </summary>
internal sealed class PastGroup
{
    private readonly TenantMachine machine;
    private readonly IHistory history;
    private readonly long end;
    private readonly PastGraph? past;
    private readonly TenantMachine? small;
    private Dictionary<Token, int>? paired;

    /// <summary>Makes ready for questions about an instant.</summary>
    /// <param name="machine">Whose facts; only read, and only row by row.</param>
    /// <param name="history">The machine's; statements are read again.</param>
    /// <param name="asOf">Milliseconds since 1970; taken down to the beginning of its bucket.</param>
    public PastGroup(TenantMachine machine, IHistory history, long asOf)
    {
        (this.machine, this.history) = (machine, history);
        end = VerdictPolicy.BucketOf(asOf) * VerdictPolicy.BucketMs;
        (_, ControlBook control, VerdictLens verdicts, IdentityGraph graph, _, _) = machine.Parts;
        bool hasConditions = machine.Strategies.Any(published => published.Strategy.Conditions is { Count: > 0 });
        if (!hasConditions || control.Identity.KeepsApart)
        {
            past = new(graph, verdicts, control.Identity, history, end, FindPaired);
            return;
        }
        Excerpt before = new(history);
        small = new(machine.Settings, before);
        RepeatAll(small, before);
    }

    private IdentityGraph Its => past?.Graph ?? small!.Parts.Graph;

    /// <summary>The customer of the identifier in this row; null if there was none (not seen yet, or blocked).</summary>
    public PastCustomer? Find(int row)
    {
        if (row < 0)
            return null;
        int found = past?.Find(row) ?? Its.Find(machine.Parts.Graph.Identifiers[row].Token);
        CustomerState state = found < 0 ? default : Its.Groups.StateOf(found);
        return state.Size == 0 ? null : Tell(state, past?.Visited ?? Its.Identifiers.Count);
    }

    // The machine may be a fork without indexes: those whom operators paired are looked for once, row by row.
    private int FindPaired(Token token)
    {
        if (paired is null)
        {
            (_, ControlBook control, _, IdentityGraph graph, _, _) = machine.Parts;
            HashSet<Token> wanted = [.. control.Identity.Paired];
            paired = [];
            for (int row = 0; row < graph.Identifiers.Count; row++)
                if (wanted.Contains(graph.Identifiers[row].Token))
                    paired.Add(graph.Identifiers[row].Token, row);
        }
        return paired.GetValueOrDefault(token, -1);
    }

    private void RepeatAll(TenantMachine then, Excerpt before)
    {
        RecordBuffer results = new();
        for (long position = 0; position < machine.NextPosition; position++)
        {
            byte[] record = history.Read(position).ToArray();
            if (EventRecord.FromTrusted(record).Time >= end && !ControlBook.IsErasure(EventRecord.FromTrusted(record)))
                continue;
            before.Add(position);
            then.Replay(record, results);
            results.Clear();
        }
    }

    private PastCustomer Tell(in CustomerState state, int visited)
    {
        IdentityGraph its = Its;
        List<int> members = [];
        foreach (int member in its.Groups.MembersOf(state.Founder))
            members.Add(member);
        members.Sort(
            (x, y) =>
                x == y ? 0
                : its.Groups.Precedes(x, y) ? -1
                : 1
        );
        return new(
            end,
            its.Groups.IdOf(state.Founder),
            [
                .. members.Select(member => new Founder(
                    (small ?? machine).Parts.Names.IdentifierTypes.Text(its.Identifiers[member].Type),
                    its.Identifiers[member].Token,
                    its.Identifiers[member].FirstSeen,
                    its.Identifiers[member].FirstPosition
                )),
            ],
            $"{its.Strategy.Name}@{its.Strategy.Version}",
            visited
        );
    }

    // Some events of a log, in its order, as a log of their own.
    private sealed class Excerpt(IHistory whole) : IHistory
    {
        private readonly List<long> positions = [];

        public void Add(long position) => positions.Add(position);

        public ReadOnlySpan<byte> Read(long position) => whole.Read(positions[(int)position]);

        public bool TryFindId(Token id, long before, out long position) =>
            throw new NotSupportedException("what a log holds is known to be there once");
    }
}
