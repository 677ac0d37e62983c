using Throughline.Core.Events;

namespace Throughline.Core.Gate;

/// <summary>What the user agents seen in a bucket say of themselves. A set: several may hold. Values are stored.</summary>
[Flags]
public enum AgentClasses : byte
{
    None = 0,

    /// <summary>A browser's user agent.</summary>
    Browser = 1,

    /// <summary>A well-known crawler that declares itself and serves the public: search, previews, archives.</summary>
    GoodBot = 2,

    /// <summary>Any other declared crawler, HTTP library or scanner, and what names neither device, system nor engine.</summary>
    Bot = 4,

    /// <summary>A request without user agent.</summary>
    Missing = 8,

    /// <summary>A user agent that names a device or system, but is no browser's and no known program's: an app, perhaps.</summary>
    Other = 16,
}

/// <summary>Why a verdict is what it is. Values are stored.</summary>
public enum VerdictReason : byte
{
    /// <summary>Nothing is known of the actor in this bucket.</summary>
    NoEvidence = 0,

    /// <summary>The latest label that covers the bucket.</summary>
    Label = 1,

    /// <summary>An edge denied a request in this bucket.</summary>
    DecisionDeny = 2,

    /// <summary>An edge challenged a request in this bucket.</summary>
    DecisionChallenge = 3,

    /// <summary>A user agent declares a crawler, library or scanner.</summary>
    AgentBot = 4,

    /// <summary>A user agent declares a well-known good crawler.</summary>
    AgentGoodBot = 5,

    /// <summary>An address of the actor made more requests in the bucket than people do.</summary>
    AddressRate = 6,

    /// <summary>All user agents are browsers' and nothing speaks against it.</summary>
    AgentBrowser = 7,

    /// <summary>A user agent is missing or unknown.</summary>
    AgentUnclear = 8,
}

/// <summary>All that a verdict is made of: stored with it, so that it can be derived again.</summary>
/// <param name="Agents">Classes of the user agents seen.</param>
/// <param name="OverRate">One of its addresses exceeded <see cref="VerdictPolicy.RequestsPerAddress"/> in the bucket.</param>
/// <param name="Label">The latest label's verdict.</param>
/// <param name="Decision">The worst recorded decision.</param>
public readonly record struct VerdictInputs(
    AgentClasses Agents,
    bool OverRate,
    Verdict? Label,
    DecisionAction? Decision
);

/// <summary>
/// The policy <c>verdict/1</c>: a pure function from what was seen of an actor in one 5-minute bucket to what the actor was.
/// </summary>
public static class VerdictPolicy
{
    public const string Name = "verdict/1";

    /// <summary>Length of a bucket of event time, in milliseconds.</summary>
    public const long BucketMs = 5 * 60 * 1000;

    /// <summary>More requests than these from one address in one bucket are not a person's.</summary>
    public const int RequestsPerAddress = 300;

    /// <summary>Label, else the worst decision, else declared bots, else rate, else what the user agents look like.</summary>
    public static (Verdict Verdict, VerdictReason Reason) Decide(in VerdictInputs inputs)
    {
        if (inputs.Label is { } label)
            return (label, VerdictReason.Label);
        if (inputs.Decision == DecisionAction.Deny)
            return (Verdict.Bot, VerdictReason.DecisionDeny);
        if (inputs.Decision == DecisionAction.Challenge)
            return (Verdict.Unknown, VerdictReason.DecisionChallenge);
        if ((inputs.Agents & AgentClasses.Bot) != 0)
            return (Verdict.Bot, VerdictReason.AgentBot);
        if ((inputs.Agents & AgentClasses.GoodBot) != 0)
            return (Verdict.GoodBot, VerdictReason.AgentGoodBot);
        if (inputs.OverRate)
            return (Verdict.Bot, VerdictReason.AddressRate);
        return inputs.Agents switch
        {
            AgentClasses.None => (Verdict.Unknown, VerdictReason.NoEvidence),
            AgentClasses.Browser => (Verdict.Human, VerdictReason.AgentBrowser),
            _ => (Verdict.Unknown, VerdictReason.AgentUnclear),
        };
    }

    /// <summary>Good bots are welcome at the edge, and still earn no credit and link nothing.</summary>
    public static bool Counts(Verdict verdict) => verdict is Verdict.Human or Verdict.Unknown;

    /// <summary>The bucket that holds an instant (milliseconds since 1970).</summary>
    public static int BucketOf(long time) => (int)(time / BucketMs);
}
