using System.ComponentModel;
using Throughline.Core.Trials;

namespace Throughline.Core.Gate.Impact;

/// <summary>What rules cost and saved in conversions.</summary>
public sealed record ImpactReport(
    [property: Description("RFC 3339; the first instant of decisions")] string From,
    [property: Description("RFC 3339; the first instant after them")] string To,
    [property: Description("So long after a hit a conversion counts as its")] long WindowSeconds,
    [property: Description("stored: matches as they were recorded. draft: rules tried again on the stored decisions")]
        string Source,
    [property: Description("Stored decisions that were looked at")] long Decisions,
    [property: Description("The rules with the most hits first")] IReadOnlyList<RuleImpact> Rules,
    [property: Description("All of these rules together: who was hit by any of them, each once")] HitFigures Together,
    [property: Description("If the touches of those who were hit were a bot's")] ImpactCredit? Credit
);

/// <summary>One rule.</summary>
public sealed record RuleImpact(
    string Rule,
    [property: Description("In the latest of the versions that hit")] string Mode,
    [property: Description("allow, tag, score, challenge or deny")] string Action,
    HitFigures Hit,
    [property: Description("None if the rule has no hold-out, or nobody was hit since it has it")]
        HoldoutFigures? Holdout
);

/// <summary>Who was hit, and what they converted afterwards.</summary>
public sealed record HitFigures(
    [property: Description("Requests")] long Hits,
    [property: Description("Addresses together with a user agent")] long Clients,
    [property: Description("Hits of one client without a pause of 30 minutes")] long Sessions,
    [property: Description("Different customers among the clients that are known as one's")] long Customers,
    [property: Description("Sessions with a conversion of the client, up to 30 minutes after their last hit")]
        long SessionsConverted,
    [property: Description("Customers with a conversion in the window")] long CustomersConverted,
    [property: Description("Conversions in the window: of the customers, and of clients that are known as nobody's")]
        long Conversions,
    IReadOnlyList<OutcomeFigures> Outcomes,
    [property: Description("Ids of customers who converted, at most 10: those with the most hits")]
        IReadOnlyList<string> Samples
);

/// <summary>Conversions of one outcome.</summary>
public sealed record OutcomeFigures(
    [property: Description("paid, refunded (in whole), fake (a label says so) or judged (a bot's by other evidence)")]
        string Outcome,
    long Conversions,
    IReadOnlyList<OutcomeValue> Values
);

/// <summary>Their value in one currency.</summary>
public sealed record OutcomeValue(
    [property: Description("Empty: conversions without a value")] string Currency,
    long Conversions,
    long Minor,
    [property: Description("Less refunds")] long NetMinor
);

/// <summary>The experiment that a hold-out is.</summary>
public sealed record HoldoutFigures(
    [property: Description("Share of the units that are held out")] double Percent,
    [property: Description("RFC 3339; the first hit since the rule matches, does and holds out what it does now")]
        string Since,
    [property: Description("Judged and recorded, not acted on")] ArmFigures Held,
    [property: Description("Acted on")] ArmFigures Treated,
    [property: Description("Units that changed sides: they count where their first hit put them")] long Crossed,
    [property: Description("Units whose window is not over yet; the same share in both arms but for chance")] long Open,
    [property: Description("Held minus treated: what the rule's action takes from each unit")] ArmDifference Difference,
    [property: Description("What the treated would have converted and did not")] Foregone Cost
);

/// <summary>Credit as it would be, by the same means as previews of identity.</summary>
public sealed record ImpactCredit(
    [property: Description("Touches of those who were hit, within 30 minutes of a hit")] long Touches,
    [property: Description("None if there are more than 20,000: ask for fewer rules or less time")]
        long? MovedConversions,
    [property: Description("Net of refunds, of the moved conversions")] IReadOnlyList<CreditMove> Campaigns,
    IReadOnlyList<CreditMove> Unattributed
);

/// <summary>Credit in minor units, before and after.</summary>
/// <param name="Campaign">Empty: nobody's.</param>
public sealed record CreditMove(string Campaign, string Currency, long Before, long After);
