using System.Globalization;
using System.Text.Json.Nodes;

namespace Throughline.Cli.Tests.RealData;

/// <summary>
/// Makes events of Snowplow's rows: a page view with a marketing source is the nurturing event <c>visit</c> of its channel,
/// a row with a total above zero is a conversion; a row may be both. All visits belong to one campaign, so that the
/// channels compete inside it, as in the published expectations.
/// </summary>
internal static class SnowplowEvents
{
    public const string Campaign = "site";

    /// <summary>The set names no currency.</summary>
    public const string Currency = "USD";

    public static IEnumerable<JsonObject> Of(SnowplowRow row)
    {
        if (row.IsTouch)
            yield return Touch(row);
        if (row.IsConversion)
            yield return Conversion(row);
    }

    public static string ConversionId(SnowplowRow row) => $"{row.EventId}-conversion";

    private static JsonObject Touch(SnowplowRow row)
    {
        JsonObject touch = Event(row, $"{row.EventId}-visit", "visit");
        touch["campaign"] = Campaign;
        touch["channel"] = row.Channel;
        touch["marketing"] = new JsonObject
        {
            ["source"] = row.Source,
            ["medium"] = row.Medium,
            ["campaign"] = row.Campaign,
        };
        return touch;
    }

    private static JsonObject Conversion(SnowplowRow row)
    {
        JsonObject conversion = Event(row, ConversionId(row), "conversion");
        conversion["conversion"] = new JsonObject
        {
            ["orderId"] = row.OrderId.Length > 0 ? row.OrderId : row.EventId,
            ["value"] = new JsonObject
            {
                ["amount"] = row.Total!.Value.ToString(CultureInfo.InvariantCulture),
                ["currency"] = Currency,
            },
        };
        return conversion;
    }

    private static JsonObject Event(SnowplowRow row, string id, string type)
    {
        JsonArray identifiers = [new JsonObject { ["type"] = "cookie", ["value"] = row.Cookie }];
        if (row.UserId.Length > 0)
            identifiers.Add((JsonNode)new JsonObject { ["type"] = "user", ["value"] = row.UserId });
        return new()
        {
            ["id"] = id,
            ["type"] = type,
            ["time"] = row.Time.ToString("O", CultureInfo.InvariantCulture),
            ["identifiers"] = identifiers,
        };
    }
}
