using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Core.Events;

namespace Throughline.Core.Attribution.Rules;

/// <summary>Writes rules as <see cref="AttributionRuleJson"/> reads them; what has its usual value is left out.</summary>
public static class AttributionRuleText
{
    public static JsonObject Write(AttributionRule rule)
    {
        JsonObject json = new()
        {
            ["campaign"] = rule.Campaign,
            ["conversion"] = rule.Conversion,
            ["version"] = rule.Version,
        };
        Add(json, "author", rule.Author, rule.Author.Length > 0);
        Add(json, "note", rule.Note, rule.Note.Length > 0);
        if (rule.ValidFrom != 0)
            json["validFrom"] = Instant(rule.ValidFrom);
        if (rule.ValidTo != long.MaxValue)
            json["validTo"] = Instant(rule.ValidTo);
        Add(json, "restate", rule.Restate, rule.Restate);
        if (rule.RestateForMs is { } reach)
            json["restateFor"] = DurationText.Of(reach);
        json["windows"] = new JsonObject(rule.Windows.Select(x => KeyValuePair.Create(x.Key, Window(x.Value))));
        if (rule.CalendarOffsetMinutes is { } offset)
            json["calendarDays"] = Offset(offset);
        Add(json, "eligible", rule.Eligible, rule.Eligible is not null);
        if (rule.Priorities.Count > 0)
            json["priority"] = new JsonObject(
                rule.Priorities.Select(x => KeyValuePair.Create(x.Key, (JsonNode?)JsonValue.Create(x.Value)))
            );
        Add(json, "clickBeforeView", rule.ClickBeforeView, !rule.ClickBeforeView);
        Add(json, "displaceLower", rule.DisplaceLower, rule.DisplaceLower);
        AddCoupling(json, rule);
        json["group"] = rule.Group;
        Add(json, "exclusivity", RuleMembers.WordOf(rule.Exclusivity), rule.Exclusivity != Exclusivity.OneWinner);
        if (!rule.ExcludeBots || !rule.ExcludeMachineOpens)
            json["exclude"] = new JsonObject
            {
                ["bots"] = rule.ExcludeBots,
                ["machineOpens"] = rule.ExcludeMachineOpens,
            };
        Add(json, "value", rule.Value, rule.Value is not null);
        Add(json, "currency", rule.Currency, rule.Currency is not null);
        if (rule.ViewShare != AttributionRule.FullShare)
            json["viewSharePercent"] = rule.ViewShare / 100m;
        json["model"] = JsonNode.Parse(ModelJson.Write(rule.Model).GetRawText());
        return json;
    }

    /// <summary>The same as an element, for control documents and answers.</summary>
    public static JsonElement ToElement(AttributionRule rule) => JsonSerializer.SerializeToElement(Write(rule));

    internal static byte[] ToUtf8(AttributionRule rule) => JsonSerializer.SerializeToUtf8Bytes(Write(rule));

    private static void AddCoupling(JsonObject json, AttributionRule rule)
    {
        JsonObject caps = [];
        if (rule.TouchesPerConversion is { } touches)
        {
            caps["touchesPerConversion"] = touches;
            caps["keep"] = RuleMembers.WordOf(rule.Keep);
        }
        if (rule.ConversionsPerTouch is { } conversions)
            caps["conversionsPerTouch"] = conversions;
        if (caps.Count > 0)
            json["caps"] = caps;
        Add(json, "reuse", RuleMembers.WordOf(rule.Reuse), rule.Reuse != TouchReuse.Every);
        Add(json, "counting", RuleMembers.WordOf(rule.Counting), rule.Counting != Counting.Every);
        Add(json, "cooldown", DurationText.Of(rule.CooldownMs), rule.CooldownMs != 0);
        if (rule.Dedup == DedupKey.Event)
            return;
        JsonObject dedup = new()
        {
            ["key"] = RuleMembers.WordOf(rule.Dedup),
            ["within"] = DurationText.Of(rule.DedupWithinMs),
        };
        Add(dedup, "expression", rule.DedupExpression, rule.DedupExpression is not null);
        json["dedup"] = dedup;
    }

    private static void Add<T>(JsonObject json, string name, T value, bool says)
    {
        if (says)
            json[name] = JsonValue.Create(value);
    }

    private static JsonNode? Window(TouchWindow window)
    {
        if (window.Tiers.Count == 0)
            return Length(window.WithinMs);
        return new JsonObject
        {
            ["within"] = Length(window.WithinMs),
            ["tiers"] = new JsonObject(
                window.Tiers.Select(x =>
                    KeyValuePair.Create(x.Tier.ToString(CultureInfo.InvariantCulture), (JsonNode?)Length(x.WithinMs))
                )
            ),
        };
    }

    private static string Length(long ms) => ms == TouchWindow.None ? "none" : DurationText.Of(ms);

    private static JsonValue Instant(long ms) =>
        EventTime.IsInRange(ms) ? JsonValue.Create(EventTime.ToText(ms)) : JsonValue.Create(ms);

    private static string Offset(int minutes) =>
        minutes == 0
            ? "UTC"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{(minutes < 0 ? '-' : '+')}{Math.Abs(minutes) / 60:00}:{Math.Abs(minutes) % 60:00}"
            );
}
