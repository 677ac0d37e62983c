using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Identity;
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

    public List<Fact> Generate(int count)
    {
        List<Fact> facts = [Campaign("a"), Campaign("b")];
        for (int i = 0; i < count; i++)
            facts.Add(Next(i, facts));
        return facts;
    }

    private Fact Next(int i, List<Fact> facts)
    {
        string id = $"e{i}";
        long time = Time();
        Fact fact = new(id, EventType.Identify, time) { Identifiers = Identifiers() };
        int kind = Statements > 0 && random.Next(100) < Statements ? random.Next(86, 98) : random.Next(100);
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
        if (kind < 82)
            return fact;
        if (kind < 86)
            return Context(fact with { Type = EventType.Decision, Action = (DecisionAction)random.Next(4) });
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
        return Campaign(random.Next(2) == 0 ? "a" : "b") with { Id = id };
    }

    private Fact Touch(Fact fact)
    {
        EventType type = (EventType)random.Next((int)EventType.Impression, (int)EventType.Nurture + 1);
        return fact with
        {
            Type = type,
            Name = type == EventType.Nurture ? "email_open" : null,
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
            UserAgent = random.Next(5) == 0 ? null : Agents[Math.Max(0, random.Next(12) - 7)],
        };

    private Fact Block(string id, long time)
    {
        (string type, string value) = Identifier();
        return new(id, EventType.Control, time)
        {
            Document = ControlDocument.Block(type, Fact.TokenOf(type, value), random.Next(5) < 3),
        };
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
            random.Next(4) == 0 ? 2 : 1
        );
    }

    private TypeRule Rule(string type, bool named)
    {
        int? perWindow = random.Next(4) == 0 ? random.Next(1, 3) : null;
        return new(
            type,
            random.Next(3) == 0 ? TypeClass.Person : TypeClass.Browser,
            random.Next(1, 4),
            named && random.Next(2) == 0 ? random.Next(1, 3) : null,
            perWindow,
            perWindow is null ? 0 : random.Next(1, Minutes) * Minute,
            random.Next(3) == 0 ? random.Next(1, 4) : null,
            random.Next(4) == 0 ? random.Next(1, 6) : null
        );
    }

    private Fact Campaign(string name)
    {
        version++;
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
