using System.Text.Json;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Attribution.Rules;

/// <summary>
/// A whole set of rules as one document, for the batch driver and for publishing: <c>rules</c>, one for each campaign, kind of conversion
/// and version, and <c>weightTables</c> that data-driven rules name.
/// </summary>
public sealed record AttributionDocument(IReadOnlyList<AttributionRule> Rules, IReadOnlyList<WeightTable> Tables)
{
    public const int RulesMax = 10_000;
    public const int TablesMax = 100;
    public const int PublicationsMax = 10_000;

    /// <summary>When each rule was published, milliseconds since 1970; <see cref="long.MinValue"/>: it was always known. In the order of the rules.</summary>
    public IReadOnlyList<long> Published { get; init; } = [.. Rules.Select(_ => long.MinValue)];

    /// <summary>The document, or null and at least one issue with its JSON pointer.</summary>
    /// <param name="isDated">It may hold what was published when: <c>publications</c>, documents with <c>published</c> each.</param>
    /// <param name="knows">Whether a weight table is there without being in the document, by name and version.</param>
    public static AttributionDocument? Read(
        JsonElement json,
        out IReadOnlyList<GateIssue> found,
        long retentionMs = AttributionRule.MaxWindowMs,
        bool isDated = false,
        Func<(string Name, int Version), bool>? knows = null
    )
    {
        ModelIssues issues = new();
        RuleMembers members = new(json, "", issues, "a document of rules");
        List<(AttributionRule Rule, long Published, string At)> rules = [];
        List<WeightTable> tables = [];
        void Take(RuleMembers document, long published)
        {
            Each(document, "weightTables", TablesMax, (item, at) => tables.Add(WeightTableJson.Read(item, at, issues)));
            Each(
                document,
                "rules",
                RulesMax,
                (item, at) => rules.Add((AttributionRuleJson.Read(item, at, issues, retentionMs), published, at))
            );
        }
        Take(members, long.MinValue);
        if (isDated)
            Each(
                members,
                "publications",
                PublicationsMax,
                (item, at) =>
                {
                    RuleMembers publication = new(item, at, issues, "a publication");
                    issues.Require(
                        !publication.IsObject || publication.Find("published", out _),
                        publication.At("published"),
                        "when it was published is missing"
                    );
                    Take(publication, publication.Instant("published") ?? 0);
                    publication.End();
                }
            );
        members.End();
        Dictionary<string, string> firsts = new(StringComparer.Ordinal);
        foreach ((AttributionRule rule, _, string at) in rules)
        {
            string name = $"{rule.Campaign} for {rule.Conversion}, version {rule.Version}";
            if (!firsts.TryAdd(name, at))
                issues.Add(at, $"a second rule '{name}'; the first is {firsts[name]}");
            issues.Require(
                rule.Model.Kind != ModelKind.DataDriven
                    || tables.Exists(table => (table.Name, table.Version) == rule.Model.Table)
                    || knows?.Invoke(rule.Model.Table) == true,
                at + "/model/table",
                $"there is no weight table {rule.Model.Table.Name}@{rule.Model.Table.Version}"
            );
        }
        found = issues.All;
        return found.Count == 0
            ? new([.. rules.Select(x => x.Rule)], tables) { Published = [.. rules.Select(x => x.Published)] }
            : null;
    }

    private static void Each(RuleMembers members, string name, int most, Action<JsonElement, string> read)
    {
        if (!members.Find(name, out JsonElement list))
            return;
        if (!members.Issues.Require(list.ValueKind == JsonValueKind.Array, members.At(name), $"{name} are a list"))
            return;
        if (!members.Issues.Require(list.GetArrayLength() <= most, members.At(name), $"more than {most} {name}"))
            return;
        int place = 0;
        foreach (JsonElement item in list.EnumerateArray())
            read(item, $"{members.At(name)}/{place++}");
    }
}
