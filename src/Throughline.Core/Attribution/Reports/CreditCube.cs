using System.Runtime.InteropServices;
using Throughline.Core.Attribution.Rules;

namespace Throughline.Core.Attribution.Reports;

/// <summary>Sums of current credit by day, names and currency: whole numbers, so that no order of adding shows.</summary>
public sealed class CreditCube(CreditReportOptions options)
{
    private const int RecentMax = 16_384;

    private readonly Dictionary<CreditKey, CreditSum> sums = [];
    private readonly Dictionary<(int Day, int Names), DeliverySum> deliveries = [];
    private readonly HashSet<(CreditKey Key, int Rule)> rules = [];
    private readonly Dictionary<AttributionRule, int> ruleNumbers = new(ReferenceEqualityComparer.Instance);
    private readonly List<AttributionRule> ruleList = [];
    private readonly Dictionary<PartNames, int> numbers = [];
    private readonly Dictionary<PartKey, int> recent = []; // the same by the texts' objects, which are few and come again
    private readonly List<PartNames> names = [];

    private readonly bool campaign = options.By.Contains(ReportPart.Campaign);
    private readonly bool channel = options.By.Contains(ReportPart.Channel);
    private readonly bool creative = options.By.Contains(ReportPart.Creative);
    private readonly bool placement = options.By.Contains(ReportPart.Placement);
    private readonly bool kind = options.By.Contains(ReportPart.Kind);
    private readonly bool ofConversion = options.By.Contains(ReportPart.Conversion);

    public CreditReportOptions Options { get; } = options;

    /// <summary>The greatest time of a conversion, milliseconds since 1970.</summary>
    public long LastConversion { get; private set; } = long.MinValue;

    /// <summary>Conversions that were looked at.</summary>
    public long Conversions { get; private set; }

    internal IReadOnlyDictionary<CreditKey, CreditSum> Sums => sums;
    internal IReadOnlyDictionary<(int Day, int Names), DeliverySum> Deliveries => deliveries;

    /// <summary>The rules that gave a sum's credit, in no order.</summary>
    internal ILookup<CreditKey, AttributionRule> Rules => rules.ToLookup(x => x.Key, x => ruleList[x.Rule]);

    /// <summary>Takes one conversion's current credit in.</summary>
    /// <exception cref="ReportTooLargeException">There are too many rows.</exception>
    public void Add(ReportCase conversion)
    {
        LastConversion = Math.Max(LastConversion, conversion.Time);
        if (Options.Conversion is { } asked && asked != conversion.Kind)
            return;
        bool byTouch = Options.Date == ReportDate.Touch;
        if (!byTouch && !Options.Covers(conversion.Time))
            return;
        Conversions++;
        int last = conversion.Last;
        ReadOnlySpan<ReportTouch> touches = CollectionsMarshal.AsSpan(conversion.Touches);
        for (int i = 0; i < touches.Length; i++)
        {
            ref readonly ReportTouch touch = ref touches[i];
            if (!touch.IsOnPath && !touch.IsCredited || byTouch && !Options.Covers(touch.Time))
                continue;
            int day = Options.DayOf(byTouch ? touch.Time : conversion.Time);
            int number = NumberOf(touch, conversion.Kind);
            CreditKey key = new(day, number, touch.IsCredited ? touch.Currency : conversion.Currency);
            ref CreditSum sum = ref SumOf(key);
            if (touch.IsCredited)
                Credit(ref sum, key, touch);
            if (!touch.IsOnPath)
                continue;
            if (key.Currency != conversion.Currency)
                sum = ref SumOf(key with { Currency = conversion.Currency });
            Interact(ref sum, conversion, i == last);
        }
        if (byTouch)
            return; // what nobody earned has no touch
        foreach (ReportRest rest in conversion.Rests)
            if (rest.IsWhole || rest.Minor > 0)
            {
                ref CreditSum sum = ref SumOf(new(Options.DayOf(conversion.Time), CreditKey.Nobody, rest.Currency));
                sum.Conversions++;
                sum.Minor = checked(sum.Minor + rest.Minor);
                sum.Net = checked(sum.Net + rest.Net);
            }
    }

    /// <summary>Counts a touch that was told of, whether or not it earned anything.</summary>
    /// <param name="isValid">Neither a bot's nor a machine's.</param>
    public void Deliver(in ReportTouch touch, bool isValid)
    {
        DeliverySum one = default;
        one.Add(DeliverySum.PlaceOf(touch.Kind), isValid);
        Deliver(touch, one);
    }

    /// <summary>Counts touches of one day that have the same names.</summary>
    internal void Deliver(in ReportTouch touch, in DeliverySum told)
    {
        if (!Options.Covers(touch.Time))
            return;
        int number = NumberOf(touch, null);
        ref DeliverySum sum = ref CollectionsMarshal.GetValueRefOrAddDefault(
            deliveries,
            (Options.DayOf(touch.Time), number),
            out bool exists
        );
        if (!exists)
            CheckSize();
        sum.Add(told);
    }

    /// <summary>Takes over what another has added up of other conversions, by the same options.</summary>
    public void Add(CreditCube other)
    {
        foreach ((CreditKey key, CreditSum sum) in other.sums)
            SumOf(Mine(key, other)).Add(sum);
        foreach (((int day, int number), DeliverySum sum) in other.deliveries)
            CollectionsMarshal
                .GetValueRefOrAddDefault(deliveries, (day, NumberOf(other.names[number])), out _)
                .Add(sum);
        foreach ((CreditKey key, int rule) in other.rules)
            rules.Add((Mine(key, other), NumberOf(other.ruleList[rule])));
        LastConversion = Math.Max(LastConversion, other.LastConversion);
        Conversions += other.Conversions;
        CheckSize();
    }

    internal PartNames NamesOf(int number) => number == CreditKey.Nobody ? PartNames.Nobody : names[number];

    private CreditKey Mine(CreditKey key, CreditCube other) =>
        key.Names == CreditKey.Nobody ? key : key with { Names = NumberOf(other.names[key.Names]) };

    private void Credit(ref CreditSum sum, CreditKey key, in ReportTouch touch)
    {
        sum.Touches++;
        if (sum.LastCredited != Conversions)
        {
            sum.LastCredited = Conversions;
            sum.Conversions++;
        }
        sum.Share += CreditSum.ShareOf(touch.Weight, touch.Weights);
        sum.Minor = checked(sum.Minor + touch.Minor);
        sum.Net = checked(sum.Net + touch.Net);
        if (touch.Rule is { } rule && !ReferenceEquals(sum.LastRule, rule))
        {
            sum.LastRule = rule;
            rules.Add((key, NumberOf(rule)));
        }
    }

    private void Interact(ref CreditSum sum, ReportCase conversion, bool isLast)
    {
        if (isLast)
            sum.Last++;
        else if (sum.LastAssisted != Conversions)
        {
            sum.LastAssisted = Conversions;
            sum.Assisted++;
            sum.AssistedMinor = checked(sum.AssistedMinor + conversion.NetValue);
        }
    }

    private ref CreditSum SumOf(CreditKey key)
    {
        ref CreditSum sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out bool exists);
        if (!exists)
            CheckSize();
        return ref sum;
    }

    private void CheckSize()
    {
        if (sums.Count > CreditReportOptions.RowsMax || deliveries.Count > CreditReportOptions.RowsMax)
            throw new ReportTooLargeException(
                $"The report would have more than {CreditReportOptions.RowsMax} rows: ask for fewer days, or split it by less."
            );
    }

    private int NumberOf(in ReportTouch touch, string? conversion) =>
        NumberOf(
            new PartKey(
                campaign ? touch.Campaign : null,
                channel ? touch.Channel : null,
                creative ? touch.Creative : null,
                placement ? touch.Placement : null,
                kind ? touch.Kind : null,
                ofConversion ? conversion : null
            )
        );

    private int NumberOf(in PartKey found)
    {
        if (recent.TryGetValue(found, out int number))
            return number;
        if (recent.Count >= RecentMax)
            recent.Clear();
        return recent[found] = NumberOf(found.Names);
    }

    private int NumberOf(PartNames found)
    {
        ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, found, out bool exists);
        if (!exists)
        {
            number = names.Count;
            names.Add(found);
        }
        return number;
    }

    private int NumberOf(AttributionRule rule)
    {
        ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(ruleNumbers, rule, out bool exists);
        if (!exists)
        {
            number = ruleList.Count;
            ruleList.Add(rule);
        }
        return number;
    }
}
