using System.Text;
using System.Text.Json;
using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Identity;
using Throughline.Core.Identity.Types;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Tenant;

/// <summary>The partition: links of all sightings that count, in order, united while every limit is kept.</summary>
internal sealed partial class Reference
{
    // What an event shows of who is erased is void.
    private List<(int Type, string Name, Token Token)> IdentifiersOf(byte[] fact) =>
        [.. AllIdentifiersOf(fact).Where(x => !IsErased(x.Token, Record(fact).Time))];

    private static List<(int Type, string Name, Token Token)> AllIdentifiersOf(byte[] fact)
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
        strategy.Types.FirstOrDefault(rule => rule.Type == TypeNameOf(token))
        ?? strategy.Others with
        {
            Class = types.Types.FirstOrDefault(rule => rule.Type == TypeNameOf(token))?.Class ?? strategy.Others.Class,
        };

    // A sighting links nobody while its type is frozen, nor longer after its value was first seen than the type's values are valid.
    private bool IsInTime(Token token, long time)
    {
        int bucket = VerdictPolicy.BucketOf(time);
        string type = TypeNameOf(token);
        var said = freezes
            .Where(freeze => freeze.Type == type && VerdictPolicy.BucketOf(freeze.Time) <= bucket)
            .OrderBy(freeze => (freeze.Time, freeze.Id))
            .ToList();
        long? valid = types.Types.FirstOrDefault(rule => rule.Type == type)?.ValidForMs;
        return (said.Count == 0 || !said[^1].Frozen)
            && (valid is null || bucket - VerdictPolicy.BucketOf(seen[token].First) <= valid / VerdictPolicy.BucketMs);
    }

    private int PlaceOf(string type)
    {
        int named = strategy.Types.TakeWhile(rule => rule.Type != type).Count();
        if (named < strategy.Types.Count)
            return named;
        return types.Types.FirstOrDefault(rule => rule.Type == type)?.Priority + named ?? int.MaxValue;
    }

    private string TypeNameOf(Token token) => TypeNameOf(seen[token].Type, seen[token].Name);

    private static string TypeNameOf(int type, string name) => type == 999 ? name : IdentifierType.NameOf((byte)type);

    // 1 to 3 of lenses.md, from scratch.
    private void FindCustomers()
    {
        Dictionary<(Token A, Token B, int Stated), (long First, long Last, int Count)> evidence = [];
        foreach (byte[] fact in facts.Where(fact => ((EventType)fact[1]).IsSighting()))
        {
            List<(int Type, string Name, Token Token)> identifiers = IdentifiersOf(fact);
            long time = Record(fact).Time;
            foreach ((int type, string name, Token token) in identifiers)
            {
                long first = seen.TryGetValue(token, out (int, string, long First) known) ? known.First : long.MaxValue;
                seen[token] = (type, name, Math.Min(first, time));
            }
        }
        foreach (byte[] fact in facts.Where(fact => ((EventType)fact[1]).IsSighting()))
        {
            List<(int Type, string Name, Token Token)> identifiers = IdentifiersOf(fact);
            long time = Record(fact).Time;
            if (!VerdictPolicy.Counts(VerdictOf(fact)))
                continue;
            if (Record(fact).Type == EventType.Link && (identifiers.Count < 2 || MatcherRuleOf(fact) is null))
                continue;
            int stated = Record(fact).Type == EventType.Link ? (int)Record(fact).Number(EventField.Status)! : 0;
            foreach ((_, _, Token a) in identifiers)
            foreach ((_, _, Token b) in identifiers)
                if (a.CompareTo(b) < 0 && IsInTime(a, time) && IsInTime(b, time) && IsHeld(fact, a, b))
                    evidence[(a, b, stated)] = evidence.TryGetValue((a, b, stated), out var e)
                        ? (Math.Min(e.First, time), Math.Max(e.Last, time), e.Count + 1)
                        : (time, time, 1);
        }
        HashSet<(Token, Token, int)> byOperator = [.. linked.Select(pair => (pair.A, pair.B, 0))];
        List<(Token A, Token B, int Stated)> candidates =
        [
            .. evidence
                .Where(link => link.Value.Count >= (link.Key.Stated == 0 ? strategy.MinEvidence : 1))
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
                    .Select(link => link.A == token ? link.B : link.A)
                    .Distinct(),
            ];
            TypeRule rule = RuleOf(token);
            int persons = neighbours.Count(neighbour => RuleOf(neighbour).Class == TypeClass.Person);
            if (persons > rule.SharedMax || neighbours.Count > rule.DegreeMax)
                shared.Add(token);
        }
        foreach ((Token a, Token b, _) in candidates)
            if (!shared.Contains(a) && !shared.Contains(b))
                admitted.Add(Pair(a, b));
        Dictionary<Token, List<Token>> groups = seen
            .Keys.Where(IsLive)
            .ToDictionary(x => x, x => new List<Token> { x });
        foreach (
            (Token a, Token b, _) in candidates
                .Where(link => !shared.Contains(link.A) && !shared.Contains(link.B))
                .OrderBy(link =>
                {
                    bool operators = byOperator.Contains(link);
                    (long first, long last, _) = evidence.GetValueOrDefault(link);
                    const long Day = 24 * 3_600_000;
                    long age = strategy.NewestFirst ? -(last / Day) : first / Day;
                    int tier = TierOf(link.A, link.B, link.Stated, operators);
                    (ulong high, ulong low) = LinkOrder.IdOf(link.A, link.B, link.Stated);
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
        foreach ((Token a, Token b, int stated) in candidates)
            if (!shared.Contains(a) && !shared.Contains(b) && groups[a] == groups[b])
                joined.Add((a, b, TierOf(a, b, stated, byOperator.Contains((a, b, stated)))));
        foreach ((Token token, List<Token> group) in groups)
            founders[token] = group.MinBy(
                member => (seen[member].First, seen[member].Type, seen[member].Name, member),
                Comparer<(long, int, string, Token)>.Create(Compare)
            );
    }

    private bool IsHeld(byte[] fact, Token x, Token y)
    {
        string[] ends = [TypeNameOf(x), TypeNameOf(y)];
        Array.Sort(ends, StringComparer.Ordinal);
        LinkCondition? condition = strategy.Conditions?.FirstOrDefault(condition =>
            condition.Types.Count switch
            {
                0 => true,
                1 => ends.Contains(condition.Types[0]),
                _ => ends.SequenceEqual(condition.Types.Order(StringComparer.Ordinal)),
            }
        );
        return condition is null || FactGenerator.Conditions[condition.When](Record(fact), ends[0], ends[1]);
    }

    private MatcherRule? MatcherRuleOf(byte[] link)
    {
        EventRecord record = Record(link);
        long? tier = record.Number(EventField.Status);
        MatcherRule? rule = strategy.Matcher?.SingleOrDefault(rule => rule.Tier == tier);
        bool isBelieved =
            rule is not null
            && record.Number(EventField.Score) >= rule.ScorePpmMin
            && (rule.Sources is null || rule.Sources.Contains(record.Text(EventField.Host)))
            && (rule.Models is null || rule.Models.Contains(record.Text(EventField.Kind)));
        return isBelieved ? rule : null;
    }

    private int TierOf(Token a, Token b, int stated, bool byOperator) =>
        byOperator ? 0
        : stated == 0 ? Math.Max(RuleOf(a).Tier, RuleOf(b).Tier)
        : strategy.Matcher!.Single(rule => rule.Tier == stated).At ?? stated;

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
            if (
                type.Count() > rule.Max
                && (rule.SameIf is null || type.Any(x => type.Any(y => x != y && !AreSame(x, y, rule.SameIf))))
            )
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

    private bool AreSame(Token x, Token y, SharedValues rule) =>
        seen.Keys.Count(value =>
            RuleOf(value).Class == rule.Class && admitted.Contains(Pair(x, value)) && admitted.Contains(Pair(y, value))
        ) >= rule.Sharing;

    private static (Token, Token) Pair(Token x, Token y) => x.CompareTo(y) < 0 ? (x, y) : (y, x);

    private static int Compare((long, int, string, Token) x, (long, int, string, Token) y)
    {
        int first = (x.Item1, x.Item2).CompareTo((y.Item1, y.Item2));
        int name = string.CompareOrdinal(x.Item3, y.Item3);
        return first != 0 ? first
            : name != 0 ? name
            : x.Item4.CompareTo(y.Item4);
    }
}
