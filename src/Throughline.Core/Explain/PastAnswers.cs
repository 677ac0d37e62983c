using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;

namespace Throughline.Core.Explain;

/// <summary>
/// Tells the customer that an identifier had at a past time (<see cref="PastGroup"/>). Made on the writer's thread, between events, when all
/// is committed; asked on any one other, while the writer goes on: the pages are shared.
/// </summary>
public sealed class PastAnswers : IDisposable
{
    private readonly TenantMachine fork;
    private readonly IHistory history;
    private readonly int row;

    private PastAnswers(TenantMachine machine, int row, Func<long, byte[]> readEvent)
    {
        history = new Reading(readEvent);
        fork = machine.Fork(history);
        this.row = row;
    }

    /// <summary>For the customer that holds an identifier.</summary>
    /// <param name="readEvent">Gives a stored event by its position, on any thread.</param>
    public static PastAnswers OfIdentifier(TenantMachine machine, Token token, Func<long, byte[]> readEvent) =>
        new(machine, machine.Parts.Graph.Find(token), readEvent);

    /// <summary>For the customer that holds the identifier which a customer's id names.</summary>
    public static PastAnswers OfCustomer(TenantMachine machine, Token id, Func<long, byte[]> readEvent) =>
        new(machine, machine.Parts.Graph.Groups.FindFounder(id), readEvent);

    /// <summary>The answer; null if nobody had the identifier then.</summary>
    /// <param name="asOf">Milliseconds since 1970.</param>
    public byte[]? At(long asOf)
    {
        fork.LoadStatements(history);
        if (new PastGroup(fork, history, asOf).Find(row) is not { } past)
            return null;
        return JsonAnswer.Write(json =>
        {
            json.WriteString("asOf", Explainer.Iso(past.AsOf));
            json.WriteString("customer", past.Id.ToString());
            json.WriteString("since", Explainer.Iso(past.Members[0].FirstSeen));
            json.WriteString("strategy", past.Strategy);
            json.WriteNumber("size", past.Members.Count);
            json.WriteStartArray("identifiers");
            foreach (Founder member in past.Members.Take(CustomerView.IdentifiersMax))
            {
                json.WriteStartObject();
                json.WriteString("type", member.Type);
                json.WriteString("token", member.Token.ToString());
                json.WriteString("firstSeen", Explainer.Iso(member.FirstSeen));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteNumber("visited", past.Visited);
        });
    }

    /// <summary>Gives the pages back; it cannot be asked any more.</summary>
    public void Dispose() => fork.ReleasePages();

    private sealed class Reading(Func<long, byte[]> read) : IHistory
    {
        public ReadOnlySpan<byte> Read(long position) => read(position);

        public bool TryFindId(Token id, long before, out long position) =>
            throw new NotSupportedException("the past is not asked for ids");
    }
}
