using System.Text;
using Throughline.Core.Events;
using Throughline.Core.Tenant;

namespace Throughline.Core.Explain;

/// <summary>
/// Answers "why" for decisions, customers and conversions: from the stored result, checked against its own inputs and against
/// the subject's events read by position. For the writer's thread, between events, when all results are committed.
/// </summary>
/// <param name="machine">The tenant's machine.</param>
/// <param name="history">Old events.</param>
/// <param name="readResult">A stored result by its sequence.</param>
/// <param name="eventId">The keyed hash of a client's event id.</param>
/// <param name="gate">Opens and explains records of the gate; null: they stay closed.</param>
public sealed class Explainer(
    TenantMachine machine,
    IHistory history,
    Func<long, byte[]> readResult,
    Func<string, Token> eventId,
    GateExplainer? gate = null
)
{
    /// <summary>The reason for what an id names, or null if it names nothing.</summary>
    public Why? Explain(string id)
    {
        if (
            Token.TryParse(id, out Token customer)
            && machine.Parts.Graph.Groups.FindFounder(customer) is >= 0 and int founder
        )
            return Customer(id, founder);
        if (!machine.TryFindEvent(eventId(id), out long position))
            return null;
        return EventRecord.FromTrusted(history.Read(position)).Type switch
        {
            EventType.Conversion => Conversion(id),
            EventType.Label or EventType.Control or EventType.Tick => null,
            _ => Decision(id, position),
        };
    }

    /// <summary>What was decided about an event: the verdict of its actor's bucket.</summary>
    public Why? Decision(string id)
    {
        if (!machine.TryFindEvent(eventId(id), out long position))
            return null;
        EventType type = EventRecord.FromTrusted(history.Read(position)).Type;
        return type.IsObservation() ? Decision(id, position) : null;
    }

    public Why? Conversion(string id) => new ConversionExplainer(machine, history, readResult).Explain(id, eventId(id));

    public Why? Customer(string id) =>
        Token.TryParse(id, out Token customer)
        && machine.Parts.Graph.Groups.FindFounder(customer) is >= 0 and int founder
            ? Customer(id, founder)
            : null;

    private Why? Customer(string id, int founder) =>
        new CustomerExplainer(machine, history, readResult).Explain(id, founder);

    private Why? Decision(string id, long position) =>
        new DecisionExplainer(machine, history, readResult, gate).Explain(id, position);

    internal static string Iso(long time) =>
        DateTimeOffset
            .FromUnixTimeMilliseconds(time)
            .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    internal static string Snake(Enum value)
    {
        StringBuilder text = new();
        foreach (char c in value.ToString())
        {
            if (char.IsUpper(c) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }

    internal static string EventIdAt(IHistory history, long position) =>
        EventRecord.FromTrusted(history.Read(position)).Text(EventField.Id) ?? "";
}
