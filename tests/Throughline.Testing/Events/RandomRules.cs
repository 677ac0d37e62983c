using Throughline.Core.Attribution.Rules;

namespace Throughline.Testing.Events;

/// <summary>Attribution rules that use every member, over a few minutes, so that windows, pauses and caps matter.</summary>
public sealed class RandomRules(Random random, long start, int minutes)
{
    public const string NoViews = "touch.kind != 'view'";
    public const string FirstSale = "customer.earlier_conversions == 0";
    public const string Strong = "touch.tier < 2";
    public const string Double = "conversion.minor * 2";
    private const long Minute = 60_000;

    public static readonly string?[] Channels = ["search", "email", "direct"];

    public static WeightTable Table { get; } =
        new("t", 1, new SortedDictionary<string, long>(StringComparer.Ordinal) { ["search"] = 7, ["email"] = 2 });

    private static readonly AttributionModel[] Models =
    [
        AttributionModel.Last,
        AttributionModel.Linear,
        AttributionModel.UShaped,
        AttributionModel.InverseJ,
        new(ModelKind.First),
        new(ModelKind.LastNonDirect),
        new(ModelKind.UniqueLinear),
        new(ModelKind.Participation),
        new(ModelKind.TimeDecay) { HalfLifeMs = 5 * Minute },
        new(ModelKind.CreditVector) { Shares = [5, 3, 1] },
        new(ModelKind.DataDriven) { Table = ("t", 1) },
    ];

    public const string NewCustomer = "customer.is_new";
    public const string Known = "conversion.time - customer.first_seen > duration('600s')";
    public const string Busy = "customer.touches >= 3";
    public const string Rested =
        "!has(customer.last_conversion) || conversion.time - customer.last_conversion > duration('300s')";
    public const string Young =
        "has(customer.first_conversion) && conversion.time - customer.first_conversion < duration('900s')";

    /// <summary>Some rules ask for facts of the customer.</summary>
    public bool HasCustomerFacts { get; init; }

    /// <summary>Some rules share values in a currency of their own.</summary>
    public bool HasCurrencies { get; init; }

    /// <summary>Expressions over creatives, placements and properties, too.</summary>
    public bool Details { get; init; }

    public AttributionRule Next(string campaign, int version)
    {
        AttributionRule rule = Plain(campaign, version);
        if (Details)
            rule = Detail(rule);
        if (HasCustomerFacts && random.Next(2) == 0)
            rule = rule with { Eligible = Pick(NewCustomer, Known, Busy, Rested, Young) };
        return HasCurrencies && random.Next(3) > 0 ? rule with { Currency = Pick("EUR", "USD", "JPY") } : rule;
    }

    private AttributionRule Detail(AttributionRule rule)
    {
        bool isKeyed = rule.IsCoupled && random.Next(3) == 0;
        return rule with
        {
            Eligible = Pick(
                rule.Eligible,
                rule.Eligible,
                "has(touch.creative) && touch.creative.startsWith('red')",
                "touch.placement == 'top' || touch.properties.n > 1", // has no value where both are missing
                "!has(touch.properties.shop) || touch.properties.shop == conversion.properties.shop",
                "has(touch.channel) && touch.age < duration('600s')"
            ),
            Value = Pick(rule.Value, rule.Value, "conversion.properties.n * 100"),
            ExcludeMachineOpens = random.Next(2) == 0,
            ViewShare = random.Next(6) == 0 ? 0 : rule.ViewShare,
            Dedup = isKeyed ? DedupKey.Expression : rule.Dedup,
            DedupExpression = isKeyed ? "has(conversion.properties.shop) ? conversion.properties.shop : ''" : null,
            RestateForMs = rule.Restate && random.Next(4) == 0 ? random.Next(1, 30) * Minute : null,
        };
    }

    // With details windows and pauses grow with the time that facts span.
    private long Unit => Details ? Math.Max(1, minutes / 40) * Minute : Minute;

    private AttributionRule Plain(string campaign, int version)
    {
        bool coupled = random.Next(2) == 0;
        long from = random.Next(3) == 0 ? start + random.Next(minutes * 2) * (Minute / 2) : 0;
        return new()
        {
            Campaign = campaign,
            Conversion = random.Next(4) == 0 ? "signup" : "*",
            Version = version,
            Windows = Windows(),
            Eligible = Pick(null, null, null, NoViews, FirstSale, Strong),
            Priorities = new SortedDictionary<string, int>(StringComparer.Ordinal) { ["click"] = random.Next(2) },
            ClickBeforeView = random.Next(2) == 0,
            DisplaceLower = random.Next(4) == 0,
            TouchesPerConversion = random.Next(4) == 0 ? random.Next(1, 4) : null,
            Keep = (CapKeep)random.Next(3),
            ConversionsPerTouch = coupled && random.Next(3) == 0 ? random.Next(1, 3) : null,
            Reuse = coupled ? (TouchReuse)random.Next(3) : TouchReuse.Every,
            Counting = coupled ? (Counting)random.Next(2) : Counting.Every,
            CooldownMs = coupled && random.Next(3) == 0 ? random.Next(1, 10) * Unit : 0,
            Dedup = coupled && random.Next(3) == 0 ? DedupKey.Order : DedupKey.Event,
            DedupWithinMs = 20 * Unit,
            Group = random.Next(5) == 0 ? "other" : AttributionRule.DefaultGroup,
            Exclusivity = (Exclusivity)random.Next(2),
            ExcludeBots = random.Next(4) > 0,
            Value = random.Next(5) == 0 ? Double : null,
            ViewShare = random.Next(4) == 0 ? 3_333 : AttributionRule.FullShare,
            Model = Models[random.Next(Models.Length)],
            ValidFrom = from,
            ValidTo = from == 0 ? long.MaxValue : from + random.Next(1, 20) * Unit,
            Restate = random.Next(3) > 0,
        };
    }

    private SortedDictionary<string, TouchWindow> Windows()
    {
        TouchWindow others = new(
            random.Next(2, 25) * Unit,
            random.Next(4) == 0 ? [(2, random.Next(1, 10) * Unit), (4, TouchWindow.None)] : []
        );
        SortedDictionary<string, TouchWindow> windows = new(StringComparer.Ordinal)
        {
            [AttributionRule.Others] = others,
        };
        if (random.Next(2) == 0)
            windows["click"] = new(random.Next(2, 40) * Unit);
        return windows;
    }

    private T Pick<T>(params T[] from) => from[random.Next(from.Length)];
}
