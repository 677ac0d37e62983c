using System.Text.Json;
using Throughline.Core.Events;

namespace Throughline.Core.Attribution;

/// <summary>
/// Touches that a machine made in a person's name: senders of mail mark opens by proxies and scanners with a property,
/// <c>machine_open</c>, <c>machineOpen</c> or <c>sg_machine_open</c> that is true.
/// </summary>
internal static class MachineOpens
{
    public static bool Says(in EventRecord record)
    {
        if (!record.TryGet(EventField.Properties, out ReadOnlySpan<byte> json) || json.IndexOf("achine"u8) < 0)
            return false;
        Utf8JsonReader reader = new(json);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                continue;
            bool names =
                reader.ValueTextEquals("machine_open"u8)
                || reader.ValueTextEquals("machineOpen"u8)
                || reader.ValueTextEquals("sg_machine_open"u8);
            reader.Read();
            if (names && reader.TokenType == JsonTokenType.True)
                return true;
        }
        return false;
    }
}
