using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Attribution.Rules;

/// <summary>Weight tables as JSON: <c>name</c>, <c>version</c>, <c>note</c>, <c>channels</c> (whole numbers), <c>others</c>.</summary>
public static class WeightTableJson
{
    internal static WeightTable Read(JsonElement json, string pointer, ModelIssues issues)
    {
        RuleMembers members = new(json, pointer, issues, "a weight table");
        string? name = members.Text("name");
        issues.Require(name is not null, members.At("name"), "a weight table has a name");
        int version = members.Int("version", 1, int.MaxValue) ?? 1;
        string note = members.Text("note", RuleMembers.TextMax * 8) ?? "";
        SortedDictionary<string, long> channels = new(StringComparer.Ordinal);
        if (members.Find("channels", out JsonElement list))
        {
            RuleMembers each = new(list, members.At("channels"), issues, "channels");
            foreach ((string channel, JsonElement value) in each.All())
                channels[channel] = Weight(each, value, each.At(channel));
        }
        issues.Require(
            channels.Count is > 0 and <= WeightTable.ChannelsMax,
            members.At("channels"),
            $"1 to {WeightTable.ChannelsMax} channels with their weights are expected"
        );
        long others = members.Find("others", out JsonElement rest) ? Weight(members, rest, members.At("others")) : 0;
        members.End();
        return new(name ?? "", version, channels, others, note);
    }

    /// <summary>The table, or null and at least one issue with its JSON pointer.</summary>
    public static WeightTable? Read(JsonElement json, out IReadOnlyList<GateIssue> found)
    {
        ModelIssues issues = new();
        WeightTable table = Read(json, "", issues);
        found = issues.All;
        return found.Count == 0 ? table : null;
    }

    /// <summary>A table that this product has stored.</summary>
    internal static WeightTable ReadTrusted(JsonElement json)
    {
        ModelIssues issues = new();
        WeightTable table = Read(json, "", issues);
        return issues.All.Count == 0
            ? table
            : throw new InvalidDataException($"a stored weight table is not one: {issues.All[0].Message}");
    }

    public static JsonObject Write(WeightTable table) =>
        new()
        {
            ["name"] = table.Name,
            ["version"] = table.Version,
            ["note"] = table.Note.Length > 0 ? table.Note : null,
            ["channels"] = new JsonObject(
                table.Channels.Select(x => KeyValuePair.Create(x.Key, (JsonNode?)JsonValue.Create(x.Value)))
            ),
            ["others"] = table.Others,
        };

    private static long Weight(RuleMembers members, JsonElement json, string at)
    {
        bool isWeight =
            json.ValueKind == JsonValueKind.Number
            && json.TryGetInt64(out long weight)
            && weight is >= 0 and <= AttributionModel.ShareMax;
        members.Issues.Require(isWeight, at, $"a whole number from 0 to {AttributionModel.ShareMax} is expected");
        return isWeight ? json.GetInt64() : 0;
    }
}
