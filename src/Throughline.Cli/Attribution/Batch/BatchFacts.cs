using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Throughline.Cel.Values;
using Throughline.Cli.Attribution.Batch.Reading;
using Throughline.Core.Attribution.Rules;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>What expressions of rules read of the rows of a loaded partition; extra columns are properties, but for creative and placement.</summary>
internal sealed class BatchFacts(
    PartitionLoader loader,
    BatchNames names,
    ExtraColumns touchExtras,
    ExtraColumns conversionExtras
) : IRuleFacts
{
    public const string Creative = "creative";
    public const string Placement = "placement";

    private readonly string[] touchColumns = [.. touchExtras.Names];
    private readonly string[] conversionColumns = [.. conversionExtras.Names];
    private int firstTouch;
    private int firstConversion;

    private int customer;

    /// <summary>Whose timeline is evaluated next: the customer, and the places of its first touch and conversion.</summary>
    public void Begin(int number, int touch, int conversion) =>
        (customer, firstTouch, firstConversion) = (number, touch, conversion);

    /// <summary>When the customer was first seen.</summary>
    public long FirstSeen => loader.FirstSeen(customer);

    public void ReadConversion(int conversion, RuleFacts facts)
    {
        facts.FirstSeen = FirstSeen;
        int row = loader.Conversions.RowAt(firstConversion + conversion);
        ref readonly ConversionHead head = ref loader.Conversions.Head(row);
        ReadOnlySpan<byte> texts = loader.Conversions.Texts(row);
        facts.ConversionKind = names.ConversionKind(head.Place.Kind);
        facts.Currency = head.Currency == 0 ? null : Core.Events.Currency.FromNumber(head.Currency).ToString();
        facts.OrderId =
            head.OrderBytes == 0 ? null : Encoding.UTF8.GetString(texts.Slice(head.OrderAt, head.OrderBytes));
        facts.ConversionProperties = Properties(texts[(head.OrderAt + head.OrderBytes)..], conversionColumns, null);
    }

    public void ReadTouch(int touch, RuleFacts facts)
    {
        int row = loader.Touches.RowAt(firstTouch + touch);
        ref readonly TouchHead head = ref loader.Touches.Head(row);
        facts.TouchKind = names.TouchKind(head.Place.Kind);
        facts.Campaign = names.Campaign(head.Campaign);
        facts.Channel = names.Channel(head.Channel) is { Length: > 0 } channel ? channel : null;
        facts.TouchTime = head.Time;
        facts.Creative = facts.Placement = null;
        ReadOnlySpan<byte> extra = loader.Touches.Texts(row)[(head.Place.IdBytes + head.Who.AllBytes)..];
        facts.TouchProperties = Properties(extra, touchColumns, facts);
    }

    // An empty cell is a property that the row does not have.
    private static Value Properties(ReadOnlySpan<byte> extra, string[] columns, RuleFacts? touch)
    {
        if (columns.Length == 0)
            return default;
        Dictionary<string, object?> properties = new(StringComparer.Ordinal);
        Value? told = null;
        foreach (string column in columns)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(extra);
            string text = Encoding.UTF8.GetString(extra.Slice(sizeof(ushort), length));
            extra = extra[(sizeof(ushort) + length)..];
            if (length == 0)
                continue;
            if (column == ExtraColumns.Properties)
                told = NativeValues.Of(JsonDocument.Parse(text).RootElement);
            else if (touch is not null && column == Creative)
                touch.Creative = text;
            else if (touch is not null && column == Placement)
                touch.Placement = text;
            else
                properties.Add(column, text);
        }
        return told ?? NativeValues.Of(properties);
    }
}
