using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Gate.Discovery;

namespace Throughline.Cli.Gate.Discovery;

/// <summary>A conversion as an event line tells it.</summary>
internal readonly record struct Sale(string Id, string? Order, Money Value);

/// <summary>Reads conversions of NDJSON event lines, and which of them refunds took back. Lines of other logs hold none.</summary>
internal sealed class SaleLines
{
    private readonly HashSet<string> refundedIds = new(StringComparer.Ordinal);
    private readonly HashSet<string> refundedOrders = new(StringComparer.Ordinal);

    /// <summary>Looks whether a line is a refund.</summary>
    public void TakeRefund(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf("\"type\":\"refund\""u8) < 0 || Parse(line) is not { } document)
            return;
        using (document)
        {
            if (!document.RootElement.TryGetProperty("refund", out JsonElement refund))
                return;
            if (TextOf(refund, "conversion") is { } id)
                refundedIds.Add(id);
            if (OrderOf(refund) is { } order)
                refundedOrders.Add(order);
        }
    }

    /// <summary>Counts the name of an event that is no request.</summary>
    public static void TakeName(ReadOnlySpan<byte> line, EventNames names)
    {
        if (!line.StartsWith((byte)'{') || Parse(line) is not { } document)
            return;
        using (document)
            if (
                TextOf(document.RootElement, "type") is { } name
                && document.RootElement.TryGetProperty("time", out JsonElement time)
                && time.ValueKind == JsonValueKind.String
                && time.TryGetDateTimeOffset(out DateTimeOffset at)
            )
                names.Add(name, at.ToUnixTimeMilliseconds());
    }

    /// <summary>The conversion that a line reports; null if it is none.</summary>
    public Sale? SaleOf(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf("\"type\":\"conversion\""u8) < 0 || Parse(line) is not { } document)
            return null;
        using (document)
        {
            JsonElement root = document.RootElement;
            if (!root.TryGetProperty("conversion", out JsonElement conversion) || TextOf(root, "id") is not { } id)
                return null;
            return new(id, OrderOf(conversion), ValueOf(conversion));
        }
    }

    /// <summary>Whether it was taken back, in whole or in part.</summary>
    public bool IsRefunded(in Sale sale) =>
        refundedIds.Contains(sale.Id) || (sale.Order is { } order && refundedOrders.Contains(order));

    private static JsonDocument? Parse(ReadOnlySpan<byte> line)
    {
        Utf8JsonReader reader = new(line);
        try
        {
            return JsonDocument.TryParseValue(ref reader, out JsonDocument? document) ? document : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? OrderOf(JsonElement of) =>
        TextOf(of, "orderId") is { } order ? (TextOf(of, "kind") ?? "purchase") + "\n" + order : null;

    private static Money ValueOf(JsonElement conversion)
    {
        if (
            !conversion.TryGetProperty("value", out JsonElement value)
            || !Currency.TryParse((TextOf(value, "currency") ?? "").AsSpan(), out Currency currency)
        )
            return default;
        if (value.TryGetProperty("minor", out JsonElement minor) && minor.TryGetInt64(out long units))
            return new(units, currency);
        byte[] amount = System.Text.Encoding.UTF8.GetBytes(TextOf(value, "amount") ?? "");
        return Money.TryParse(amount, currency, out Money money) == AmountStatus.Ok ? money : default;
    }

    private static string? TextOf(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object
        && of.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
