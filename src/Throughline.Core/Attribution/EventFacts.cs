using System.Text.Json;
using Throughline.Cel.Values;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;
using Throughline.Core.Tenant;

namespace Throughline.Core.Attribution;

/// <summary>What expressions read of a tenant's touches and conversions, from their events.</summary>
internal sealed class EventFacts(AttributionLens lens, Names names, IHistory history) : IRuleFacts
{
    private IReadOnlyList<int> touches = [];
    private IReadOnlyList<int> conversions = [];

    /// <summary>The rows of the timeline that is evaluated next.</summary>
    public void Look(IReadOnlyList<int> touchRows, IReadOnlyList<int> conversionRows) =>
        (touches, conversions) = (touchRows, conversionRows);

    /// <summary>When the customer was first seen; null: nobody asks.</summary>
    public long? FirstSeen { get; set; }

    public void ReadConversion(int conversion, RuleFacts facts)
    {
        facts.FirstSeen = FirstSeen;
        ref readonly ConversionRow row = ref lens.Conversions[conversions[conversion]];
        EventRecord record = EventRecord.FromTrusted(history.Read(row.Position));
        facts.ConversionKind = names.ConversionKinds.Text(row.Kind);
        facts.Currency = record.Text(EventField.Currency);
        facts.OrderId = record.Text(EventField.OrderId);
        facts.ConversionProperties = PropertiesOf(record);
    }

    public void ReadTouch(int touch, RuleFacts facts)
    {
        ref readonly TouchRow row = ref lens.Touches[touches[touch]];
        EventRecord record = EventRecord.FromTrusted(history.Read(row.Position));
        facts.TouchKind = names.TouchKinds.Text(row.Kind);
        facts.Campaign = record.Text(EventField.Campaign) ?? "";
        facts.Channel = record.Text(EventField.Channel);
        facts.Creative = record.Text(EventField.Creative);
        facts.Placement = record.Text(EventField.Placement);
        facts.TouchTime = record.Time;
        facts.TouchProperties = PropertiesOf(record);
    }

    private static Value PropertiesOf(in EventRecord record)
    {
        if (!record.TryGet(EventField.Properties, out ReadOnlySpan<byte> json))
            return Value.Null;
        Utf8JsonReader reader = new(json);
        return NativeValues.Of(JsonElement.ParseValue(ref reader));
    }
}
