using System.Buffers;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Explain;
using Throughline.Core.Gate.Challenges;
using Throughline.Core.Gate.Decide;
using Throughline.Server.Tenants;
using Throughline.Storage.Keys;

namespace Throughline.Server.Webhooks;

/// <summary>
/// A decision as receivers outside get it: what came of a request and why, but nothing of who asked for what. Answers to requests and proofs are
/// no decisions, and are left out.
/// </summary>
internal static class DecisionItem
{
    /// <param name="ruleName">Gives the id of a rule of a version by its place.</param>
    public static OutgoingItem? Of(
        in EventRecord record,
        long position,
        ITenantKeys keys,
        Func<long, int, string?> ruleName
    )
    {
        bool isOurs = record.TryGet(EventField.GateRecord, out _);
        DecisionRecord? opened = isOurs && !record.IsErased ? ChainAudit.Read(keys, record.Bytes) : null;
        if (opened is { Kind: RecordKind.Answer or RecordKind.Proof })
            return null;
        if (isOurs && opened is null)
            return null; // erased, or of a form that is not known
        DecisionAction action = opened?.Action ?? ActionOf(record);
        string id = record.Text(EventField.Id) ?? "";
        string word = Snake(action);
        ArrayBufferWriter<byte> buffer = new(256);
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("decision", id);
            json.WriteNumber("position", position);
            json.WriteString("action", word);
            if (record.Number(EventField.Score) is { } score)
                json.WriteNumber("score", score);
            if (opened is not null)
                Write(json, opened, ruleName);
            json.WriteEndObject();
        }
        return new(
            $"{OutgoingItem.DecisionKind}-{id}",
            $"{OutgoingItem.DecisionKind}.{word}",
            record.Time,
            buffer.WrittenSpan.ToArray()
        );
    }

    private static void Write(Utf8JsonWriter json, DecisionRecord record, Func<long, int, string?> ruleName)
    {
        json.WriteString("cause", Snake(record.Cause));
        if (record.Version > 0)
            json.WriteNumber("version", record.Version);
        if (record.DecidingRule >= 0 && ruleName(record.Version, record.DecidingRule) is { } rule)
            json.WriteString("rule", rule);
        if (record.Kind == RecordKind.Bypass)
            json.WriteBoolean("bypass", true);
        if (record.Challenge != default)
            json.WriteString("challenge", Snake(record.Challenge));
        json.WriteStartArray("matched");
        foreach (RuleMatch match in record.Matches)
            if (match.Outcome == MatchOutcome.Matched && ruleName(record.Version, match.Rule) is { } name)
                json.WriteStringValue(name);
        json.WriteEndArray();
    }

    private static DecisionAction ActionOf(in EventRecord record) =>
        record.TryGet(EventField.Action, out ReadOnlySpan<byte> value) && value.Length > 0
            ? (DecisionAction)value[0]
            : DecisionAction.Allow;

    private static string Snake(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
