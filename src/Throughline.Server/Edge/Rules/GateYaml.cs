using System.Globalization;
using Throughline.Core.Gate.Rules;

namespace Throughline.Server.Edge.Rules;

/// <summary>
/// Rules, counters, lists and routes as YAML, written for people: <c>window: 1m</c>, <c>canary: 5%</c>, <c>expires: 2026-12-31</c>,
/// <c>key: request.ip</c>. Members have the names of the documents, without units; unknown ones are refused. The other way is
/// <see cref="GateYamlWriter"/>.
/// </summary>
public static class GateYaml
{
    /// <summary>Reads one file. With any issue the document is incomplete.</summary>
    /// <param name="text">The content.</param>
    /// <param name="file">The name for messages.</param>
    public static GateYamlFile Read(string text, string file)
    {
        List<YamlIssue> issues = [];
        YamlReader reader = new(file, issues);
        YamlNode? root = YamlTree.Read(text, file, issues);
        GateDocument document = new();
        IReadOnlyList<string> includes = [];
        IReadOnlyList<GateCaseDocument> cases = [];
        if (root is not null && reader.Members(root, "", "a rule file") is { } members)
        {
            includes = members.Texts("include");
            // "rules: default" is short for an include.
            if (members.Find("rules") is YamlNode.Scalar { IsNull: false } scalar)
                includes = [.. includes, scalar.Text];
            document = new()
            {
                Lists = All(members, "lists", ListOf),
                Counters = All(members, "counters", CounterOf),
                Routes = All(members, "routes", RouteOf),
                Rules = All(members, "rules", RuleOf),
            };
            cases = All(members, "cases", CaseYaml.CaseOf);
            members.End();
        }
        return new(file, text, document, includes, cases, issues, reader.Nodes);
    }

    internal static IReadOnlyList<T> All<T>(YamlMembers members, string name, Func<YamlMembers, T> read)
    {
        List<T> found = [];
        if (members.Find(name) is not { } node || (name == "rules" && node is YamlNode.Scalar))
            return found;
        IReadOnlyList<YamlNode> items = members.Reader.Items(node, name);
        for (int i = 0; i < items.Count; i++)
        {
            string pointer = string.Create(CultureInfo.InvariantCulture, $"{members.Pointer(name)}/{i}");
            if (members.Reader.Members(items[i], pointer, "each of " + name) is not { } item)
                continue;
            found.Add(read(item));
            item.End();
        }
        return found;
    }

    private static RuleDocument RuleOf(YamlMembers x)
    {
        RuleDocument rule = new() { Id = x.Required("id"), When = x.Required("when") };
        return rule with
        {
            Phase = x.Word<RulePhase>("phase") ?? rule.Phase,
            Action = x.Word<RuleAction>("action") ?? rule.Action,
            Score = x.Int("score") ?? rule.Score,
            Tag = x.Text("tag"),
            Priority = x.Int("priority") ?? rule.Priority,
            Mode = x.Word<RuleMode>("mode") ?? rule.Mode,
            CanaryPercent = x.Percent("canary", "canaryPercent") ?? rule.CanaryPercent,
            HoldoutPercent = x.Percent("holdout", "holdoutPercent") ?? rule.HoldoutPercent,
            Owner = x.Text("owner"),
            Reason = x.Text("reason"),
            ExpiresAt = x.Instant("expires", "expiresAt"),
            Routes = x.Texts("routes"),
            Denial = DenialOf(x),
            Difficulty = x.Int("difficulty"),
            AddToList = x.Text("addToList"),
            ListForMs = x.Duration("listFor", "listForMs") ?? rule.ListForMs,
            QuietMs = x.Duration("quiet", "quietMs") ?? rule.QuietMs,
            Bot = x.Flag("bot"),
        };
    }

    private static DenialDocument? DenialOf(YamlMembers parent)
    {
        if (parent.Find("denial") is not { } node || node is YamlNode.Scalar { IsNull: true })
            return null;
        if (parent.Reader.Members(node, parent.Pointer("denial"), "a denial") is not { } x)
            return null;
        DenialDocument denial = new();
        denial = denial with
        {
            Status = x.Int("status") ?? denial.Status,
            Body = x.Text("body"),
            ContentType = x.Text("contentType"),
            DelayMs = (int)Math.Min(int.MaxValue, x.Duration("delay", "delayMs") ?? denial.DelayMs),
        };
        x.End();
        return denial;
    }

    private static CounterDocument CounterOf(YamlMembers x)
    {
        CounterDocument counter = new() { Name = x.Required("name") };
        return counter with
        {
            Key = x.Texts("key"),
            Kind = x.Word<CounterKind>("kind") ?? counter.Kind,
            WindowMs = x.Duration("window", "windowMs") ?? counter.WindowMs,
            Where = x.Text("where"),
            Of = x.Text("of"),
            Phase = x.Word<RulePhase>("phase") ?? counter.Phase,
            LeakMs = x.Duration("leak", "leakMs") ?? counter.LeakMs,
            Capacity = x.Int("capacity") ?? counter.Capacity,
        };
    }

    private static ListDocument ListOf(YamlMembers x)
    {
        ListDocument list = new() { Name = x.Required("name") };
        return list with { Kind = x.Word<ListKind>("kind") ?? list.Kind, Of = x.Text("of"), Entries = EntriesOf(x) };
    }

    // An entry is its value alone, or a mapping with value, expires, source, reason.
    private static IReadOnlyList<ListEntryDocument> EntriesOf(YamlMembers list)
    {
        if (list.Find("entries") is not { } node)
            return [];
        IReadOnlyList<YamlNode> items = list.Reader.Items(node, "entries");
        List<ListEntryDocument> entries = new(items.Count);
        for (int i = 0; i < items.Count; i++)
        {
            string pointer = string.Create(CultureInfo.InvariantCulture, $"{list.Pointer("entries")}/{i}");
            if (items[i] is YamlNode.Scalar)
            {
                entries.Add(new(list.Reader.Text(items[i], pointer + "/value")));
                continue;
            }
            if (list.Reader.Members(items[i], pointer, "an entry") is not { } x)
                continue;
            entries.Add(
                new(x.Required("value"), x.Instant("expires", "expiresAt"), x.Text("source"), x.Text("reason"))
            );
            x.End();
        }
        return entries;
    }

    private static RouteDocument RouteOf(YamlMembers x)
    {
        RouteDocument route = new() { Id = x.Required("id") };
        return route with
        {
            Hosts = x.Texts("hosts"),
            PathPrefixes = x.Texts("paths", "pathPrefixes"),
            OnFailure = x.Word<FailPolicy>("onFailure") ?? route.OnFailure,
            Record = x.Word<RecordTiming>("record"),
            ChallengeScore = x.Int("challengeScore"),
            DenyScore = x.Int("denyScore"),
            ChallengeUrl = x.Text("challengeUrl"),
            ChallengeDifficulty = x.Int("challengeDifficulty"),
            Denial = DenialOf(x) ?? route.Denial,
        };
    }
}
