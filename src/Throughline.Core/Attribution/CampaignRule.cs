using Throughline.Core.Events;

namespace Throughline.Core.Attribution;

/// <summary>How a campaign's credit is shared among its touches. Values are stored.</summary>
public enum CreditModel : byte
{
    /// <summary>All to the latest touch, by (time, id).</summary>
    LastTouch = 0,

    /// <summary>Equal shares.</summary>
    Linear = 1,
}

/// <summary>One published version of a campaign's attribution rule.</summary>
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
}

/// <summary>All rule versions of a tenant: few, kept as objects, read back from their events after a restart.</summary>
internal sealed class RuleBook
{
    private readonly Dictionary<string, List<(CampaignRule Rule, Token Id)>> rules = new(StringComparer.Ordinal);

    /// <summary>The longest window of any version, in milliseconds; 0 without rules.</summary>
    public long LongestWindowMs { get; private set; }

    /// <summary>The longest window of the versions that hold at an instant: how far back a conversion then looks, in milliseconds.</summary>
    public long WindowAtMs(long time)
    {
        long longest = 0;
        foreach (List<(CampaignRule Rule, Token Id)> versions in rules.Values)
        foreach ((CampaignRule rule, Token _) in versions)
            if (rule.WindowMs > longest && rule.Holds(time))
                longest = rule.WindowMs;
        return longest;
    }

    public IEnumerable<CampaignRule> All =>
        rules.Values.SelectMany(versions => versions).Select(version => version.Rule);

    public void Add(CampaignRule rule, Token id)
    {
        if (!rules.TryGetValue(rule.Campaign, out List<(CampaignRule, Token)>? versions))
            rules.Add(rule.Campaign, versions = []);
        versions.Add((rule, id));
        LongestWindowMs = Math.Max(LongestWindowMs, rule.WindowMs);
    }

    /// <summary>The rule that a campaign's touches compete under for a conversion at an instant: its own, else the tenant's default.</summary>
    public CampaignRule? For(string campaign, long time) =>
        Highest(campaign, time) ?? Highest(CampaignRule.DefaultCampaign, time);

    // Equal numbers come from publications that did not know of each other: then the later (time, id) counts.
    private CampaignRule? Highest(string campaign, long time)
    {
        if (!rules.TryGetValue(campaign, out List<(CampaignRule Rule, Token Id)>? versions))
            return null;
        (CampaignRule Rule, Token Id)? best = null;
        foreach ((CampaignRule Rule, Token Id) version in versions)
            if (version.Rule.Holds(time) && (best is not { } b || Key(version).CompareTo(Key(b)) > 0))
                best = version;
        return best?.Rule;
    }

    private static (int, long, Token) Key((CampaignRule Rule, Token Id) version) =>
        (version.Rule.Version, version.Rule.Published, version.Id);
}
