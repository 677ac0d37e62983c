using Throughline.Core.Events;

namespace Throughline.Core.Attribution;

/// <summary>What became of a conversion. Values are stored.</summary>
public enum ConversionStatus : byte
{
    /// <summary>At least one touch earned credit.</summary>
    Attributed = 0,

    /// <summary>No touch was eligible.</summary>
    Unattributed = 1,

    /// <summary>Another conversion has the same kind and order id and comes first by (time, id).</summary>
    DuplicateOrder = 2,

    /// <summary>Its actor was a bot in that bucket.</summary>
    Bot = 3,

    /// <summary>It belongs to no customer: it has no identifier, or all are blocked.</summary>
    NoCustomer = 4,

    /// <summary>Its customer has more identifiers than <see cref="ConversionCase.MaxIdentifiers"/>: not one person's journey.</summary>
    CustomerTooLarge = 5,
}

/// <summary>Why a touch did, or did not, earn credit; the first test that failed, in this order. Values are stored.</summary>
public enum TouchReason : byte
{
    Credited = 0,

    /// <summary>No rule of its campaign, and no default, covers the conversion's time.</summary>
    NoRule = 1,

    /// <summary>Its actor was a bot in that bucket.</summary>
    Bot = 2,

    /// <summary>Older than its campaign's window.</summary>
    OutsideWindow = 3,

    /// <summary>Another campaign of the exclusivity group won.</summary>
    LostExclusivity = 4,

    /// <summary>The model gives all to a later touch of the campaign.</summary>
    NotLast = 5,
}

/// <summary>A touch in the longest window before a conversion, and what became of it.</summary>
public struct Candidate
{
    public long Position;

    /// <summary>First 16 bits of its event's id: with the time, nearly always enough to tell it from any other.</summary>
    public ushort IdStart;
    public long Time;
    public string Campaign;
    public string Kind;
    public bool IsClick;

    /// <summary>Its actor was a bot, good or bad, in that bucket.</summary>
    public bool IsBot;

    /// <summary>Index in <see cref="ConversionCase.Rules"/>, or -1.</summary>
    public int Rule;

    /// <summary>Outcome.</summary>
    public TouchReason Reason;

    /// <summary>Outcome: credit in minor units, before refunds.</summary>
    public long Minor;

    /// <summary>Outcome: credit in minor units, after refunds.</summary>
    public long Net;
}

/// <summary>A refund as the split reads it.</summary>
public readonly record struct RefundCase(long Position, long Time, Token Id, long Minor, bool SameCurrency);

/// <summary>Outcome for one exclusivity group: credits + unattributed = value.</summary>
public record struct GroupShare(string Group, long Unattributed, long NetUnattributed);

/// <summary>
/// One conversion with all that its credit is made of, and the outcome. <see cref="CreditPolicy"/> fills the outcome from the
/// inputs alone, so that the stored form can be derived again. Reused from conversion to conversion.
/// </summary>
public sealed class ConversionCase
{
    /// <summary>Newest candidates that are kept; older ones within the window are not looked at (documented limit).</summary>
    public const int MaxCandidates = 512;

    /// <summary>
    /// A customer of more identifiers than these is a value that many people share, not a person: its conversions stay
    /// unattributed, whatever order it grew in, and the cost of its events stays bounded.
    /// </summary>
    public const int MaxIdentifiers = 500;

    public long Position;
    public long Time;
    public Token Id;
    public string Kind = "";
    public long Minor;
    public int Currency;
    public bool HasCustomer;

    /// <summary>The customer has more than <see cref="MaxIdentifiers"/>.</summary>
    public bool IsCustomerTooLarge;

    /// <summary>Its actor was a bot, good or bad, in that bucket.</summary>
    public bool IsBot;

    /// <summary>Position of the conversion that comes first for the order, or -1.</summary>
    public long DuplicateOf = -1;

    /// <summary>Its event's id.</summary>
    public Token DuplicateOfId;

    /// <summary>Ascending by (time, id).</summary>
    public readonly List<Candidate> Candidates = [];
    public readonly List<CampaignRule> Rules = [];

    /// <summary>Ascending by (time, id).</summary>
    public readonly List<RefundCase> Refunds = [];

    /// <summary>Outcome.</summary>
    public ConversionStatus Status;

    /// <summary>Outcome, one for each exclusivity group, ordinal.</summary>
    public readonly List<GroupShare> Shares = [];

    /// <summary>Outcome: how much the refunds took back.</summary>
    public long Refunded;

    public void Clear()
    {
        DuplicateOf = -1;
        DuplicateOfId = default;
        Refunded = 0;
        Candidates.Clear();
        Rules.Clear();
        Refunds.Clear();
        Shares.Clear();
    }
}
