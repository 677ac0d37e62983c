using Throughline.Core.Attribution.Rates;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;

namespace Throughline.Core.Attribution;

/// <summary>
/// All that a tenant's credit is made of, as a driver over files takes it: touches, conversions and refunds with their customers and
/// verdicts as they are now, and the rules with their publications. For the writer's thread, between events.
/// </summary>
public sealed class TimelineFacts
{
    private readonly TenantMachine machine;
    private readonly IHistory history;
    private readonly AttributionLens lens;
    private readonly IdentityGraph graph;
    private readonly VerdictLens verdicts;
    private readonly Names names;
    private readonly RuleBook rules;

    public TimelineFacts(TenantMachine machine, IHistory history)
    {
        this.machine = machine;
        this.history = history;
        (names, ControlBook control, verdicts, graph, lens, _) = machine.Parts;
        rules = control.Rules;
    }

    /// <summary>Touches of customers; those of nobody earn nothing and compete with nothing.</summary>
    public IEnumerable<TouchFact> Touches()
    {
        for (int row = 0; row < lens.Touches.Count; row++)
            if (graph.CustomerOf(lens.Touches[row].Owner).Size > 0)
                yield return TouchAt(row);
    }

    public IEnumerable<ConversionFact> Conversions()
    {
        for (int row = 0; row < lens.Conversions.Count; row++)
            yield return ConversionAt(row);
    }

    public IEnumerable<RefundFact> Refunds()
    {
        for (int row = 0; row < lens.Refunds.Count; row++)
            yield return RefundAt(row);
    }

    /// <summary>Pairs of owners of one customer that do not match fully; none if no rule asks for it.</summary>
    public IEnumerable<MatchFact> Matches()
    {
        if (!rules.Compiled.HasTiers)
            yield break;
        MatchTiers tiers = new();
        for (int row = 0; row < graph.Identifiers.Count; row++)
        {
            CustomerState state = graph.Groups.StateOf(row);
            if (state.Founder != row || state.Size is < 2 or > ConversionCase.MaxIdentifiers)
                continue;
            tiers.Take(graph, row);
            List<int> owners = [];
            foreach (int member in graph.Groups.MembersOf(row))
                if (graph.Identifiers[member].Touches != 0 || graph.Identifiers[member].Conversions != 0)
                    owners.Add(member);
            for (int i = 1; i < owners.Count; i++)
            for (int j = 0; j < i; j++)
                if (tiers.Of(tiers.PlaceOf(owners[i]), tiers.PlaceOf(owners[j])) is > 0 and int tier)
                    yield return new(
                        graph.Groups.IdOf(row),
                        graph.Identifiers[owners[i]].Token,
                        graph.Identifiers[owners[j]].Token,
                        tier
                    );
        }
    }

    /// <summary>Every version of every rule that can be used, by publication.</summary>
    public IEnumerable<PublishedRule> Rules() => rules.Compiled.Rules.OrderBy(x => x.Published).ThenBy(x => x.Id);

    /// <summary>The exchange rates as publications laid them over one another, in one table.</summary>
    public RateTable Rates() => new([.. rules.Rates.From(int.MinValue).Select(x => x.Row)], rules.Rates.FallbackDays);

    /// <summary>The weight tables that rules may name.</summary>
    public IEnumerable<WeightTable> Tables() => machine.WeightTables;

    private TouchFact TouchAt(int row)
    {
        TouchRow touch = lens.Touches[row];
        EventRecord record = EventRecord.FromTrusted(history.Read(touch.Position));
        return new(
            record.Id,
            graph.Groups.IdOf(graph.CustomerOf(touch.Owner).Founder),
            graph.Identifiers[touch.Owner].Token,
            touch.Time,
            names.TouchKinds.Text(touch.Kind),
            verdicts.Actors[touch.Bucket].Verdict,
            touch.IsMachineOpen,
            record.Text(EventField.Campaign) ?? "",
            record.Text(EventField.Channel) ?? "",
            record.Text(EventField.Creative) ?? "",
            record.Text(EventField.Placement) ?? "",
            record.Text(EventField.Properties) ?? ""
        );
    }

    private ConversionFact ConversionAt(int row)
    {
        ConversionRow conversion = lens.Conversions[row];
        EventRecord record = EventRecord.FromTrusted(history.Read(conversion.Position));
        CustomerState customer = graph.CustomerOf(conversion.Owner);
        return new(
            conversion.Id,
            customer.Size > 0 ? graph.Groups.IdOf(customer.Founder) : null,
            customer.Size > 0 ? graph.Identifiers[conversion.Owner].Token : null,
            customer.Size,
            conversion.Time,
            names.ConversionKinds.Text(conversion.Kind),
            verdicts.Actors[conversion.Bucket].Verdict,
            record.Text(EventField.OrderId) ?? "",
            record.Number(EventField.Minor),
            record.Text(EventField.Currency) ?? "",
            record.Text(EventField.Properties) ?? ""
        );
    }

    private RefundFact RefundAt(int row)
    {
        RefundRow refund = lens.Refunds[row];
        EventRecord record = EventRecord.FromTrusted(history.Read(refund.Position));
        return new(
            refund.Id,
            refund.Time,
            record.TryGet(EventField.Conversion, out ReadOnlySpan<byte> id) ? Token.Read(id) : null,
            record.Text(EventField.Kind) ?? "",
            record.Text(EventField.OrderId) ?? "",
            record.Number(EventField.Minor),
            record.Text(EventField.Currency) ?? ""
        );
    }
}

/// <summary>A touch. Texts are empty where the event has none.</summary>
/// <param name="Owner">The identifier that it hangs under.</param>
/// <param name="Time">Milliseconds since 1970.</param>
/// <param name="Properties">A JSON object.</param>
public sealed record TouchFact(
    Token Id,
    Token Customer,
    Token Owner,
    long Time,
    string Kind,
    Verdict Verdict,
    bool IsMachineOpen,
    string Campaign,
    string Channel,
    string Creative,
    string Placement,
    string Properties
);

/// <summary>A conversion. Texts are empty where the event has none.</summary>
/// <param name="Customer">Null: nobody's.</param>
/// <param name="Identifiers">Of its customer.</param>
/// <param name="Time">Milliseconds since 1970.</param>
/// <param name="Minor">Minor units.</param>
public sealed record ConversionFact(
    Token Id,
    Token? Customer,
    Token? Owner,
    int Identifiers,
    long Time,
    string Kind,
    Verdict Verdict,
    string OrderId,
    long? Minor,
    string Currency,
    string Properties
);

/// <summary>A refund of a conversion or an order.</summary>
/// <param name="Time">Milliseconds since 1970.</param>
/// <param name="Minor">Minor units.</param>
public sealed record RefundFact(
    Token Id,
    long Time,
    Token? Conversion,
    string Kind,
    string OrderId,
    long? Minor,
    string Currency
);

/// <summary>How well two owners of a customer match: the weakest link on the best path between them.</summary>
public sealed record MatchFact(Token Customer, Token A, Token B, int Tier);
