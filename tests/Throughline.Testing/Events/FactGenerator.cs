using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Events.Identifiers;
using Throughline.Core.Identity;
using Throughline.Core.Identity.Types;
using Throughline.Core.Tenant;

namespace Throughline.Testing.Events;

/// <summary>
/// Random facts over a small world, dense enough that identifiers meet, verdicts flip, orders repeat and instants collide.
/// The same seed gives the same facts.
/// </summary>
public sealed class FactGenerator(int seed)
{
    public const long Start = 1_750_000_000_000;
    private const long Minute = 60_000;

    private static readonly string[] Agents =
    [
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; rv:127.0) Gecko/20100101 Firefox/127.0",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "curl/8.5.0",
        "thing (Android 14)",
    ];

    private readonly Random random = new(seed);
    private readonly List<((string, string), (string, string))> pairs = [];
    private int version;

    /// <summary>Minutes that the facts span.</summary>
    public int Minutes { get; init; } = 40;

    /// <summary>Distinct values of each identifier type.</summary>
    public int Values { get; init; } = 6;

    /// <summary>Identifiers of one event at most.</summary>
    public int Most { get; init; } = 3;

    /// <summary>Of a hundred facts so many more are an operator's word about identity: labels, blocks, pairs, strategies.</summary>
    public int Statements { get; init; }

    /// <summary>Of a hundred words of operators so many erase somebody.</summary>
    public int Erasures { get; init; }

    /// <summary>Rules of all kinds instead of documents of campaigns, and channels of touches.</summary>
    public bool RichRules { get; init; }

    /// <summary>Rules that ask for facts of the customer; with <see cref="RichRules"/>.</summary>
    public bool CustomerFacts { get; init; }

    /// <summary>Conversions in several currencies, rules with one of their own, and exchange rates; with <see cref="RichRules"/>.</summary>
    public bool Rates { get; init; }

    /// <summary>Touches and conversions have creatives, placements and properties, and rules read them.</summary>
    public bool Details { get; init; }

    public List<Fact> Generate(int count)
    {
        List<Fact> facts = [Campaign("a"), Campaign("b")];
        if (RichRules)
            facts.Add(Table());
        for (int i = 0; i < count; i++)
            facts.Add(Details ? Detail(Next(i, facts)) : Next(i, facts));
        return facts;
    }

    private Fact Detail(Fact fact) =>
        fact.Type is < EventType.Impression or > EventType.Conversion
            ? fact
            : fact with
            {
                Creative = random.Next(3) == 0 ? null : $"red, \"{random.Next(2)}\"",
                Placement = random.Next(3) == 0 ? null : "top",
                Properties = random.Next(4) switch
                {
                    0 => null,
                    1 => """{"machine_open":true,"shop":"a"}""",
                    2 => $$$"""{"shop":"b","basket":{"n":{{{random.Next(3)}}}}}""",
                    _ => $$"""{"shop":"{{(char)('a' + random.Next(3))}}","n":{{random.Next(4)}}}""",
                },
            };

    private Fact Next(int i, List<Fact> facts)
    {
        string id = $"e{i}";
        long time = Time();
        if (Rates && random.Next(20) == 0)
            return new(id, EventType.Control, time)
            {
                Document = ControlDocument.Rates(new RandomRates(random, Start, Minutes).Next(++version)),
            };
        Fact fact = new(id, EventType.Identify, time) { Identifiers = Identifiers() };
        int kind = Statements > 0 && random.Next(100) < Statements ? random.Next(86, 99) : random.Next(100);
        if (Details && Statements == 0 && random.Next(3) > 0)
            kind = random.Next(22, 74); // dense in what earns
        if (kind < 22)
            return Context(fact with { Type = EventType.Request });
        if (kind < 48)
            return Context(Touch(fact));
        if (kind < 66)
            return Context(
                fact with
                {
                    Type = EventType.Conversion,
                    Minor = random.Next(0, 1000),
                    OrderId = random.Next(4) == 0 ? $"o{random.Next(3)}" : null,
                    Kind = random.Next(4) == 0 ? "signup" : null,
                    Currency = Rates ? RandomRates.Currencies[random.Next(3)] : "EUR",
                }
            );
        if (kind < 74)
            return fact with
            {
                Type = EventType.Refund,
                Identifiers = [],
                Minor = random.Next(1, 400),
                Currency = random.Next(10) == 0 ? "USD" : "EUR",
                Conversion = random.Next(3) > 0 ? $"e{random.Next(i + 5)}" : null,
                OrderId = $"o{random.Next(3)}",
            };
        if (kind < 79)
            return fact;
        if (kind < 82)
            return Link(fact);
        if (kind < 86)
            return Context(fact with { Type = EventType.Decision, Action = (DecisionAction)random.Next(4) });
        if (Erasures > 0 && kind < 98 && random.Next(100) < Erasures)
            return Erase(id, time);
        if (kind < 92)
        {
            long from = Time();
            return Context(
                fact with
                {
                    Type = EventType.Label,
                    Label = (Verdict)random.Next(4),
                    From = from,
                    To = from + random.Next(20) * Minute,
                }
            );
        }
        if (kind < 95)
            return Block(id, time);
        if (kind < 97)
            return Pair(id, time);
        if (kind < 98)
            return new(id, EventType.Control, time) { Document = ControlDocument.Strategy(Strategy()) };
        if (kind < 99)
            return new(id, EventType.Control, time)
            {
                Document =
                    random.Next(2) == 0
                        ? ControlDocument.Types(Types())
                        : ControlDocument.Freeze(Identifier().Item1, random.Next(3) > 0),
            };
        return Campaign(random.Next(2) == 0 ? "a" : "b") with { Id = id };
    }

    private Fact Link(Fact fact)
    {
        (string, string) a = Identifier();
        (string, string) b = Identifier();
        return a == b
            ? fact
            : fact with
            {
                Type = EventType.Link,
                Identifiers = [a, b],
                Stated = new(
                    random.Next(1, 4),
                    random.Next(4) * 300_000,
                    random.Next(3) == 0 ? "other" : "crm",
                    $"people/{random.Next(1, 3)}"
                ),
            };
    }

    private Fact Touch(Fact fact)
    {
        EventType type = (EventType)random.Next((int)EventType.Impression, (int)EventType.Nurture + 1);
        return fact with
        {
            Type = type,
            Name = type == EventType.Nurture ? "email_open" : null,
            Channel = RichRules ? RandomRules.Channels[random.Next(3)] : null,
            Campaign = random.Next(8) switch
            {
                0 => null,
                1 => "unknown",
                < 5 => "a",
                _ => "b",
            },
        };
    }

    private Fact Context(Fact fact) =>
        fact with
        {
            Address = random.Next(3) == 0 ? null : $"192.0.2.{random.Next(3)}",
            UserAgent =
                random.Next(5) == 0 ? null : Agents[Math.Max(0, random.Next(Details ? 60 : 12) - (Details ? 55 : 7))],
        };

    private Fact Block(string id, long time)
    {
        (string type, string value) = Identifier();
        return new(id, EventType.Control, time)
        {
            Document = ControlDocument.Block(type, Fact.TokenOf(type, value), random.Next(5) < 3),
        };
    }

    private Fact Erase(string id, long time)
    {
        List<(string Type, Token Token)> ends =
        [
            .. Enumerable
                .Range(0, random.Next(1, 5))
                .Select(_ => Identifier())
                .Distinct()
                .Select(end => (end.Item1, Fact.TokenOf(end.Item1, end.Item2))),
        ];
        return new(id, EventType.Control, time) { Document = ControlDocument.Erase(new(ends, random.Next(3) > 0)) };
    }

    private Fact Pair(string id, long time)
    {
        ((string Type, string Value) a, (string Type, string Value) b) =
            Statements > 0 && pairs.Count > 0 && random.Next(2) == 0
                ? pairs[random.Next(pairs.Count)] // what was said is taken back, or said again
                : (Identifier(), Identifier());
        pairs.Add((a, b));
        return new(id, EventType.Control, time)
        {
            Document = ControlDocument.Pair(
                random.Next(2) == 0 ? ControlDocument.LinkKind : ControlDocument.SeparateKind,
                (a.Type, Fact.TokenOf(a.Type, a.Value)),
                (b.Type, Fact.TokenOf(b.Type, b.Value)),
                random.Next(3) > 0
            ),
        };
    }

    /// <summary>Any strategy that can be used: few identifiers in a customer, so that limits matter.</summary>
    public Strategy Strategy()
    {
        string[] types = ["user", "email", "device", "cookie", "loyalty"];
        random.Shuffle(types);
        return new(
            $"s{random.Next(10)}",
            ++version,
            [.. types.Take(random.Next(6)).Select(type => Rule(type, named: true))],
            Rule("", named: false),
            random.Next(3) == 0 ? 500 : random.Next(2, 8),
            random.Next(2) == 0,
            random.Next(4) == 0 ? 2 : 1,
            Matcher(),
            LinkConditions()
        );
    }

    private List<LinkCondition>? LinkConditions()
    {
        if (random.Next(2) == 0)
            return null;
        string[] texts = [.. Conditions.Keys];
        string[] types = ["user", "email", "device", "cookie", "loyalty"];
        List<LinkCondition> conditions = [];
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            random.Shuffle(types);
            conditions.Add(new($"c{i}", types[..random.Next(3)], texts[random.Next(texts.Length)]));
        }
        return conditions;
    }

    /// <summary>Conditions that strategies are made with, and what each says in plain words; types of ends in the order of their names.</summary>
    public static IReadOnlyDictionary<string, Holds> Conditions { get; } =
        new Dictionary<string, Holds>
        {
            ["event.type == 'identify'"] = (in EventRecord record, string _, string _) =>
                record.Type == EventType.Identify,
            ["event.type in ['conversion', 'email_open', 'link']"] = (in EventRecord record, string _, string _) =>
                record.Type is EventType.Conversion or EventType.Nurture or EventType.Link,
            ["event.campaign == 'a'"] = (in EventRecord record, string _, string _) =>
                record.Text(EventField.Campaign) == "a",
            ["!has(event.campaign) || event.campaign != 'a'"] = (in EventRecord record, string _, string _) =>
                record.Text(EventField.Campaign) != "a",
            ["event.agent.contains('Firefox')"] = (in EventRecord record, string _, string _) =>
                record.Text(EventField.UserAgent)?.Contains("Firefox", StringComparison.Ordinal) == true,
            ["event.time.getSeconds() == 0"] = (in EventRecord record, string _, string _) =>
                record.Time / 1000 % 60 == 0,
            ["link.a == 'cookie' && link.b != 'user'"] = (in EventRecord _, string a, string b) =>
                a == "cookie" && b != "user",
            ["link.a == link.b"] = (in EventRecord _, string a, string b) => a == b,
            ["false"] = (in EventRecord _, string _, string _) => false,
        };

    /// <summary>Whether an event is evidence for a link of these types.</summary>
    public delegate bool Holds(in EventRecord record, string a, string b);

    /// <summary>Any identifier types that can be used, as far as the customer graph asks.</summary>
    public IdentifierTypes Types()
    {
        string[] types = ["user", "email", "device", "cookie", "loyalty"];
        random.Shuffle(types);
        return new(
            ++version,
            BlockedDefaults.None,
            [
                .. types
                    .Take(random.Next(4))
                    .Select(type => new IdentifierTypeRule(
                        type,
                        Class: random.Next(2) == 0 ? null : (TypeClass)random.Next(1, 7),
                        Priority: random.Next(2) == 0 ? null : random.Next(3),
                        ValidForMs: random.Next(2) == 0 ? null : random.Next(1, Minutes) * Minute
                    )),
            ]
        );
    }

    private List<MatcherRule>? Matcher() =>
        random.Next(3) == 0
            ? null
            :
            [
                .. Enumerable
                    .Range(1, 3)
                    .Where(_ => random.Next(3) > 0)
                    .Select(tier => new MatcherRule(
                        tier,
                        random.Next(4) * 300_000,
                        random.Next(2) == 0 ? null : random.Next(1, 5),
                        random.Next(3) == 0 ? ["crm"] : null,
                        random.Next(4) == 0 ? ["people/1"] : null
                    )),
            ];

    private TypeRule Rule(string type, bool named)
    {
        int? perWindow = random.Next(4) == 0 ? random.Next(1, 3) : null;
        int? max = named && random.Next(2) == 0 ? random.Next(1, 3) : null;
        return new(
            type,
            random.Next(3) == 0 ? TypeClass.Person : TypeClass.Browser,
            random.Next(1, 4),
            max,
            perWindow,
            perWindow is null ? 0 : random.Next(1, Minutes) * Minute,
            random.Next(3) == 0 ? random.Next(1, 4) : null,
            random.Next(4) == 0 ? random.Next(1, 6) : null,
            max == 1 && random.Next(2) == 0
                ? new(random.Next(1, 3), random.Next(3) == 0 ? TypeClass.Person : TypeClass.Browser)
                : null
        );
    }

    private Fact Campaign(string name)
    {
        version++;
        if (RichRules)
            return new($"rule{version}", EventType.Control, Time())
            {
                Document = ControlDocument.AttributionRule(
                    new RandomRules(random, Start, Minutes)
                    {
                        HasCurrencies = Rates,
                        HasCustomerFacts = CustomerFacts,
                        Details = Details,
                    }.Next(random.Next(6) == 0 ? "*" : name, version)
                ),
            };
        long from = random.Next(3) == 0 ? Time() : 0;
        CampaignRule rule = new(
            random.Next(6) == 0 ? CampaignRule.DefaultCampaign : name,
            version,
            random.Next(2, 25) * Minute,
            (CreditModel)random.Next(2),
            random.Next(4) == 0 ? 1 : 0,
            random.Next(5) == 0 ? "other" : CampaignRule.DefaultGroup,
            from,
            from == 0 ? long.MaxValue : from + random.Next(1, 20) * Minute,
            random.Next(3) > 0,
            0,
            0
        );
        return new($"rule{version}", EventType.Control, Time()) { Document = ControlDocument.Campaign(rule) };
    }

    // Comes whenever it comes: rules that name it wait for it.
    private Fact Table() =>
        new("table", EventType.Control, Time()) { Document = ControlDocument.WeightTable(RandomRules.Table) };

    private List<(string, string)> Identifiers() =>
        Enumerable.Range(0, random.Next(1, Most + 1)).Select(_ => Identifier()).Distinct().ToList();

    private (string, string) Identifier()
    {
        string type = random.Next(6) switch
        {
            0 => "user",
            1 => "email",
            2 => "loyalty",
            3 => "device",
            _ => "cookie",
        };
        return (type, $"v{random.Next(Values)}");
    }

    // Half-minute steps, so that instants collide.
    private long Time() => Start + random.Next(Minutes * 2) * (Minute / 2);
}
