namespace Throughline.Cli.Demo;

/// <summary>What would have to be the truth for a conversion's credit to equal it.</summary>
internal enum MissKind
{
    /// <summary>Customers: with true ones and our own verdicts it is exact.</summary>
    Identity,

    /// <summary>Verdicts: with true ones and our own customers it is exact.</summary>
    Verdict,

    /// <summary>One of the two, whichever.</summary>
    Either,

    /// <summary>Both together; neither alone is enough.</summary>
    Both,

    /// <summary>Neither: an event was refused as too late, or the rules say otherwise.</summary>
    Other,
}

/// <summary>Conversions whose credit is not the truth, for one cause.</summary>
/// <param name="Details">What is wrong with the customers, the verdicts, or both.</param>
internal sealed record MissCause(MissKind Cause, string Details, long Conversions);

/// <summary>The words of <see cref="MissCause.Details"/>.</summary>
internal static class MissDetails
{
    /// <summary>The conversion belongs to nobody.</summary>
    public const string NoCustomer = "no_customer";

    /// <summary>A touch that earned it belongs to another customer: one person, several customers.</summary>
    public const string Split = "split_customer";

    /// <summary>A touch that earned it belongs to nobody: what it showed is blocked or shared, or it showed nothing.</summary>
    public const string Nobodys = "touch_of_nobody";

    /// <summary>A touch of somebody else has credit: one customer, several people.</summary>
    public const string Joined = "joined_customers";

    /// <summary>Both at once.</summary>
    public const string SplitAndJoined = "split_and_joined";

    /// <summary>A person's conversion counts as a bot's.</summary>
    public const string PersonsConversion = "human_conversion_dropped";

    /// <summary>A bot's conversion counts as a person's.</summary>
    public const string BotsConversion = "bot_conversion_kept";

    /// <summary>A person's touch that earned it counts as a bot's.</summary>
    public const string PersonsTouch = "human_touch_dropped";

    /// <summary>A bot's touch has credit.</summary>
    public const string BotsTouch = "bot_touch_kept";

    /// <summary>The conversion, or a touch that earned it, was not accepted: it came too late.</summary>
    public const string NotAccepted = "not_accepted";

    /// <summary>No touch that has credit, or should have, says why.</summary>
    public const string Unclear = "unclear";

    /// <summary>The evaluation from the same customers and verdicts gives the truth: the machine's answer should have, too.</summary>
    public const string NotReproduced = "not_reproduced";
}
