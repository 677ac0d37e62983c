using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Core.Attribution;
using Throughline.Core.Events;

namespace Throughline.Server.Api;

/// <summary>
/// The body of <c>PUT /v1/campaigns/{id}</c>:
/// <code>
/// {"window":"7d","model":"last_touch","priority":0,"group":"default","validFrom":time,"validTo":time,"restate":false}
/// </code>
/// Only <c>window</c> is required. Read strictly, and turned into the control document that the tenant's log keeps.
/// </summary>
internal static class CampaignDocument
{
    private const int PriorityMax = 1_000_000;

    public static bool TryRead(JsonElement body, string campaign, out JsonElement document, out Rejection rejection)
    {
        document = default;
        if (Fault(campaign) is { } fault)
        {
            rejection = new(
                fault,
                "",
                "The campaign's id must have 1 to 128 characters, none of them a control character."
            );
            return false;
        }
        ObjectReader reader = new(body);
        long window = Window(reader);
        CreditModel model = Model(reader);
        int priority = reader.Integer("priority", -PriorityMax, PriorityMax, otherwise: 0);
        string group = reader.Text("group", EventLimits.Name, CampaignRule.DefaultGroup);
        long from = reader.Time("validFrom", otherwise: 0);
        long to = reader.Time("validTo", otherwise: long.MaxValue);
        bool restate = reader.Bool("restate", otherwise: false);
        if (from >= to)
            reader.Fail(RejectionReason.TimeOutOfRange, "validTo", "The campaign must end after it begins.");
        if (!reader.Finish(out rejection))
            return false;
        JsonObject rule = new()
        {
            ["campaign"] = campaign,
            ["windowMs"] = window,
            ["model"] = (int)model,
            ["priority"] = priority,
            ["group"] = group,
            ["validFrom"] = from,
            ["validTo"] = to,
            ["restate"] = restate,
        };
        document = JsonSerializer.SerializeToElement(rule);
        return true;
    }

    private static RejectionReason? Fault(string campaign) =>
        campaign.Length == 0 ? RejectionReason.Empty
        : campaign.EnumerateRunes().Count() > EventLimits.Name ? RejectionReason.TooLong
        : campaign.Any(char.IsControl) ? RejectionReason.ControlCharacter
        : null;

    /// <summary>A number and its unit: <c>30m</c>, <c>7d</c>; s, m, h and d are known.</summary>
    private static long Window(ObjectReader reader)
    {
        const int LongestText = 16;
        string text = reader.Text("window", LongestText);
        if (reader.Failure is not null)
            return 0;
        long unit = text[^1] switch
        {
            's' => 1000,
            'm' => 60_000,
            'h' => 3_600_000,
            'd' => 86_400_000,
            _ => 0,
        };
        bool isNumber = int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int count);
        if (unit == 0 || !isNumber)
            reader.Fail(
                RejectionReason.BadValue,
                "window",
                "The window must be a whole number and s, m, h or d, such as 7d."
            );
        else if (count == 0 || count * unit > CampaignRule.MaxWindowMs)
            reader.Fail(RejectionReason.TimeOutOfRange, "window", "The window must be from 1s to 400d.");
        return count * unit;
    }

    private static CreditModel Model(ObjectReader reader)
    {
        switch (reader.Text("model", EventLimits.Name, otherwise: "last_touch"))
        {
            case "last_touch":
                return CreditModel.LastTouch;
            case "linear":
                return CreditModel.Linear;
            default:
                reader.Fail(RejectionReason.BadValue, "model", "The model must be last_touch or linear.");
                return default;
        }
    }
}
