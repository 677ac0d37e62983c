using System.Runtime.InteropServices;
using System.Text;
using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Timeline;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.World;
using Throughline.World.Truth;

namespace Throughline.Cli.Demo;

/// <summary>
/// A tenant's touches and conversions with two customers and two verdicts each, the machine's own and the true ones, so that credit can
/// be worked out from any mixture of them.
/// </summary>
internal sealed class Counterfactual
{
    private readonly List<string> campaigns = [];
    private readonly List<string> channels = [];
    private readonly List<string> touchKinds = [];
    private readonly List<string> conversionKinds = [];
    private readonly Dictionary<ulong, int> rowOf = [];
    private readonly List<FactRow> rows = [];
    private readonly Dictionary<int, List<int>> own;
    private readonly Dictionary<int, List<int>> actual;
    private readonly TimelineKernel kernel;
    private readonly HashSet<ulong> repeated;

    /// <param name="scan">Gives every record of the log once.</param>
    public Counterfactual(TenantMachine machine, IHistory history, WorldTruth truth, Action<RecordHandler> scan)
    {
        Dictionary<Token, (Token Customer, bool IsTooLarge)> customers = CustomersOf(new(machine, history));
        Dictionary<ulong, EventTruth> truths = truth
            .Events.Where(x => x.Type.IsTouch() || x.Type == EventType.Conversion)
            .ToDictionary(x => x.Id);
        Dictionary<Token, int> numbers = [];
        scan(bytes => Add(EventRecord.FromTrusted(bytes), machine, truths, customers, numbers));
        own = ByCustomer(row => row.Own);
        actual = ByCustomer(row => row.Actual);
        repeated = [.. truth.Conversions.Where(x => x.DuplicateOf != 0).Select(x => x.Id)];
        kernel = new(
            new(
                machine.AttributionRules,
                machine.WeightTables,
                new RuleNames(campaigns, touchKinds, conversionKinds, channels)
            )
        );
    }

    /// <summary>What is known of an accepted touch with a campaign, or conversion; null of others.</summary>
    public FactRow? Find(ulong id) => rowOf.TryGetValue(id, out int row) ? rows[row] : null;

    /// <summary>Credit of a conversion from this mixture; null if it was not accepted.</summary>
    public (List<TrueCredit> Credits, long Unattributed)? Credit(
        ulong conversion,
        bool trueCustomers,
        bool trueVerdicts
    )
    {
        if (!rowOf.TryGetValue(conversion, out int sold))
            return null;
        int customer = trueCustomers ? rows[sold].Actual : rows[sold].Own;
        List<int> members = customer < 0 ? [sold] : (trueCustomers ? actual : own)[customer];
        List<int> touches = members.FindAll(row => !rows[row].IsConversion);
        List<int> conversions = members.FindAll(row => rows[row].IsConversion);
        kernel.Evaluate(
            new CustomerTimeline(
                touches.ConvertAll(row => TouchOf(rows[row], trueVerdicts)).ToArray(),
                conversions.ConvertAll(row => ConversionOf(rows[row], trueCustomers, trueVerdicts)).ToArray()
            )
        );
        ConversionCredit credit = kernel.Conversions[conversions.IndexOf(sold)];
        List<TrueCredit> credits = [];
        foreach (CandidateCredit candidate in kernel.Candidates.Slice(credit.FirstCandidate, credit.Candidates))
            if (candidate.Minor != 0)
                credits.Add(new(rows[touches[candidate.Touch]].Id, candidate.Minor));
        return (credits, credit.Groups == 0 ? 0 : kernel.Groups[credit.FirstGroup].Unattributed);
    }

    private static Dictionary<Token, (Token, bool)> CustomersOf(TimelineFacts facts)
    {
        Dictionary<Token, (Token, bool)> customers = [];
        foreach (TouchFact touch in facts.Touches())
            customers.Add(touch.Id, (touch.Customer, false));
        foreach (ConversionFact conversion in facts.Conversions())
            if (conversion.Customer is { } customer)
                customers.Add(conversion.Id, (customer, conversion.Identifiers > ConversionCase.MaxIdentifiers));
        return customers;
    }

    private void Add(
        in EventRecord record,
        TenantMachine machine,
        Dictionary<ulong, EventTruth> truths,
        Dictionary<Token, (Token Customer, bool IsTooLarge)> customers,
        Dictionary<Token, int> numbers
    )
    {
        bool isConversion = record.Type == EventType.Conversion;
        string? campaign = record.Text(EventField.Campaign);
        if (!isConversion && (!record.Type.IsTouch() || campaign is null))
            return;
        if (
            !WorldIds.TryParseEvent(record.Text(EventField.Id), out ulong id)
            || !truths.TryGetValue(id, out EventTruth truth)
        )
            return;
        bool isOwned = customers.TryGetValue(record.Id, out (Token Customer, bool IsTooLarge) customer);
        string kind = isConversion
            ? record.Text(EventField.Kind) ?? "purchase"
            : record.Text(EventField.Name) ?? record.Type.ToString().ToLowerInvariant();
        rowOf.Add(id, rows.Count);
        rows.Add(
            new(
                id,
                record.Time,
                isConversion,
                isConversion ? NumberOf(conversionKinds, kind) : NumberOf(touchKinds, kind),
                isConversion ? 0 : NumberOf(campaigns, campaign!),
                isConversion ? 0 : NumberOf(channels, record.Text(EventField.Channel) ?? ""),
                record.Type == EventType.Click,
                record.Number(EventField.Minor) ?? 0,
                PackedOf(record.Text(EventField.Currency)),
                isOwned ? NumberOf(numbers, customer.Customer) : -1,
                truth.Kind == ActorKind.Human ? truth.Actor * 2 : truth.Actor * 2 + 1,
                customer.IsTooLarge,
                machine.VerdictOf(record) is Verdict.Bot or Verdict.GoodBot,
                truth.Kind != ActorKind.Human
            )
        );
    }

    // In the order of time: no two events of a world happen at one instant.
    private Dictionary<int, List<int>> ByCustomer(Func<FactRow, int> customerOf) =>
        Enumerable
            .Range(0, rows.Count)
            .Where(row => customerOf(rows[row]) >= 0)
            .OrderBy(row => rows[row].Time)
            .GroupBy(row => customerOf(rows[row]))
            .ToDictionary(x => x.Key, x => x.ToList());

    private static TimelineTouch TouchOf(FactRow row, bool trueVerdicts) =>
        new()
        {
            Time = row.Time,
            Campaign = row.Campaign,
            Channel = row.Channel,
            Kind = (ushort)row.Kind,
            Flags =
                (row.IsClick ? TouchFlags.Click : 0)
                | ((trueVerdicts ? row.IsActualBot : row.IsOwnBot) ? TouchFlags.Bot : 0),
        };

    private TimelineConversion ConversionOf(FactRow row, bool trueCustomers, bool trueVerdicts) =>
        new()
        {
            Time = row.Time,
            Minor = row.Minor,
            Kind = row.Kind,
            Currency = row.Currency,
            Flags =
                (repeated.Contains(row.Id) ? ConversionFlags.DuplicateOrder : 0)
                | ((trueVerdicts ? row.IsActualBot : row.IsOwnBot) ? ConversionFlags.Bot : 0)
                | (!trueCustomers && row.Own < 0 ? ConversionFlags.NoCustomer : 0)
                | (!trueCustomers && row.IsTooLarge ? ConversionFlags.CustomerTooLarge : 0),
        };

    private static int NumberOf(List<string> names, string name)
    {
        int known = names.IndexOf(name);
        if (known < 0)
            names.Add(name);
        return known < 0 ? names.Count - 1 : known;
    }

    private static int NumberOf(Dictionary<Token, int> numbers, Token customer)
    {
        ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, customer, out bool known);
        return known ? number : number = numbers.Count - 1;
    }

    private static int PackedOf(string? currency) =>
        currency is null ? 0 : currency[0] | currency[1] << 8 | currency[2] << 16;
}

/// <summary>A touch or conversion, as the machine has it and as it truly was.</summary>
/// <param name="Own">Number of the machine's customer; -1: nobody.</param>
/// <param name="Actual">Number of who it truly was.</param>
internal sealed record FactRow(
    ulong Id,
    long Time,
    bool IsConversion,
    int Kind,
    int Campaign,
    int Channel,
    bool IsClick,
    long Minor,
    int Currency,
    int Own,
    int Actual,
    bool IsTooLarge,
    bool IsOwnBot,
    bool IsActualBot
);
