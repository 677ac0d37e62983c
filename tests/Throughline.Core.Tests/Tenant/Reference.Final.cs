using System.Text.Json;
using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;
using Throughline.Core.Tenant;

namespace Throughline.Core.Tests.Tenant;

/// <summary>
/// Conversions that are final: each from scratch, over the facts but for the rules, tables, rates and labels that were said too late for it.
/// Whose customers they are is what it is now.
/// </summary>
internal sealed partial class Reference
{
    private Finality finality;
    private long tableTime;
    private Reference? ofRefunds;

    private static readonly string[] OfCredit = ["campaign", "attribution-rule", "weight-table", "exchange-rates"];

    public static SortedDictionary<string, string> FinalConversions(IReadOnlyList<byte[]> facts, Finality finality)
    {
        SortedDictionary<string, string> lines = new(StringComparer.Ordinal);
        Reference now = new(facts);
        foreach (byte[] fact in now.Of(EventType.Conversion))
        {
            string id = Record(fact).Id.ToString();
            long end = finality.EndOf(Record(fact).Time);
            Reference then = new(facts.Where(x => Record(x).Time < end || !IsBounded(x))) { finality = finality };
            then.TakeCustomers(now);
            lines[id] = then.Conversions()[id];
        }
        return lines;
    }

    /// <summary>
    /// The same once the horizon has passed ends: a conversion whose end it has passed is made of what has an event time before the end, customers
    /// included, and of refunds and erasures of all times.
    /// </summary>
    /// <param name="closed">How many of the conversions are final.</param>
    public static SortedDictionary<string, string> ClosedConversions(
        IReadOnlyList<byte[]> facts,
        TenantSettings settings,
        out int closed
    )
    {
        Finality finality = new(settings.RestateForMs);
        SortedDictionary<string, string> lines = FinalConversions(facts, finality);
        Reference now = new(facts);
        long watermark = facts.Where(x => ((EventType)x[1]).IsObservation()).Max(x => Record(x).Time);
        closed = 0;
        foreach (byte[] fact in now.Of(EventType.Conversion))
        {
            string id = Record(fact).Id.ToString();
            long end = finality.EndOf(Record(fact).Time);
            if (watermark - settings.HorizonMs < end)
                continue;
            closed++;
            Reference then = new(facts.Where(x => Record(x).Time < end || IsErasure(x)))
            {
                finality = finality,
                ofRefunds = now,
            };
            lines[id] = then.Conversions()[id];
        }
        return lines;
    }

    private static bool IsErasure(byte[] fact) =>
        (EventType)fact[1] == EventType.Control && ControlBook.IsErasure(Record(fact));

    // An earlier conversion of the customer was final earlier.
    private PublishedRule Bounded(PublishedRule rule) =>
        rule with
        {
            Earliest = Math.Max(
                finality.EarliestOf(rule.Published),
                rule.Rule.Model.Kind == ModelKind.DataDriven ? finality.EarliestOf(tableTime) : long.MinValue
            ),
        };

    private static bool IsBounded(byte[] fact)
    {
        if ((EventType)fact[1] != EventType.Control)
            return (EventType)fact[1] == EventType.Label;
        Record(fact).TryGet(EventField.Document, out ReadOnlySpan<byte> json);
        return OfCredit.Contains(JsonDocument.Parse(json.ToArray()).RootElement.GetProperty("kind").GetString());
    }

    private void TakeCustomers(Reference other)
    {
        founders.Clear();
        foreach ((Token token, Token founder) in other.founders)
            founders[token] = founder;
        blocked.Clear();
        blocked.UnionWith(other.blocked);
        shared.Clear();
        shared.UnionWith(other.shared);
        joined.Clear();
        joined.AddRange(other.joined);
        (strategy, types) = (other.strategy, other.types);
    }
}
