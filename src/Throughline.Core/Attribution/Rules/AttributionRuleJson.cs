using System.Globalization;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Attribution.Rules;

/// <summary>
/// Reads a rule from JSON, strictly: what is wrong comes with its JSON pointer, members that nobody knows are refused. The members are
/// described in docs/guide/attribution-rules.md; <see cref="AttributionRuleText"/> writes them.
/// </summary>
public static class AttributionRuleJson
{
    public const int KindsMax = 100;
    public const int CountMax = 10_000;

    /// <summary>The rule, or null and at least one issue.</summary>
    /// <param name="retentionMs">How long touches are kept: no window, pause or half-life is longer.</param>
    public static AttributionRule? Read(
        JsonElement json,
        out IReadOnlyList<GateIssue> found,
        long retentionMs = AttributionRule.MaxWindowMs
    )
    {
        ModelIssues issues = new();
        AttributionRule rule = Read(json, "", issues, retentionMs);
        found = issues.All;
        return found.Count == 0 ? rule : null;
    }

    /// <summary>The same of a rule that this product has stored.</summary>
    internal static AttributionRule ReadTrusted(JsonElement json) =>
        Read(json, out IReadOnlyList<GateIssue> found)
        ?? throw new InvalidDataException($"a stored rule is not one: {found[0].Path}: {found[0].Message}");

    internal static AttributionRule Read(JsonElement json, string pointer, ModelIssues issues, long retentionMs)
    {
        RuleMembers members = new(json, pointer, issues, "a rule");
        AttributionRule rule = new();
        if (!members.IsObject)
            return rule;
        long most = Math.Min(retentionMs, AttributionRule.MaxWindowMs);
        rule = Name(members, rule);
        rule = Touches(members, rule, most);
        rule = Coupling(members, rule, most);
        rule = Worth(members, rule) with { Model = ModelJson.Read(members, most) };
        members.End();
        RuleCheck.Check(rule, pointer, issues);
        return rule;
    }

    private static AttributionRule Name(RuleMembers members, AttributionRule rule)
    {
        AttributionRule named = rule with
        {
            Campaign = members.Text("campaign") ?? rule.Campaign,
            Conversion = members.Text("conversion") ?? rule.Conversion,
            Version = members.Int("version", 1, int.MaxValue) ?? rule.Version,
            Author = members.Text("author") ?? "",
            Note = members.Text("note", EventLimits.Name * 8) ?? "",
            ValidFrom = members.Instant("validFrom") ?? rule.ValidFrom,
            ValidTo = members.Instant("validTo") ?? rule.ValidTo,
            Restate = members.Flag("restate") ?? false,
            RestateForMs = members.Duration("restateFor", AttributionRule.MaxWindowMs * 10),
        };
        members.Issues.Require(
            named.ValidFrom < named.ValidTo,
            members.At("validTo"),
            "the rule must end after it begins"
        );
        return named;
    }

    private static AttributionRule Touches(RuleMembers members, AttributionRule rule, long most) =>
        rule with
        {
            Windows = Windows(members, most),
            CalendarOffsetMinutes = CalendarDays(members),
            Eligible = members.Text("eligible", RuleExpression.LengthMax),
            Priorities = Priorities(members),
            ClickBeforeView = members.Flag("clickBeforeView") ?? true,
            DisplaceLower = members.Flag("displaceLower") ?? false,
            Exclusivity = members.Word<Exclusivity>("exclusivity") ?? Exclusivity.OneWinner,
            Group = members.Text("group") ?? AttributionRule.DefaultGroup,
        };

    private static AttributionRule Coupling(RuleMembers members, AttributionRule rule, long most)
    {
        AttributionRule coupled = rule with
        {
            Reuse = members.Word<TouchReuse>("reuse") ?? TouchReuse.Every,
            Counting = members.Word<Counting>("counting") ?? Counting.Every,
            CooldownMs = members.Duration("cooldown", most) ?? 0,
        };
        if (members.Find("caps", out JsonElement caps))
        {
            RuleMembers inside = new(caps, members.At("caps"), members.Issues, "caps");
            coupled = coupled with
            {
                TouchesPerConversion = inside.Int("touchesPerConversion", 1, CountMax),
                Keep = inside.Word<CapKeep>("keep") ?? CapKeep.Latest,
                ConversionsPerTouch = inside.Int("conversionsPerTouch", 1, CountMax),
            };
            inside.End();
        }
        if (members.Find("dedup", out JsonElement dedup))
        {
            RuleMembers inside = new(dedup, members.At("dedup"), members.Issues, "dedup");
            coupled = coupled with
            {
                Dedup = inside.Word<DedupKey>("key") ?? DedupKey.Order,
                DedupExpression = inside.Text("expression", RuleExpression.LengthMax),
                DedupWithinMs = inside.Duration("within", most) ?? most,
            };
            bool isExpression = coupled.Dedup == DedupKey.Expression;
            members.Issues.Require(
                isExpression == coupled.DedupExpression is not null,
                inside.At("expression"),
                "an expression and the key 'expression' go together"
            );
            inside.End();
        }
        return coupled;
    }

    private static AttributionRule Worth(RuleMembers members, AttributionRule rule)
    {
        AttributionRule worth = rule with
        {
            Value = members.Text("value", RuleExpression.LengthMax),
            Currency = members.Text("currency"),
            ViewShare = ViewShare(members),
        };
        if (worth.Currency is { } code && !Currency.TryParse(code, out _))
            members.Issues.Add(members.At("currency"), $"{code} is no ISO 4217 currency with a minor unit");
        if (members.Find("exclude", out JsonElement exclude))
        {
            RuleMembers inside = new(exclude, members.At("exclude"), members.Issues, "exclude");
            worth = worth with
            {
                ExcludeBots = inside.Flag("bots") ?? true,
                ExcludeMachineOpens = inside.Flag("machineOpens") ?? true,
            };
            inside.End();
        }
        return worth;
    }

    private static SortedDictionary<string, TouchWindow> Windows(RuleMembers members, long most)
    {
        SortedDictionary<string, TouchWindow> windows = new(StringComparer.Ordinal);
        if (!members.Find("windows", out JsonElement json))
        {
            members.Issues.Add(
                members.At("windows"),
                "windows are missing, such as {\"click\": \"30d\", \"view\": \"1d\"}"
            );
            return windows;
        }
        RuleMembers kinds = new(json, members.At("windows"), members.Issues, "windows");
        foreach ((string kind, JsonElement value) in kinds.All())
            if (Kind(kinds, kind))
                windows.Add(kind, Window(kinds, kind, value, most));
        members.Issues.Require(
            windows.Count <= KindsMax,
            members.At("windows"),
            $"more than {KindsMax} kinds of touch"
        );
        members.Issues.Require(
            windows.Values.Any(window => window.LongestMs >= 0) || windows.Count == 0 && !kinds.IsObject,
            members.At("windows"),
            "no kind of touch has a window"
        );
        return windows;
    }

    private static TouchWindow Window(RuleMembers kinds, string kind, JsonElement json, long most)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return new(Length(kinds, json, kinds.At(kind), most));
        RuleMembers inside = new(json, kinds.At(kind), kinds.Issues, "a window");
        long within = inside.Find("within", out JsonElement value)
            ? Length(inside, value, inside.At("within"), most)
            : TouchWindow.None;
        List<(int Tier, long WithinMs)> tiers = [];
        if (inside.Find("tiers", out JsonElement byTier))
        {
            RuleMembers each = new(byTier, inside.At("tiers"), kinds.Issues, "tiers");
            foreach ((string name, JsonElement length) in each.All())
                if (
                    kinds.Issues.Require(
                        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int tier)
                            && tier is >= 1 and <= 99,
                        each.At(name),
                        "a tier is a number from 1 to 99"
                    )
                )
                    tiers.Add((tier, Length(each, length, each.At(name), most)));
            tiers.Sort((x, y) => x.Tier.CompareTo(y.Tier));
        }
        inside.End();
        return new(within, tiers);
    }

    private static long Length(RuleMembers members, JsonElement json, string at, long most) =>
        json.ValueKind == JsonValueKind.String && json.GetString() == "none"
            ? TouchWindow.None
            : members.Duration(json, at, most) ?? 0;

    private static SortedDictionary<string, int> Priorities(RuleMembers members)
    {
        SortedDictionary<string, int> priorities = new(StringComparer.Ordinal);
        if (!members.Find("priority", out JsonElement json))
            return priorities;
        const int Most = AttributionRule.PriorityMax;
        if (json.ValueKind == JsonValueKind.Number)
            priorities[AttributionRule.Others] = members.Int(json, members.At("priority"), -Most, Most) ?? 0;
        else
        {
            RuleMembers kinds = new(json, members.At("priority"), members.Issues, "priority");
            foreach ((string kind, JsonElement value) in kinds.All())
                if (Kind(kinds, kind))
                    priorities[kind] = kinds.Int(value, kinds.At(kind), -Most, Most) ?? 0;
            members.Issues.Require(
                priorities.Count <= KindsMax,
                members.At("priority"),
                $"more than {KindsMax} kinds of touch"
            );
        }
        return priorities;
    }

    private static bool Kind(RuleMembers kinds, string kind) =>
        kinds.Issues.Require(
            kind.Length is > 0 and <= RuleMembers.TextMax && !kind.Any(char.IsControl),
            kinds.At(kind),
            "a kind of touch is a text of 1 to 128 characters"
        );

    // "UTC" or an offset such as "+02:00".
    private static int? CalendarDays(RuleMembers members)
    {
        if (members.Text("calendarDays") is not { } text)
            return null;
        if (text == "UTC")
            return 0;
        bool negative = text[0] == '-';
        if (
            text[0] is '+' or '-'
            && TimeOnly.TryParseExact(
                text[1..],
                "HH:mm",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out TimeOnly at
            )
            && at.Hour <= 14
        )
            return (negative ? -1 : 1) * (at.Hour * 60 + at.Minute);
        members.Issues.Add(members.At("calendarDays"), "UTC or an offset such as +02:00 is expected");
        return 0;
    }

    private static int ViewShare(RuleMembers members)
    {
        if (!members.Find("viewSharePercent", out JsonElement json))
            return AttributionRule.FullShare;
        decimal percent = 0;
        bool isShare =
            json.ValueKind == JsonValueKind.Number
            && json.TryGetDecimal(out percent)
            && percent is >= 0 and <= 100
            && decimal.IsInteger(percent * 100);
        members.Issues.Require(
            isShare,
            members.At("viewSharePercent"),
            "0 to 100, with at most two decimals, is expected"
        );
        return isShare ? (int)(percent * 100) : AttributionRule.FullShare;
    }
}
