using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;

namespace Throughline.Server.Edge.Rules;

/// <summary>A test of rules by their writer: requests one after another, and what is expected of each.</summary>
public sealed record GateCaseDocument
{
    public required string Name { get; init; }

    /// <summary>When it begins, milliseconds since 1970; null: see <see cref="GateCaseRunner.DefaultStart"/>.</summary>
    public long? StartsAt { get; init; }
    public IReadOnlyList<GateCaseRequest> Requests { get; init; } = [];

    /// <summary>Where it stands, for messages.</summary>
    public YamlPlace Place { get; init; }
}

/// <summary>One request, or several of a kind.</summary>
public sealed record GateCaseRequest
{
    public string Method { get; init; } = "GET";

    /// <summary>With its query.</summary>
    public string Path { get; init; } = "/";

    /// <summary>Milliseconds since the case began; null: a second after the one before.</summary>
    public long? AtMs { get; init; }
    public string Address { get; init; } = "203.0.113.1";
    public string? Host { get; init; }

    /// <summary>In their order; the user agent and the referrer are headers, too. Null: those of an ordinary browser.</summary>
    public IReadOnlyList<HeaderField>? Headers { get; init; }
    public string? Session { get; init; }
    public string? Ja3 { get; init; }
    public string? Ja4 { get; init; }
    public long? Asn { get; init; }
    public string? Country { get; init; }
    public BotIdentity Bot { get; init; }
    public CustomerFacts Customer { get; init; }
    public ClearanceFacts Clearance { get; init; }
    public ChallengeCounts? Challenges { get; init; }
    public SignatureFacts Signature { get; init; }

    /// <summary>How it is answered; null: the rules of the response phase do not run.</summary>
    public ResponseFacts? Response { get; init; }

    /// <summary>So many times; what is expected holds of the last.</summary>
    public int Repeat { get; init; } = 1;

    /// <summary>Between two repetitions.</summary>
    public long EveryMs { get; init; } = 1_000;

    /// <summary>Null: nothing is expected.</summary>
    public GateCaseExpectation? Expect { get; init; }

    public YamlPlace Place { get; init; }
}

/// <summary>What must come of a request; what is null is not looked at.</summary>
public sealed record GateCaseExpectation
{
    public DecisionAction? Action { get; init; }
    public int? Score { get; init; }
    public bool? Flagged { get; init; }

    /// <summary>Rules of either phase that must match, shadow ones too.</summary>
    public IReadOnlyList<string> Matched { get; init; } = [];
    public IReadOnlyList<string> NotMatched { get; init; } = [];

    /// <summary>Tags that must be there.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
    public YamlPlace Place { get; init; }
}
