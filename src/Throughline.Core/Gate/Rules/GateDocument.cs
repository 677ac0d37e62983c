using Throughline.Core.Events;

namespace Throughline.Core.Gate.Rules;

/// <summary>What a writer of rules wrote: rules, counters, lists and routes of one tenant. Not validated: see <see cref="GateModel"/>.</summary>
public sealed record GateDocument
{
    public IReadOnlyList<RuleDocument> Rules { get; init; } = [];
    public IReadOnlyList<CounterDocument> Counters { get; init; } = [];
    public IReadOnlyList<ListDocument> Lists { get; init; } = [];

    /// <summary>The first whose patterns fit a request holds; requests that fit none have <see cref="RouteDocument.Default"/>.</summary>
    public IReadOnlyList<RouteDocument> Routes { get; init; } = [];
}

/// <summary>The life of a rule.</summary>
public enum RuleMode : byte
{
    /// <summary>Checked, never evaluated live.</summary>
    Draft = 0,

    /// <summary>Evaluated and recorded for every request; changes no decision.</summary>
    Shadow = 1,

    /// <summary>Enforced for a sticky share of visitors, shadow for the others.</summary>
    Canary = 2,
    Enforce = 3,

    /// <summary>Kept for history.</summary>
    Retired = 4,
}

/// <summary>What a match does.</summary>
public enum RuleAction : byte
{
    /// <summary>Ends: the request is welcome.</summary>
    Allow = 0,

    /// <summary>Adds a tag.</summary>
    Tag = 1,

    /// <summary>Adds to the score.</summary>
    Score = 2,

    /// <summary>Ends: the client must prove itself.</summary>
    Challenge = 3,

    /// <summary>Ends: the request is refused.</summary>
    Deny = 4,
}

/// <summary>When a rule is evaluated.</summary>
public enum RulePhase : byte
{
    /// <summary>Before the request is answered: it decides.</summary>
    Request = 0,

    /// <summary>Once the answer is known (status, failed log-in): it decides nothing any more; it tags, alerts and may list the client.</summary>
    Response = 1,
}

/// <summary>One rule.</summary>
public sealed record RuleDocument
{
    /// <summary>Lower-case words with hyphens; unique.</summary>
    public required string Id { get; init; }

    /// <summary>A bool expression over <see cref="Decide.GateSchema"/>.</summary>
    public required string When { get; init; }
    public RulePhase Phase { get; init; }
    public RuleAction Action { get; init; } = RuleAction.Tag;

    /// <summary>What a match adds to the score (any action may).</summary>
    public int Score { get; init; }
    public string? Tag { get; init; }

    /// <summary>Higher goes first; equal ones in the order of the document.</summary>
    public int Priority { get; init; }
    public RuleMode Mode { get; init; } = RuleMode.Enforce;

    /// <summary>Share of visitors that a canary is enforced for, 0 to 100.</summary>
    public double CanaryPercent { get; init; }

    /// <summary>
    /// Share of the people it would act on, 0 to 50, who are judged and recorded, but not acted on (<see cref="Decide.HoldoutUnit"/>): what
    /// becomes of them says what the rule costs. Only of rules that deny, challenge or add to the score.
    /// </summary>
    public double HoldoutPercent { get; init; }
    public string? Owner { get; init; }

    /// <summary>Why it exists: shown in explanations.</summary>
    public string? Reason { get; init; }

    /// <summary>Milliseconds since 1970 after which it is as retired; null: never.</summary>
    public long? ExpiresAt { get; init; }

    /// <summary>Ids of routes that it holds for; empty: all.</summary>
    public IReadOnlyList<string> Routes { get; init; } = [];

    /// <summary>Of a denial.</summary>
    public DenialDocument? Denial { get; init; }

    /// <summary>Of a challenge: zero bits that the proof must begin with; null: as the route says.</summary>
    public int? Difficulty { get; init; }

    /// <summary>On a match the client's address goes into this list for <see cref="ListForMs"/>.</summary>
    public string? AddToList { get; init; }
    public long ListForMs { get; init; } = 600_000;

    /// <summary>After a match the same key (address) is not reported again for so long; the match still counts. 0: always reported.</summary>
    public long QuietMs { get; init; }

    /// <summary>Recognises a bot, good or bad, without denying it: flagged in reports and replays.</summary>
    public bool Bot { get; init; }
}

/// <summary>How a request is refused.</summary>
/// <param name="Status">An HTTP status from 400 to 599.</param>
/// <param name="DelayMs">The answer waits so long, at most 10 s.</param>
public sealed record DenialDocument(int Status = 403, string? Body = null, string? ContentType = null, int DelayMs = 0);

/// <summary>What a counter measures.</summary>
public enum CounterKind : byte
{
    Count = 0,

    /// <summary>Different values of <see cref="CounterDocument.Of"/>; exact to a bound, then HyperLogLog.</summary>
    Distinct = 1,

    /// <summary>The sum of <see cref="CounterDocument.Of"/>.</summary>
    Sum = 2,

    /// <summary>The share of requests of the key for which <see cref="CounterDocument.Where"/> holds, 0 to 1.</summary>
    Ratio = 3,

    /// <summary>The level of a leaky bucket: one in for each request, one out every <see cref="CounterDocument.LeakMs"/>.</summary>
    Bucket = 4,

    /// <summary>A leaky bucket into which each value of <see cref="CounterDocument.Of"/> goes once while the bucket is not empty.</summary>
    DistinctBucket = 5,
}

/// <summary>A named measure over a key; rules read it as <c>counter.NAME</c> (an int; a double of sum, ratio).</summary>
public sealed record CounterDocument
{
    /// <summary>Lower-case letters, digits and underscores.</summary>
    public required string Name { get; init; }

    /// <summary>Expressions over the request's features; none: one value for all requests.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];
    public CounterKind Kind { get; init; }

    /// <summary>A sliding window of 1 s to 30 d.</summary>
    public long WindowMs { get; init; } = 60_000;

    /// <summary>A bool expression: which requests count; null: all.</summary>
    public string? Where { get; init; }

    /// <summary>What is told apart or summed.</summary>
    public string? Of { get; init; }

    /// <summary>Response: counts when the answer is known (<see cref="Where"/> may read <c>response.status</c>).</summary>
    public RulePhase Phase { get; init; }

    /// <summary>Of a bucket: one leaks out every so many milliseconds.</summary>
    public long LeakMs { get; init; } = 10_000;

    /// <summary>Of a bucket: it holds no more than so many (its level stops there + 1).</summary>
    public int Capacity { get; init; } = 1_000_000;
}

/// <summary>What a list holds, and what of a request is looked up in it.</summary>
public enum ListKind : byte
{
    /// <summary>Addresses and CIDR blocks.</summary>
    Address = 0,

    /// <summary>Texts, compared exactly; <see cref="ListDocument.Of"/> is looked up.</summary>
    Text = 1,

    /// <summary>Texts that are looked for inside <see cref="ListDocument.Of"/>, whatever the case.</summary>
    Contains = 2,

    /// <summary>Numbers (ASN); <see cref="ListDocument.Of"/> is looked up.</summary>
    Number = 3,
}

/// <summary>A named list; rules read <c>list.NAME</c> (a bool: this request is in it).</summary>
public sealed record ListDocument
{
    public required string Name { get; init; }
    public ListKind Kind { get; init; }

    /// <summary>The expression whose value is looked up; null: the client's address.</summary>
    public string? Of { get; init; }
    public IReadOnlyList<ListEntryDocument> Entries { get; init; } = [];
}

/// <summary>One entry of a list.</summary>
/// <param name="ExpiresAt">Milliseconds since 1970; null: never.</param>
public sealed record ListEntryDocument(
    string Value,
    long? ExpiresAt = null,
    string? Source = null,
    string? Reason = null
);

/// <summary>What to do with a request that could not be judged in time.</summary>
public enum FailPolicy : byte
{
    Open = 0,
    Challenge = 1,
    Closed = 2,
}

/// <summary>Whether answers wait for their decision's record.</summary>
public enum RecordTiming : byte
{
    /// <summary>They do: nothing that was answered is lost.</summary>
    Sync = 0,

    /// <summary>They do not: what is under way when the process is killed is lost.</summary>
    Async = 1,
}

/// <summary>A part of the tenant's sites with its own thresholds and fail policy.</summary>
public sealed record RouteDocument
{
    public static RouteDocument Default { get; } = new() { Id = "default" };

    public required string Id { get; init; }

    /// <summary>Hosts, exact or <c>*.example.com</c>; empty: all.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Prefixes of paths; empty: all.</summary>
    public IReadOnlyList<string> PathPrefixes { get; init; } = [];
    public FailPolicy OnFailure { get; init; } = FailPolicy.Open;

    /// <summary>Whether answers wait for records; null: as the tenant's settings say.</summary>
    public RecordTiming? Record { get; init; }

    /// <summary>A score from here on is challenged; null: never.</summary>
    public int? ChallengeScore { get; init; }

    /// <summary>A score from here on is denied; null: never.</summary>
    public int? DenyScore { get; init; }

    /// <summary>Where challenged clients are sent.</summary>
    public string? ChallengeUrl { get; init; }

    /// <summary>Zero bits that proofs must begin with where the rule does not say; null: as the edge says.</summary>
    public int? ChallengeDifficulty { get; init; }
    public DenialDocument Denial { get; init; } = new();
}

/// <summary>Something wrong in a document, with its place.</summary>
/// <param name="Path">A JSON pointer into the document: <c>/rules/3/when</c>.</param>
/// <param name="Message">What, and what was expected; of an expression with line, column and caret.</param>
/// <param name="Line">Of an expression: its line, from 1; else 0.</param>
/// <param name="Column">Of an expression: in code points, from 1; else 0.</param>
public sealed record GateIssue(string Path, string Message, int Line = 0, int Column = 0);
