using System.Runtime.InteropServices;
using Throughline.Core.Attribution.Rules;

namespace Throughline.Core.Attribution.Reports;

/// <summary>Sums of current credit by day, names and currency: whole numbers, so that no order of adding shows.</summary>
public sealed class CreditCube(CreditReportOptions options)
{
    private readonly Dictionary<CreditKey, CreditSum> sums = [];
    private readonly Dictionary<(int Day, int Names), DeliverySum> deliveries = [];
    private readonly HashSet<(CreditKey Key, int Rule)> rules = [];
    private readonly Dictionary<AttributionRule, int> ruleNumbers = new(ReferenceEqualityComparer.Instance);
    private readonly List<AttributionRule> ruleList = [];
    private readonly Dictionary<PartNames, int> numbers = [];
    private readonly List<PartNames> names = [];
    private readonly HashSet<(CreditKey, bool IsAssist)> seen = []; // of the conversion under way

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
        if (Options.Conversion is { } kind && kind != conversion.Kind)
            return;
        bool byTouch = Options.Date == ReportDate.Touch;
        if (!byTouch && !Options.Covers(conversion.Time))
            return;
        Conversions++;
        seen.Clear();
        int last = conversion.Last;
        ReadOnlySpan<ReportTouch> touches = CollectionsMarshal.AsSpan(conversion.Touches);
        for (int i = 0; i < touches.Length; i++)
        {
            ref readonly ReportTouch touch = ref touches[i];
            if (!touch.IsOnPath && !touch.IsCredited || byTouch && !Options.Covers(touch.Time))
                continue;
            int day = Options.DayOf(byTouch ? touch.Time : conversion.Time);
            int number = NumberOf(touch, conversion.Kind);
            if (touch.IsCredited)
                Credit(new(day, number, touch.Currency), touch);
            if (touch.IsOnPath)
                Interact(new(day, number, conversion.Currency), conversion, i == last);
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
        if (!isValid)
            sum.Invalid++;
        else if (touch.Kind == "impression")
            sum.Impressions++;
        else if (touch.Kind == "view")
            sum.Views++;
        else if (touch.Kind == "click")
            sum.Clicks++;
        else
            sum.Others++;
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

    private void Credit(CreditKey key, in ReportTouch touch)
    {
        ref CreditSum sum = ref SumOf(key);
        sum.Touches++;
        sum.Conversions += seen.Add((key, false)) ? 1 : 0;
        sum.Share +=
            touch.Weights == 0 ? 0 : (touch.Weight * (Int128)CreditSum.Unit * 2 + touch.Weights) / (touch.Weights * 2);
        sum.Minor = checked(sum.Minor + touch.Minor);
        sum.Net = checked(sum.Net + touch.Net);
        if (touch.Rule is { } rule)
            rules.Add((key, NumberOf(rule)));
    }

    private void Interact(CreditKey key, ReportCase conversion, bool isLast)
    {
        if (isLast)
            SumOf(key).Last++;
        else if (seen.Add((key, true)))
        {
            ref CreditSum sum = ref SumOf(key);
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

    private int NumberOf(in ReportTouch touch, string? conversion)
    {
        PartNames found = new();
        foreach (ReportPart part in Options.By)
            found = part switch
            {
                ReportPart.Campaign => found with { Campaign = touch.Campaign },
                ReportPart.Channel => found with { Channel = touch.Channel },
                ReportPart.Creative => found with { Creative = touch.Creative },
                ReportPart.Placement => found with { Placement = touch.Placement },
                ReportPart.Kind => found with { Kind = touch.Kind },
                _ => found with { Conversion = conversion },
            };
        return NumberOf(found);
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
