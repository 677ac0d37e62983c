using System.Text.Json;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Identity;
using Throughline.Core.Identity.Types;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Tenant;

/// <summary>
/// What the lenses mean, computed from scratch over the whole set of facts, in the plainest way: the oracle of the machine.
/// Shares with it the record reader and the two pure policies, nothing of the incremental state.
/// </summary>
internal sealed partial class Reference
{
    private readonly List<byte[]> facts;
    private readonly Dictionary<(Token Actor, int Bucket), Verdict> verdicts = [];
    private readonly Dictionary<Token, Token> founders = [];
    private readonly Dictionary<Token, (int Type, string Name, long First)> seen = [];
    private readonly HashSet<Token> blocked = [];
    private readonly HashSet<Token> shared = [];
    private readonly HashSet<(Token, Token)> admitted = [];
    private readonly List<(Token A, Token B)> linked = [];
    private readonly List<(Token A, Token B)> separated = [];
    private readonly List<(Token A, Token B, int Tier)> joined = [];
    private readonly List<(string Type, long Time, Token Id, bool Frozen)> freezes = [];
    private readonly List<(Token Token, int Last, bool WithEvents)> erased = [];
    private Strategy strategy = Strategy.Default;
    private IdentifierTypes types = IdentifierTypes.Default;
    private readonly List<PublishedRule> rules = [];
    private readonly Dictionary<string, WeightTable> tables = [];
    private readonly List<(long Time, Token Id, JsonElement Table)> rates = [];

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

    private IEnumerable<byte[]> Of(params EventType[] types) => facts.Where(fact => types.Contains((EventType)fact[1]));

    private static EventRecord Record(byte[] fact) => EventRecord.FromTrusted(fact);

    private void ReadStatements()
    {
        Dictionary<Token, (long, Token, bool)> switches = [];
        Dictionary<(string, Token, Token), (long, Token, bool)> pairs = [];
        (long, Token) newest = (long.MinValue, default);
        (long, Token) newestTypes = (long.MinValue, default);
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
            if (kind == "identifier-types")
            {
                if ((record.Time, record.Id).CompareTo(newestTypes) <= 0)
                    continue;
                newestTypes = (record.Time, record.Id);
                types = IdentifierTypesJson.Read(document.GetProperty("types"));
                continue;
            }
            if (kind == "freeze")
            {
                bool frozen = document.GetProperty("frozen").GetBoolean();
                freezes.Add((document.GetProperty("type").GetString()!, record.Time, record.Id, frozen));
                continue;
            }
            if (kind == "erase")
            {
                foreach (JsonElement end in document.GetProperty("identifiers").EnumerateArray())
                {
                    Assert.True(Token.TryParse(end.GetProperty("token").GetString(), out Token gone));
                    bool withEvents = document.GetProperty("scope").GetString() == "customer";
                    erased.Add((gone, VerdictPolicy.BucketOf(record.Time), withEvents));
                }
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
            if (ReadRule(kind, document, record))
                continue;
            Assert.True(Token.TryParse(document.GetProperty("token").GetString(), out Token token));
            (long, Token, bool) mine = (record.Time, record.Id, document.GetProperty("blocked").GetBoolean());
            if (!switches.TryGetValue(token, out (long, Token, bool) other) || mine.CompareTo(other) > 0)
                switches[token] = mine;
        }
        blocked.UnionWith(switches.Where(s => s.Value.Item3).Select(s => s.Key));
        foreach (((string kind, Token a, Token b), (long, Token, bool) said) in pairs)
            if (said.Item3 && a != b && !(kind == "link" && (IsErased(a, said.Item1) || IsErased(b, said.Item1))))
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

    private Token? CustomerOf(byte[] fact) => OwnerOf(fact) is { } owner ? founders[owner] : null;

    // The first that may own. If one that took its events with it comes before, nobody's.
    private Token? OwnerOf(byte[] fact)
    {
        long time = Record(fact).Time;
        foreach (
            (int type, string name, Token token) in AllIdentifiersOf(fact)
                .OrderBy(x => PlaceOf(TypeNameOf(x.Type, x.Name)))
                .ThenBy(x => x.Type)
                .ThenBy(x => x.Name, StringComparer.Ordinal)
                .ThenBy(x => x.Token)
        )
            if (IsErased(token, time, withEvents: true))
                return null;
            else if (!IsErased(token, time) && !blocked.Contains(token) && !shared.Contains(token))
                return token;
        return null;
    }

    private bool IsErased(Token token, long time, bool withEvents = false) =>
        erased.Exists(x => x.Token == token && VerdictPolicy.BucketOf(time) <= x.Last && (x.WithEvents || !withEvents));
}
