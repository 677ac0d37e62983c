namespace Throughline.Core.Attribution.Models;

/// <summary>
/// The default channel group of Google Analytics 4 from source, medium, campaign and the source's category. Names are compared
/// as they are written; empty is absent. Source of the rules: docs/guide/attribution-models.md.
/// </summary>
public static class ChannelGroup
{
    private const string Shopping = "SOURCE_CATEGORY_SHOPPING";
    private const string Search = "SOURCE_CATEGORY_SEARCH";
    private const string Social = "SOURCE_CATEGORY_SOCIAL";
    private const string Video = "SOURCE_CATEGORY_VIDEO";

    /// <summary>The first rule that fits decides.</summary>
    public static string Of(string source, string medium, string campaign, string sourceCategory)
    {
        bool isPaid = IsPaid(medium);
        bool isShopping = sourceCategory == Shopping || NamesShop(campaign);
        if (source.Length == 0 && medium.Length == 0)
            return "Direct";
        if (source == "(direct)" && medium is "(none)" or "(not set)")
            return "Direct";
        if (Has(campaign, "cross-network"))
            return "Cross-network";
        if (isShopping && isPaid)
            return "Paid Shopping";
        if (sourceCategory == Search && isPaid)
            return "Paid Search";
        if (sourceCategory == Social && isPaid)
            return "Paid Social";
        if (sourceCategory == Video && isPaid)
            return "Paid Video";
        if (medium is "display" or "banner" or "expandable" or "interstitial" or "cpm")
            return "Display";
        if (isPaid)
            return "Paid Other";
        return Unpaid(source, medium, sourceCategory, isShopping);
    }

    private static string Unpaid(string source, string medium, string sourceCategory, bool isShopping) =>
        isShopping ? "Organic Shopping"
        : sourceCategory == Social || IsSocial(medium) ? "Organic Social"
        : sourceCategory == Video || Has(medium, "video") ? "Organic Video"
        : sourceCategory == Search || medium == "organic" ? "Organic Search"
        : medium is "referral" or "app" or "link" ? "Referral"
        : NamesEmail(source) || NamesEmail(medium) ? "Email"
        : medium == "affiliate" ? "Affiliates"
        : medium == "audio" ? "Audio"
        : source == "sms" || medium == "sms" ? "SMS"
        : IsPush(source, medium) ? "Mobile Push Notifications"
        : "Unassigned";

    // ^(.*cp.*|ppc|retargeting|paid.*)$
    private static bool IsPaid(string medium) =>
        Has(medium, "cp") || medium is "ppc" or "retargeting" || medium.StartsWith("paid", StringComparison.Ordinal);

    // ^(.*(([^a-df-z]|^)shop|shopping).*)$: "shop" counts where no small letter but e stands before it.
    private static bool NamesShop(string campaign)
    {
        if (Has(campaign, "shopping"))
            return true;
        for (
            int at = campaign.IndexOf("shop", StringComparison.Ordinal);
            at >= 0;
            at = campaign.IndexOf("shop", at + 1, StringComparison.Ordinal)
        )
            if (at == 0 || campaign[at - 1] is not (>= 'a' and <= 'z') or 'e')
                return true;
        return false;
    }

    private static bool IsSocial(string medium) =>
        medium is "social" or "social-network" or "social-media" or "sm" or "social network" or "social media";

    private static bool NamesEmail(string text) =>
        Has(text, "email") || Has(text, "e-mail") || Has(text, "e_mail") || Has(text, "e mail");

    private static bool IsPush(string source, string medium) =>
        medium.EndsWith("push", StringComparison.Ordinal)
        || Has(medium, "mobile")
        || Has(medium, "notification")
        || source == "firebase";

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.Ordinal);
}
