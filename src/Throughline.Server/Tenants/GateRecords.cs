using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Gate.Rules;
using Throughline.Storage.Log;

namespace Throughline.Server.Tenants;

/// <summary>Reads the gate's documents out of a log; on any thread.</summary>
internal static class GateRecords
{
    /// <summary>The rule set of a publication or proposal.</summary>
    public static GateDocument ReadRules(ITenantLog log, long position)
    {
        RecordBuffer buffer = new();
        log.Read(position, buffer);
        EventRecord.FromTrusted(buffer[0]).TryGet(EventField.Document, out ReadOnlySpan<byte> bytes);
        Utf8JsonReader reader = new(bytes);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        byte[] rules = JsonSerializer.SerializeToUtf8Bytes(document.RootElement.GetProperty("rules"));
        return GateJson.Read(rules, out GateIssue? issue)
            ?? throw new InvalidDataException($"the rules at position {position} cannot be read: {issue!.Message}");
    }
}
