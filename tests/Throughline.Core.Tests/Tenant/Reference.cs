using System.Text;
using System.Text.Json;
using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Identity;

namespace Throughline.Core.Tests.Tenant;

/// <summary>
/// What the lenses mean, computed from scratch over the whole set of facts, in the plainest way: the oracle of the machine.
/// Shares with it the record reader and the two pure policies, nothing of the incremental state.
/// </summary>
internal sealed class Reference
{
    private readonly List<byte[]> facts;
    private readonly Dictionary<(Token Actor, int Bucket), Verdict> verdicts = [];
    private readonly Dictionary<Token, Token> founders = [];
    private readonly Dictionary<Token, (int Type, string Name, long First)> seen = [];
    private readonly HashSet<Token> blocked = [];
    private readonly HashSet<Token> shared = [];
    private readonly List<(Token A, Token B)> linked = [];
    private readonly List<(Token A, Token B)> separated = [];
    private Strategy strategy = Strategy.Default;
    private readonly List<(CampaignRule Rule, Token Id)> rules = [];

    public Reference(IEnumerable<byte[]> facts)
    {
        this.facts = [.. facts];
        ReadStatements();
        FindVerdicts();
        FindCustomers();
    }

    public IReadOnlyDictionary<(Token Actor, int Bucket), Verdict> Verdicts => verdicts;

    /// <summary>Every live identifier and the founder of its customer.</summary>
    public IReadOnlyDictionary<Token, Token> Founders => founders;

    /// <summary>Every conversion, as one line of text.</summary>
    public SortedDictionary<string, string> Conversions()
    {
        SortedDictionary<string, string> lines = new(StringComparer.Ordinal);
        foreach (byte[] fact in Of(EventType.Conversion))
            lines.Add(Record(fact).Id.ToString(), Describe(CaseOf(fact), position => Record(facts[(int)position]).Id));
        return lines;
    }

    /// <summary>The outcome of a case in words that name things by content.</summary>
    public static string Describe(ConversionCase conversion, Func<long, Token> idAt)
    {
        StringBuilder line = new();
        line.Append(conversion.Status)
            .Append(' ')
            .Append(conversion.Minor)
            .Append(" refunded ")
            .Append(conversion.Refunded);
        if (conversion.DuplicateOf >= 0)
            line.Append($" of {idAt(conversion.DuplicateOf)}");
        foreach (Candidate c in conversion.Candidates)
        {
            CampaignRule? rule = c.Rule < 0 ? null : conversion.Rules[c.Rule];
            line.Append($" | {idAt(c.Position)} {c.Time} {c.Campaign} {c.Kind} {c.IsBot} {c.Reason} {c.Minor} {c.Net}");
            line.Append($" {rule?.Campaign}@{rule?.Version} {rule?.Published}");
        }
        foreach (RefundCase r in conversion.Refunds)
            line.Append($" | {idAt(r.Position)} {r.Minor} {r.SameCurrency}");
        foreach (GroupShare share in conversion.Shares)
            line.Append($" | {share}");
        return line.ToString();
    }

    private IEnumerable<byte[]> Of(params EventType[] types) => facts.Where(fact => types.Contains((EventType)fact[1]));

    private static EventRecord Record(byte[] fact) => EventRecord.FromTrusted(fact);

    private void ReadStatements()
    {
        Dictionary<Token, (long, Token, bool)> switches = [];
        Dictionary<(string, Token, Token), (long, Token, bool)> pairs = [];
        (long, Token) newest = (long.MinValue, default);
        foreach (byte[] fact in Of(EventType.Control))
        {
            EventRecord record = Record(fact);
            record.TryGet(EventField.Document, out ReadOnlySpan<byte> json);
            JsonElement document = JsonDocument.Parse(json.ToArray()).RootElement;
            string kind = document.GetProperty("kind").GetString()!;
            if (kind == "strategy")
            {
                if ((record.Time, record.Id).CompareTo(newest) <= 0)
                    continue;
                newest = (record.Time, record.Id);
                strategy = StrategyJson.Read(document.GetProperty("strategy"));
                continue;
            }
            if (kind is "link" or "separate")
            {
                Assert.True(Token.TryParse(document.GetProperty("a").GetProperty("token").GetString(), out Token a));
                Assert.True(Token.TryParse(document.GetProperty("b").GetProperty("token").GetString(), out Token b));
                var pair = a.CompareTo(b) < 0 ? (kind, a, b) : (kind, b, a);
                (long, Token, bool) said = (record.Time, record.Id, document.GetProperty("holds").GetBoolean());
                if (!pairs.TryGetValue(pair, out (long, Token, bool) last) || said.CompareTo(last) > 0)
                    pairs[pair] = said;
                continue;
            }
            if (kind == "campaign")
            {
                rules.Add(
                    (
                        new(
                            document.GetProperty("campaign").GetString()!,
                            document.GetProperty("version").GetInt32(),
                            document.GetProperty("windowMs").GetInt64(),
                            (CreditModel)document.GetProperty("model").GetInt32(),
                            document.GetProperty("priority").GetInt32(),
                            document.GetProperty("group").GetString()!,
                            document.GetProperty("validFrom").GetInt64(),
                            document.GetProperty("validTo").GetInt64(),
                            document.GetProperty("restate").GetBoolean(),
                            record.Time,
                            0
                        ),
                        record.Id
                    )
                );
                continue;
            }
            Assert.True(Token.TryParse(document.GetProperty("token").GetString(), out Token token));
            (long, Token, bool) mine = (record.Time, record.Id, document.GetProperty("blocked").GetBoolean());
            if (!switches.TryGetValue(token, out (long, Token, bool) other) || mine.CompareTo(other) > 0)
                switches[token] = mine;
        }
        blocked.UnionWith(switches.Where(s => s.Value.Item3).Select(s => s.Key));
        foreach (((string kind, Token a, Token b), (long, Token, bool) said) in pairs)
            if (said.Item3 && a != b)
                (kind == "link" ? linked : separated).Add((a, b));
    }

    private void FindVerdicts()
    {
        List<byte[]> observations = facts.Where(fact => ((EventType)fact[1]).IsObservation()).ToList();
        var requests = observations
            .Where(fact => fact[1] == (byte)EventType.Request && AddressOf(fact) != null)
            .GroupBy(fact => (AddressOf(fact), VerdictPolicy.BucketOf(Record(fact).Time)))
            .ToDictionary(group => group.Key, group => group.Count());
        foreach (
            var group in observations.GroupBy(fact =>
                (Actor.Of(Record(fact)), VerdictPolicy.BucketOf(Record(fact).Time))
            )
        )
        {
            if (group.Key.Item1 == default)
                continue;
            AgentClasses agents = AgentClasses.None;
            bool over = false;
            DecisionAction? worst = null;
            foreach (byte[] fact in group)
            {
                EventRecord record = Record(fact);
                if (record.Text(EventField.UserAgent) is { } agent)
                    agents |= AgentTable.Classify(agent);
                else if (record.Type == EventType.Request)
                    agents |= AgentClasses.Missing;
                if (AddressOf(fact) is { } address)
                    over |= requests.GetValueOrDefault((address, group.Key.Item2)) > VerdictPolicy.RequestsPerAddress;
                if (
                    record.Type == EventType.Decision
                    && record.TryGet(EventField.Action, out ReadOnlySpan<byte> action)
                )
                    worst = worst is { } known && known > (DecisionAction)action[0] ? known : (DecisionAction)action[0];
            }
            verdicts[group.Key] = VerdictPolicy
                .Decide(new(agents, over, LabelOf(group.Key.Item1, group.Key.Item2), worst))
                .Verdict;
        }
    }

    private static Token? AddressOf(byte[] fact) =>
        Record(fact).TryGet(EventField.Address, out ReadOnlySpan<byte> address) ? Token.Read(address) : null;

    private Verdict? LabelOf(Token actor, int bucket)
    {
        (long, Token, Verdict)? best = null;
        foreach (byte[] fact in Of(EventType.Label))
        {
            EventRecord record = Record(fact);
            if (Actor.Of(record) != actor)
                continue;
            int from = VerdictPolicy.BucketOf(record.Number(EventField.From)!.Value);
            int to = VerdictPolicy.BucketOf(record.Number(EventField.To)!.Value);
            record.TryGet(EventField.Verdict, out ReadOnlySpan<byte> verdict);
            (long, Token, Verdict) mine = (record.Time, record.Id, (Verdict)verdict[0]);
            if (bucket >= from && bucket <= to && (best is null || mine.CompareTo(best.Value) > 0))
                best = mine;
        }
        return best?.Item3;
    }

    private Verdict VerdictOf(byte[] fact) =>
        verdicts.GetValueOrDefault(
            (Actor.Of(Record(fact)), VerdictPolicy.BucketOf(Record(fact).Time)),
            Verdict.Unknown
        );

    private static List<(int Type, string Name, Token Token)> IdentifiersOf(byte[] fact)
    {
        EventRecord record = Record(fact);
        string[] custom = record.Text(EventField.CustomTypes)?.Split('\n') ?? [];
        List<(int, string, Token)> all = [];
        for (int i = 0; i < record.IdentifierCount; i++)
        {
            IdentifierEntry entry = record.Identifier(i);
            bool known = entry.Type < IdentifierType.FirstCustom;
            all.Add(
                (known ? entry.Type : 999, known ? "" : custom[entry.Type - IdentifierType.FirstCustom], entry.Token)
            );
        }
        return all;
    }

    private TypeRule RuleOf(Token token) =>
        strategy.Types.FirstOrDefault(rule => rule.Type == TypeNameOf(token)) ?? strategy.Others;

    private string TypeNameOf(Token token) =>
        seen[token].Type == 999 ? seen[token].Name : IdentifierType.NameOf((byte)seen[token].Type);

    // 1 to 3 of lenses.md, from scratch.
    private void FindCustomers()
    {
        Dictionary<(Token A, Token B), (long First, long Last, int Count)> evidence = [];
        foreach (byte[] fact in facts.Where(fact => ((EventType)fact[1]).IsSighting()))
        {
            List<(int Type, string Name, Token Token)> identifiers = IdentifiersOf(fact);
            long time = Record(fact).Time;
            foreach ((int type, string name, Token token) in identifiers)
            {
                long first = seen.TryGetValue(token, out (int, string, long First) known) ? known.First : long.MaxValue;
                seen[token] = (type, name, Math.Min(first, time));
            }
            if (!VerdictPolicy.Counts(VerdictOf(fact)))
                continue;
            foreach ((_, _, Token a) in identifiers)
            foreach ((_, _, Token b) in identifiers)
                if (a.CompareTo(b) < 0)
                    evidence[(a, b)] = evidence.TryGetValue((a, b), out var e)
                        ? (Math.Min(e.First, time), Math.Max(e.Last, time), e.Count + 1)
                        : (time, time, 1);
        }
        HashSet<(Token, Token)> byOperator = [.. linked];
        List<(Token A, Token B)> candidates =
        [
            .. evidence
                .Where(link => link.Value.Count >= strategy.MinEvidence)
                .Select(link => link.Key)
                .Union(byOperator)
                .Where(link => IsLive(link.Item1) && IsLive(link.Item2)),
        ];
        foreach (Token token in seen.Keys)
        {
            List<Token> neighbours =
            [
                .. candidates
                    .Where(link => link.A == token || link.B == token)
                    .Select(link => link.A == token ? link.B : link.A),
            ];
            TypeRule rule = RuleOf(token);
            int persons = neighbours.Count(neighbour => RuleOf(neighbour).Class == TypeClass.Person);
            if (persons > rule.SharedMax || neighbours.Count > rule.DegreeMax)
                shared.Add(token);
        }
        Dictionary<Token, List<Token>> groups = seen
            .Keys.Where(IsLive)
            .ToDictionary(x => x, x => new List<Token> { x });
        foreach (
            (Token a, Token b) in candidates
                .Where(link => !shared.Contains(link.A) && !shared.Contains(link.B))
                .OrderBy(link =>
                {
                    bool operators = byOperator.Contains(link);
                    (long first, long last, _) = evidence.GetValueOrDefault(link);
                    const long Day = 24 * 3_600_000;
                    long age = strategy.NewestFirst ? -(last / Day) : first / Day;
                    int tier = Math.Max(RuleOf(link.A).Tier, RuleOf(link.B).Tier);
                    (ulong high, ulong low) = LinkOrder.IdOf(link.A, link.B);
                    return operators ? (0, 0, high, low) : (tier, age, high, low);
                })
        )
        {
            if (groups[a] == groups[b])
                continue;
            List<Token> union = [.. groups[a], .. groups[b]];
            if (!KeepsLimits(union))
                continue;
            foreach (Token member in union)
                groups[member] = union;
        }
        foreach ((Token token, List<Token> group) in groups)
            founders[token] = group.MinBy(
                member => (seen[member].First, seen[member].Type, seen[member].Name, member),
                Comparer<(long, int, string, Token)>.Create(Compare)
            );
    }

    private bool IsLive(Token token) => seen.ContainsKey(token) && !blocked.Contains(token);

    private bool KeepsLimits(List<Token> group)
    {
        if (group.Count > strategy.SizeMax)
            return false;
        if (separated.Exists(pair => group.Contains(pair.A) && group.Contains(pair.B)))
            return false;
        foreach (var type in group.GroupBy(TypeNameOf))
        {
            TypeRule rule = RuleOf(type.First());
            if (type.Count() > rule.Max)
                return false;
            if (
                rule.PerWindow is { } max
                && type.Any(start =>
                    type.Count(other =>
                        seen[other].First >= seen[start].First && seen[other].First - seen[start].First <= rule.WindowMs
                    ) > max
                )
            )
                return false;
        }
        return true;
    }

    private static int Compare((long, int, string, Token) x, (long, int, string, Token) y)
    {
        int first = (x.Item1, x.Item2).CompareTo((y.Item1, y.Item2));
        int name = string.CompareOrdinal(x.Item3, y.Item3);
        return first != 0 ? first
            : name != 0 ? name
            : x.Item4.CompareTo(y.Item4);
    }

    private Token? CustomerOf(byte[] fact)
    {
        var own = IdentifiersOf(fact).Where(x => !blocked.Contains(x.Token) && !shared.Contains(x.Token)).ToList();
        if (own.Count == 0)
            return null;
        List<string> places = [.. strategy.Types.Select(rule => rule.Type)];
        return founders[
            own.OrderBy(x => places.IndexOf(TypeNameOf(x.Token)) is >= 0 and int place ? place : int.MaxValue)
                .ThenBy(x => x.Type)
                .ThenBy(x => x.Name, StringComparer.Ordinal)
                .ThenBy(x => x.Token)
                .First()
                .Token
        ];
    }

    private ConversionCase CaseOf(byte[] fact)
    {
        EventRecord record = Record(fact);
        Token? customer = CustomerOf(fact);
        ConversionCase conversion = new()
        {
            Time = record.Time,
            Id = record.Id,
            Minor = record.Number(EventField.Minor) ?? 0,
            HasCustomer = customer is not null,
            IsCustomerTooLarge =
                customer is { } id && founders.Values.Count(founder => founder == id) > ConversionCase.MaxIdentifiers,
            IsBot = !VerdictPolicy.Counts(VerdictOf(fact)),
        };
        string? order = OrderOf(fact);
        byte[] canonical = order is null
            ? fact
            : Of(EventType.Conversion)
                .Where(other => OrderOf(other) == order)
                .MinBy(other => (Record(other).Time, Record(other).Id))!;
        if (canonical != fact)
            conversion.DuplicateOf = facts.IndexOf(canonical);
        else
            AddRefunds(conversion, fact, order);
        if (conversion.DuplicateOf < 0 && customer is { } who && !conversion.IsBot && !conversion.IsCustomerTooLarge)
            AddCandidates(conversion, who);
        CreditPolicy.Decide(conversion);
        return conversion;
    }

    private void AddRefunds(ConversionCase conversion, byte[] fact, string? order)
    {
        foreach (byte[] other in Of(EventType.Refund))
        {
            EventRecord refund = Record(other);
            if (SaleOf(other) == (order ?? Record(fact).Id.ToString()))
                conversion.Refunds.Add(
                    new(
                        facts.IndexOf(other),
                        refund.Time,
                        refund.Id,
                        refund.Number(EventField.Minor)!.Value,
                        refund.Text(EventField.Currency) == Record(fact).Text(EventField.Currency)
                    )
                );
        }
        conversion.Refunds.Sort((x, y) => (x.Time, x.Id).CompareTo((y.Time, y.Id)));
    }

    // What a refund takes back: an order, or a conversion of none. One that names a conversion of an order means the order.
    private string? SaleOf(byte[] refund)
    {
        if (!Record(refund).TryGet(EventField.Conversion, out ReadOnlySpan<byte> id))
            return OrderOf(refund);
        Token named = Token.Read(id);
        byte[]? conversion = Of(EventType.Conversion).FirstOrDefault(fact => Record(fact).Id == named);
        return conversion is null ? null : OrderOf(conversion) ?? named.ToString();
    }

    private void AddCandidates(ConversionCase conversion, Token customer)
    {
        long longest =
            rules.Where(rule => rule.Rule.Holds(conversion.Time)).Max(rule => (long?)rule.Rule.WindowMs) ?? 0;
        foreach (
            byte[] touch in facts
                .Where(fact => ((EventType)fact[1]).IsTouch())
                .Where(fact => Record(fact).Time <= conversion.Time && Record(fact).Time >= conversion.Time - longest)
                .Where(fact => CustomerOf(fact) == customer)
                .OrderBy(fact => (Record(fact).Time, Record(fact).Id))
                .TakeLast(ConversionCase.MaxCandidates)
        )
        {
            EventRecord record = Record(touch);
            string campaign = record.Text(EventField.Campaign) ?? "";
            CampaignRule? rule =
                RuleOf(campaign, conversion.Time) ?? RuleOf(CampaignRule.DefaultCampaign, conversion.Time);
            if (rule is not null && !conversion.Rules.Contains(rule))
                conversion.Rules.Add(rule);
            conversion.Candidates.Add(
                new()
                {
                    Position = facts.IndexOf(touch),
                    Time = record.Time,
                    Campaign = campaign,
                    Kind =
                        record.Type == EventType.Nurture
                            ? record.Text(EventField.Name)!
                            : record.Type.ToString().ToLowerInvariant(),
                    IsClick = record.Type == EventType.Click,
                    IsBot = !VerdictPolicy.Counts(VerdictOf(touch)),
                    Rule = rule is null ? -1 : conversion.Rules.IndexOf(rule),
                }
            );
        }
    }

    private CampaignRule? RuleOf(string campaign, long time) =>
        rules
            .Where(rule => rule.Rule.Campaign == campaign && rule.Rule.Holds(time))
            .OrderBy(rule => (rule.Rule.Version, rule.Rule.Published, rule.Id))
            .Select(rule => rule.Rule)
            .LastOrDefault();

    private static string? OrderOf(byte[] fact)
    {
        string? order = Record(fact).Text(EventField.OrderId);
        return order is null ? null : $"{Record(fact).Text(EventField.Kind) ?? "purchase"}\0{order}";
    }
}
