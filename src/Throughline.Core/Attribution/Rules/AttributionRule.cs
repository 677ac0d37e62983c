using Throughline.Core.State;

namespace Throughline.Core.Attribution.Rules;

/// <summary>How often a touch may earn. Words of documents: <c>every</c>, <c>once</c>, <c>cycle</c>.</summary>
public enum TouchReuse : byte
{
    /// <summary>For every conversion.</summary>
    Every = 0,

    /// <summary>For one conversion, of whatever kind: credit given uses it up.</summary>
    Once = 1,

    /// <summary>A credited conversion ends a cycle of its campaign and kind: touches up to it are out.</summary>
    Cycle = 2,
}

/// <summary>Which conversions count for a touch.</summary>
public enum Counting : byte
{
    Every = 0,

    /// <summary>Of each kind the first that the touch earned.</summary>
    OnePerTouch = 1,
}

/// <summary>Who of a group shares a conversion.</summary>
public enum Exclusivity : byte
{
    /// <summary>The campaign of the greatest touch.</summary>
    OneWinner = 0,

    /// <summary>If the greatest touch's rule says so, all campaigns of the group that say so, in one path.</summary>
    Shared = 1,
}

/// <summary>Which of a campaign's touches stay when there are more than the cap.</summary>
public enum CapKeep : byte
{
    Latest = 0,
    Earliest = 1,

    /// <summary>The greatest by (priority, click, time, id): lower ones are replaced.</summary>
    Priority = 2,
}

/// <summary>What makes two conversions one to a rule.</summary>
public enum DedupKey : byte
{
    /// <summary>The event's id, of which a tenant takes one event anyway.</summary>
    Event = 0,

    /// <summary>The order id; conversions without one are never duplicates.</summary>
    Order = 1,

    /// <summary>The text of an expression; an empty one is never a duplicate.</summary>
    Expression = 2,
}

/// <summary>How long a touch of one kind is eligible, in milliseconds; <see cref="None"/>: never.</summary>
/// <param name="WithinMs">While <c>0 &lt;= conversion - touch &lt;= within</c>.</param>
/// <param name="Tiers">Ascending: from this tier of the match on (weaker links have greater tiers; 0 is the same identifier) another length.</param>
public sealed record TouchWindow(long WithinMs, IReadOnlyList<(int Tier, long WithinMs)> Tiers)
{
    public const long None = -1;

    public TouchWindow(long withinMs)
        : this(withinMs, []) { }

    /// <summary>The longest of all tiers.</summary>
    public long LongestMs => Math.Max(WithinMs, Tiers.Count == 0 ? None : Tiers.Max(tier => tier.WithinMs));

    /// <summary>The length for a match.</summary>
    public long At(int tier)
    {
        long within = WithinMs;
        foreach ((int from, long ms) in Tiers)
            if (from <= tier)
                within = ms;
        return within;
    }
}

/// <summary>A campaign's rule for a kind of conversion: what a user wrote, checked. Immutable. See docs/guide/attribution-rules.md.</summary>
public sealed record AttributionRule
{
    /// <summary>As a campaign, a kind of conversion, a kind of touch: all that have no rule of their own.</summary>
    public const string Others = "*";
    public const string DefaultGroup = "default";

    /// <summary>Longest window: 1,100 days, in milliseconds. A tenant that keeps touches for less allows less.</summary>
    public const long MaxWindowMs = 1100L * 24 * 60 * 60 * 1000;
    public const int PriorityMax = 1_000_000;
    public const int FullShare = 10_000;

    private static readonly Dictionary<string, TouchWindow> NoWindows = [];
    private static readonly Dictionary<string, int> NoPriorities = [];

    public string Campaign { get; init; } = Others;
    public string Conversion { get; init; } = Others;

    /// <summary>Counts from 1 for its campaign and kind; of two that hold, the higher number counts.</summary>
    public int Version { get; init; } = 1;
    public string Author { get; init; } = "";
    public string Note { get; init; } = "";

    /// <summary>By kind of touch; a kind without one, where <c>*</c> has none either, is not eligible.</summary>
    public IReadOnlyDictionary<string, TouchWindow> Windows { get; init; } = NoWindows;

    /// <summary>
    /// Compatibility: windows are whole days, and count the calendar's days between touch and conversion at this offset from UTC in
    /// minutes; null: exact time.
    /// </summary>
    public int? CalendarOffsetMinutes { get; init; }

    /// <summary>A bool expression over touch, conversion and customer; null: all touches.</summary>
    public string? Eligible { get; init; }

    /// <summary>By kind of touch; 0 of others.</summary>
    public IReadOnlyDictionary<string, int> Priorities { get; init; } = NoPriorities;

    /// <summary>Of equal priority a click goes before any other touch.</summary>
    public bool ClickBeforeView { get; init; } = true;

    /// <summary>Only the campaign's touches of the greatest (priority, click) stay in its path.</summary>
    public bool DisplaceLower { get; init; }

    public int? TouchesPerConversion { get; init; }
    public CapKeep Keep { get; init; }

    /// <summary>Conversions of any kind that a touch may earn.</summary>
    public int? ConversionsPerTouch { get; init; }
    public TouchReuse Reuse { get; init; }
    public Counting Counting { get; init; }

    /// <summary>After a credited conversion of the kind the campaign earns nothing for so long (half-open); 0: no such pause.</summary>
    public long CooldownMs { get; init; }
    public DedupKey Dedup { get; init; }

    /// <summary>A string expression over conversion and customer.</summary>
    public string? DedupExpression { get; init; }

    /// <summary>Conversions with one key are one within this time (half-open) after one that the campaign was credited for.</summary>
    public long DedupWithinMs { get; init; }
    public string Group { get; init; } = DefaultGroup;
    public Exclusivity Exclusivity { get; init; }
    public bool ExcludeBots { get; init; } = true;
    public bool ExcludeMachineOpens { get; init; } = true;

    /// <summary>An int expression over conversion and customer: minor units, not negative; null: the conversion's value.</summary>
    public string? Value { get; init; }

    /// <summary>ISO 4217; conversions in another currency are converted by the rate of their day; null: as they come.</summary>
    public string? Currency { get; init; }

    /// <summary>What touches that are no click keep of their share, in 1/10,000; the rest stays unattributed.</summary>
    public int ViewShare { get; init; } = FullShare;
    public AttributionModel Model { get; init; } = AttributionModel.Last;

    /// <summary>First instant of conversions that it covers, milliseconds since 1970.</summary>
    public long ValidFrom { get; init; }

    /// <summary>First instant that it no longer covers.</summary>
    public long ValidTo { get; init; } = long.MaxValue;

    /// <summary>It also covers conversions from before its publication.</summary>
    public bool Restate { get; init; }

    /// <summary>Of those only conversions at most so long before it, milliseconds; null: of any age. Older ones are final.</summary>
    public long? RestateForMs { get; init; }

    /// <summary>Conversions under this rule depend on earlier ones.</summary>
    public bool IsCoupled =>
        ConversionsPerTouch is not null
        || Reuse != TouchReuse.Every
        || Counting != Counting.Every
        || CooldownMs > 0
        || Dedup != DedupKey.Event;

    /// <summary>The longest window of any kind and tier, milliseconds; with calendar days the touch may be nearly a day older.</summary>
    public long LongestWindowMs
    {
        get
        {
            long longest = 0;
            foreach (TouchWindow window in Windows.Values)
                longest = Math.Max(longest, window.LongestMs);
            return CalendarOffsetMinutes is null ? longest : longest + DayMs - 1;
        }
    }

    internal const long DayMs = 24L * 60 * 60 * 1000;
}

/// <summary>A rule that is in force, or was.</summary>
/// <param name="Published">Event time of the publication, milliseconds since 1970; <see cref="long.MinValue"/>: always known.</param>
/// <param name="Id">Of the publication's event.</param>
/// <param name="Position">Of the publication in the log, -1 outside of one.</param>
public sealed record PublishedRule(
    AttributionRule Rule,
    long Published = long.MinValue,
    Events.Token Id = default,
    long Position = -1
)
{
    /// <summary>First instant of conversions that it covers. Arrival is never compared.</summary>
    public long From =>
        !Rule.Restate ? Math.Max(Math.Max(Rule.ValidFrom, Published), Earliest)
        : Rule.RestateForMs is { } reach && Published > long.MinValue
            ? Math.Max(Math.Max(Rule.ValidFrom, Published - reach), Earliest)
        : Math.Max(Rule.ValidFrom, Earliest);

    /// <summary>First instant of conversions that were not final when it, or the weight table that it names, was published.</summary>
    public long Earliest { get; init; } = long.MinValue;

    public bool Holds(long time) => From <= time && time < Rule.ValidTo;

    /// <summary>Of a data-driven rule, once it was looked up.</summary>
    public WeightTable? Table { get; init; }

    /// <summary>Names the rule by content: equal for equal documents.</summary>
    public ulong Digest { get; } = Mix.Bytes(AttributionRuleText.ToUtf8(Rule));
}
