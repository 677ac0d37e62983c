namespace Throughline.Server.Doors.Mapping;

/// <summary>
/// What names mean by their own documents: Segment's ecommerce specification (version 2), Snowplow's transaction and advertisement
/// events and its ecommerce actions. By normalised name; everything else is a nurturing event.
/// </summary>
internal static class DefaultRules
{
    private static readonly DoorRule Promotion = new(DoorAction.Click)
    {
        Creative = ["creative"],
        Placement = ["position"],
    };

    private static readonly DoorRule Advertisement = new(DoorAction.Click)
    {
        Campaign = ["campaignId"],
        Creative = ["bannerId"],
        Placement = ["zoneId"],
    };

    public static IReadOnlyDictionary<string, DoorRule> All { get; } =
        new Dictionary<string, DoorRule>(StringComparer.Ordinal)
        {
            ["order_completed"] = new(DoorAction.Conversion),
            ["order_refunded"] = new(DoorAction.Refund),
            ["product_clicked"] = new(DoorAction.Click),
            ["promotion_clicked"] = Promotion,
            ["promotion_viewed"] = Promotion with { As = DoorAction.View },
            ["transaction"] = new(DoorAction.Conversion)
            {
                OrderId = ["tr_id"],
                Value = ["tr_tt"],
                Currency = ["tr_cu"],
            },
            ["ecommerce_transaction"] = new(DoorAction.Conversion),
            ["ecommerce_refund"] = new(DoorAction.Refund) { Value = ["refund_amount"] },
            ["ad_click"] = Advertisement,
            ["ad_impression"] = Advertisement with { As = DoorAction.Impression },
        };
}
