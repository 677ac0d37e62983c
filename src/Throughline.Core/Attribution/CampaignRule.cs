using Throughline.Core.Attribution.Rules;

namespace Throughline.Core.Attribution;

/// <summary>How a campaign's credit is shared among its touches, in documents of campaigns. Values are stored.</summary>
public enum CreditModel : byte
{
    /// <summary>All to the latest touch, by (time, id).</summary>
    LastTouch = 0,

    /// <summary>Equal shares.</summary>
    Linear = 1,
}

/// <summary>A published document of a campaign: the plain form of a rule, for all kinds of conversions.</summary>
/// <param name="Campaign">Campaign id; <c>*</c> is the tenant's default.</param>
/// <param name="Version">Counts from 1; of two versions that hold, the higher number counts.</param>
/// <param name="WindowMs">A touch is eligible while <c>0 &lt;= conversion - touch &lt;= window</c>, in milliseconds.</param>
/// <param name="Priority">Higher wins within the exclusivity group, before anything else.</param>
/// <param name="Group">Exclusivity group: one campaign of a group wins a conversion.</param>
/// <param name="ValidFrom">First instant of conversions that it covers, milliseconds since 1970.</param>
/// <param name="ValidTo">First instant that it no longer covers.</param>
/// <param name="Restate">It also covers conversions before its publication.</param>
/// <param name="Published">Event time of the publication, milliseconds since 1970.</param>
/// <param name="Position">Position of the publication in the log.</param>
public sealed record CampaignRule(
    string Campaign,
    int Version,
    long WindowMs,
    CreditModel Model,
    int Priority,
    string Group,
    long ValidFrom,
    long ValidTo,
    bool Restate,
    long Published,
    long Position
)
{
    public const string DefaultCampaign = "*";
    public const string DefaultGroup = "default";

    /// <summary>Longest window that a rule may have: 400 days, in milliseconds.</summary>
    public const long MaxWindowMs = 400L * 24 * 60 * 60 * 1000;

    /// <summary>Whether it covers a conversion at an instant. Arrival is never compared.</summary>
    public bool Holds(long time) => ValidFrom <= time && time < ValidTo && (Restate || Published <= time);

    /// <summary>The same as a document of the kind that rules have now.</summary>
    public AttributionRule ToRule() =>
        new()
        {
            Campaign = Campaign,
            Version = Version,
            Windows = new SortedDictionary<string, TouchWindow>(StringComparer.Ordinal)
            {
                [AttributionRule.Others] = new(WindowMs),
            },
            Priorities = new SortedDictionary<string, int>(StringComparer.Ordinal)
            {
                [AttributionRule.Others] = Priority,
            },
            Model = Model == CreditModel.Linear ? AttributionModel.Linear : AttributionModel.Last,
            Group = Group,
            ExcludeMachineOpens = false,
            ValidFrom = ValidFrom,
            ValidTo = ValidTo,
            Restate = Restate,
        };
}
