using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Rates;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Attribution.Timeline;

namespace Throughline.Core.Tests.Attribution.Timeline;

/// <summary>A touch as people tell it.</summary>
internal sealed record Met(
    string Id,
    long Time,
    string Kind,
    string Campaign,
    string Channel = "",
    int Tier = 0,
    bool Bot = false,
    bool Machine = false
);

/// <summary>A conversion as people tell it.</summary>
internal sealed record Won(
    string Id,
    long Time,
    long Minor,
    string Kind = "purchase",
    string Order = "",
    string Currency = "EUR",
    ConversionFlags Flags = ConversionFlags.None
)
{
    public IReadOnlyList<long> Refunds { get; init; } = [];
}

/// <summary>A timeline in names, run through the kernel.</summary>
internal sealed class TimelineCase : IRuleFacts
{
    private static readonly string[] Kinds = ["impression", "view", "click", "email_open", "lead", "deal"];
    private static readonly string[] ConversionKinds = ["purchase", "signup"];

    private readonly IReadOnlyList<Met> touches;
    private readonly IReadOnlyList<Won> conversions;

    public TimelineCase(
        IEnumerable<AttributionRule> rules,
        IEnumerable<Met> touches,
        IEnumerable<Won> conversions,
        IEnumerable<WeightTable>? tables = null,
        bool explains = false,
        RateBook? rates = null
    )
        : this(rules.Select(rule => new PublishedRule(rule)), touches, conversions, tables, explains, rates) { }

    public TimelineCase(
        IEnumerable<PublishedRule> rules,
        IEnumerable<Met> touches,
        IEnumerable<Won> conversions,
        IEnumerable<WeightTable>? tables = null,
        bool explains = false,
        RateBook? rates = null
    )
    {
        this.touches = [.. touches.OrderBy(x => x.Time).ThenBy(x => x.Id, StringComparer.Ordinal)];
        this.conversions = [.. conversions.OrderBy(x => x.Time).ThenBy(x => x.Id, StringComparer.Ordinal)];
        string[] campaigns = [.. this.touches.Select(x => x.Campaign).Distinct()];
        string[] channels = [.. this.touches.Select(x => x.Channel).Distinct()];
        Rules = new(rules, tables ?? [], new RuleNames(campaigns, Kinds, ConversionKinds, channels), rates);
        Kernel = new(Rules, explains);
        List<long> refunds = [];
        List<TimelineConversion> rows = [];
        foreach (Won won in this.conversions)
        {
            rows.Add(
                new()
                {
                    Time = won.Time,
                    Minor = won.Minor,
                    Order = won.Order.Length == 0 ? 0 : (ulong)(1 + Orders().ToList().IndexOf(won.Order)),
                    Kind = Array.IndexOf(ConversionKinds, won.Kind),
                    Currency = won.Currency[0] | won.Currency[1] << 8 | won.Currency[2] << 16,
                    FirstRefund = refunds.Count,
                    Refunds = won.Refunds.Count,
                    Flags = won.Flags,
                }
            );
            refunds.AddRange(won.Refunds);
        }
        int owners = 1 + this.touches.Select(x => x.Tier).DefaultIfEmpty(0).Max();
        byte[] tiers =
        [
            .. Enumerable.Range(0, owners * owners).Select(i => (byte)Math.Abs((i / owners) - (i % owners))),
        ];
        TimelineTouch[] seen =
        [
            .. this.touches.Select(x => new TimelineTouch
            {
                Time = x.Time,
                Campaign = Array.IndexOf(campaigns, x.Campaign),
                Channel = Array.IndexOf(channels, x.Channel),
                Kind = (ushort)Array.IndexOf(Kinds, x.Kind),
                Owner = (ushort)x.Tier,
                Flags =
                    (x.Kind == "click" ? TouchFlags.Click : 0)
                    | (x.Bot ? TouchFlags.Bot : 0)
                    | (x.Machine ? TouchFlags.MachineOpen : 0),
            }),
        ];
        Kernel.Evaluate(new(seen, rows.ToArray(), refunds.ToArray(), tiers, owners), this);
    }

    public CompiledRules Rules { get; }
    public TimelineKernel Kernel { get; }

    /// <summary>What became of each candidate of a conversion: <c>a credited 60, b not_last</c>.</summary>
    public string Touches(string conversion) =>
        string.Join(
            ", ",
            Candidates(conversion)
                .Select(x =>
                    $"{touches[x.Touch].Id} {JsonNameOf(x.Reason)}{(x.Reason == TouchReason.Credited ? $" {x.Minor}" : "")}"
                )
        );

    public string Id(CandidateCredit candidate) => touches[candidate.Touch].Id;

    public CandidateCredit[] Candidates(string conversion)
    {
        ConversionCredit credit = Credit(conversion);
        return Kernel.Candidates.Slice(credit.FirstCandidate, credit.Candidates).ToArray();
    }

    public GroupCredit[] Groups(string conversion)
    {
        ConversionCredit credit = Credit(conversion);
        return Kernel.Groups.Slice(credit.FirstGroup, credit.Groups).ToArray();
    }

    public ConversionCredit Credit(string conversion) =>
        Kernel.Conversions[conversions.ToList().FindIndex(x => x.Id == conversion)];

    public void ReadConversion(int conversion, RuleFacts facts)
    {
        Won won = conversions[conversion];
        facts.ConversionKind = won.Kind;
        facts.Currency = won.Currency;
        facts.OrderId = won.Order.Length == 0 ? null : won.Order;
    }

    public void ReadTouch(int touch, RuleFacts facts)
    {
        Met met = touches[touch];
        facts.TouchKind = met.Kind;
        facts.Campaign = met.Campaign;
        facts.Channel = met.Channel.Length == 0 ? null : met.Channel;
        facts.TouchTime = met.Time;
        facts.Tier = met.Tier;
    }

    private static string JsonNameOf(TouchReason reason) =>
        System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());

    private IEnumerable<string> Orders() => conversions.Select(x => x.Order).Distinct();
}
