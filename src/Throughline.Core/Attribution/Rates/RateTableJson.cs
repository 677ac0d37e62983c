using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Attribution.Rates;

/// <summary>
/// Exchange rates as JSON: <c>rates</c>, each with <c>day</c>, <c>from</c>, <c>to</c>, <c>rate</c> (a decimal as a number or a text, or
/// <c>none</c>), and <c>fallbackDays</c>. Strict: each bad row is named.
/// </summary>
public static class RateTableJson
{
    public const string None = "none";

    /// <summary>The table, or null and at least one issue with its JSON pointer.</summary>
    public static RateTable? Read(JsonElement json, out IReadOnlyList<GateIssue> found)
    {
        ModelIssues issues = new();
        RuleMembers members = new(json, "", issues, "a table of exchange rates");
        int? fallback = members.Int("fallbackDays", 0, RateTable.FallbackMax);
        string note = members.Text("note", RuleMembers.TextMax * 8) ?? "";
        List<RateRow> rows = [];
        if (members.Find("rates", out JsonElement list))
            ReadRows(list, issues, rows);
        else
            issues.Require(fallback is not null, members.At("rates"), "rates are missing");
        members.End();
        found = issues.All;
        return found.Count == 0 ? new(rows, fallback, Note: note) : null;
    }

    /// <summary>A table that this product has stored.</summary>
    internal static RateTable ReadTrusted(JsonElement document) =>
        Read(document.GetProperty("table"), out IReadOnlyList<GateIssue> found) is { } table
            ? table with
            {
                Version = document.GetProperty("version").GetInt32(),
                Author = document.TryGetProperty("author", out JsonElement author) ? author.GetString() ?? "" : "",
            }
            : throw new InvalidDataException(
                $"a stored table of rates is not one: {found[0].Path}: {found[0].Message}"
            );

    public static JsonObject Write(RateTable table)
    {
        JsonObject json = [];
        if (table.FallbackDays is { } days)
            json["fallbackDays"] = days;
        if (table.Note.Length > 0)
            json["note"] = table.Note;
        json["rates"] = new JsonArray([.. table.Rows.Select(row => (JsonNode)Write(row))]);
        return json;
    }

    public static JsonObject Write(RateRow row) =>
        new()
        {
            ["day"] = RateTable.TextOf(row.Day),
            ["from"] = row.From.ToString(),
            ["to"] = row.To.ToString(),
            ["rate"] = row.Rate?.ToString() ?? None,
        };

    private static void ReadRows(JsonElement list, ModelIssues issues, List<RateRow> rows)
    {
        if (!issues.Require(list.ValueKind == JsonValueKind.Array, "/rates", "rates are a list"))
            return;
        int count = list.GetArrayLength();
        if (!issues.Require(count <= RateTable.RowsMax, "/rates", $"more than {RateTable.RowsMax} rates"))
            return;
        Dictionary<RateRow, int> places = [];
        foreach (JsonElement item in list.EnumerateArray())
        {
            string at = $"/rates/{rows.Count}";
            RateRow row = ReadRow(new(item, at, issues, "a rate"));
            RateRow key = row with { Rate = null };
            if (!places.TryAdd(key, rows.Count) && row.Day != 0)
                issues.Add(at, $"a second rate of this day and these currencies; the first is /rates/{places[key]}");
            rows.Add(row);
        }
    }

    private static RateRow ReadRow(RuleMembers members)
    {
        string day = members.Text("day") ?? "";
        members.Issues.Require(
            RateTable.TryParseDay(day, out int number),
            members.At("day"),
            "a day such as 2026-05-31, 1990 to 2199, is expected"
        );
        Currency from = ReadCurrency(members, "from");
        Currency to = ReadCurrency(members, "to");
        if (!from.IsNone)
            members.Issues.Require(from != to, members.At("to"), "two currencies are expected");
        RateRow row = new(number, from, to, ReadRate(members));
        members.End();
        return row;
    }

    private static Currency ReadCurrency(RuleMembers members, string name)
    {
        string code = members.Text(name) ?? "";
        members.Issues.Require(
            Currency.TryParse(code, out Currency currency),
            members.At(name),
            $"'{code}' is no ISO 4217 currency with a minor unit"
        );
        return currency;
    }

    private static ExchangeRate? ReadRate(RuleMembers members)
    {
        string text = "";
        if (members.Find("rate", out JsonElement json))
            text =
                json.ValueKind == JsonValueKind.Number ? json.GetRawText()
                : json.ValueKind == JsonValueKind.String ? json.GetString()!
                : "";
        if (text == None)
            return null;
        members.Issues.Require(ExchangeRate.TryParse(text, out ExchangeRate rate), members.At("rate"), Expected);
        return rate;
    }

    /// <summary>What is wrong with a rate that cannot be read.</summary>
    public static string Expected =>
        $"a decimal above 0 such as 0.9213 is expected, of at most {ExchangeRate.DigitsMax} digits, {ExchangeRate.ScaleMax} of them after the point";
}
