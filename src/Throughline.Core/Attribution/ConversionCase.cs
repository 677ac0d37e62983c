using Throughline.Core.Attribution.Rates;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Attribution.Timeline;
using Throughline.Core.Events;
using Throughline.Core.State;
using Throughline.Core.Tenant;

namespace Throughline.Core.Attribution;

/// <summary>A touch in the longest window before a conversion, and what became of it.</summary>
public struct Candidate
{
    public long Position;

    /// <summary>First 16 bits of its event's id: with the time, nearly always enough to tell it from any other.</summary>
    public ushort IdStart;
    public long Time;
    public string Campaign;
    public string Kind;
    public string Channel;
    public bool IsClick;

    /// <summary>Its actor was a bot, good or bad, in that bucket.</summary>
    public bool IsBot;

    /// <summary>A machine opened it.</summary>
    public bool IsMachineOpen;

    /// <summary>Weakest link on the best path to the conversion's owner; 0 unless a rule asks for it.</summary>
    public int Tier;

    /// <summary>Index in <see cref="ConversionCase.Rules"/>, or -1.</summary>
    public int Rule;

    /// <summary>Tests of the touch alone that failed, up to the first, as bits of <see cref="TouchReason"/>.</summary>
    public uint Failed;

    /// <summary>Outcome.</summary>
    public TouchReason Reason;

    /// <summary>Outcome: 1 for the greatest of its group, 0 if it did not come so far.</summary>
    public int Rank;

    /// <summary>Outcome: of the group's <see cref="GroupShare.Weights"/>.</summary>
    public long Weight;

    /// <summary>Outcome: credit in minor units, before refunds.</summary>
    public long Minor;

    /// <summary>Outcome: credit in minor units, after refunds.</summary>
    public long Net;
}

/// <summary>A refund as the split reads it.</summary>
public readonly record struct RefundCase(long Position, long Time, Token Id, long Minor, bool SameCurrency);

/// <summary>Outcome for one exclusivity group: credits + unattributed = value, before and after refunds.</summary>
/// <param name="Rule">The winner's, an index in <see cref="ConversionCase.Rules"/>; -1: nobody won.</param>
/// <param name="Weights">Sum of the weights of its path.</param>
/// <param name="Currency">Three ASCII letters, the first in the lowest byte.</param>
/// <param name="Rate">By which the conversion's currency became this one; none if they are the same.</param>
public record struct GroupShare(
    string Group,
    int Rule,
    Int128 Weights,
    long Value,
    int Currency,
    long Unattributed,
    long NetValue,
    long NetUnattributed,
    RateUse Rate
);

/// <summary>A rule that a case names: where it was published, and its document once that was looked up.</summary>
/// <param name="Digest">Of the document, and of the weight table that it names.</param>
public sealed record CaseRule(
    string Campaign,
    string Conversion,
    int Version,
    long Published,
    long Position,
    ulong Digest,
    string Group,
    PublishedRule? Document = null
)
{
    public static CaseRule Of(PublishedRule rule) =>
        new(
            rule.Rule.Campaign,
            rule.Rule.Conversion,
            rule.Rule.Version,
            rule.Published,
            rule.Position,
            rule.Table is { } table ? Mix.Two(rule.Digest, table.Digest) : rule.Digest,
            rule.Rule.Group,
            rule
        );

    /// <summary><c>summer@3</c>, <c>summer/signup@3</c> of a rule for one kind of conversion.</summary>
    public string Name =>
        Conversion == AttributionRule.Others ? $"{Campaign}@{Version}" : $"{Campaign}/{Conversion}@{Version}";
}

/// <summary>
/// One conversion with all that its credit is made of, and the outcome. <see cref="CreditPolicy"/> fills the outcome from the
/// inputs alone, so that the stored form can be derived again. Reused from conversion to conversion.
/// </summary>
public sealed class ConversionCase
{
    /// <summary>Newest candidates that are kept; older ones within the window are not looked at (documented limit).</summary>
    public const int MaxCandidates = TimelineKernel.MaxCandidates;

    /// <summary>
    /// A customer of more identifiers than these is a value that many people share, not a person: its conversions stay
    /// unattributed, whatever order it grew in, and the cost of its events stays bounded.
    /// </summary>
    public const int MaxIdentifiers = 500;

    /// <summary>Earlier conversions of the customer that caps, reuse, cooldown and dedup look at (documented limit).</summary>
    public const int MaxEarlier = TimelineKernel.MaxEarlier;

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

    /// <summary>Of the candidates, each once, in their order.</summary>
    public readonly List<CaseRule> Rules = [];

    /// <summary>Ascending by (time, id).</summary>
    public readonly List<RefundCase> Refunds = [];

    /// <summary>Outcome.</summary>
    public ConversionStatus Status;

    /// <summary>Outcome, one for each exclusivity group, ordinal. Of winners with a value of their own, <see cref="GroupShare.Value"/> is an input.</summary>
    public readonly List<GroupShare> Shares = [];

    /// <summary>Outcome: how much the refunds took back.</summary>
    public long Refunded;

    internal ConversionFlags Flags =>
        (DuplicateOf >= 0 ? ConversionFlags.DuplicateOrder : 0)
        | (IsBot ? ConversionFlags.Bot : 0)
        | (HasCustomer ? 0 : ConversionFlags.NoCustomer)
        | (IsCustomerTooLarge ? ConversionFlags.CustomerTooLarge : 0);

    /// <summary>The outcome of the group that a candidate competes in; empty of one without a rule.</summary>
    public GroupShare ShareOf(in Candidate candidate)
    {
        string? group = candidate.Rule < 0 ? null : Rules[candidate.Rule].Group;
        return Shares.Find(share => share.Group == group);
    }

    /// <summary>The case that a stored result of a conversion tells.</summary>
    public static ConversionCase Read(ResultRecord result) => ConversionResult.Read(result);

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

    /// <summary>Takes the outcome of one of a kernel's conversions over; the candidates' touches are those of the case, in order.</summary>
    internal void Take(TimelineKernel kernel, int place, Func<int, int> ruleOf)
    {
        ConversionCredit credit = kernel.Conversions[place];
        Status = credit.Status;
        Refunded = credit.Refunded;
        Span<Candidate> mine = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Candidates);
        ReadOnlySpan<CandidateCredit> found = kernel.Candidates.Slice(credit.FirstCandidate, credit.Candidates);
        for (int i = 0; i < found.Length; i++)
        {
            ref Candidate candidate = ref mine[i];
            ref readonly CandidateCredit from = ref found[i];
            (candidate.Failed, candidate.Reason, candidate.Rank) = (from.Failed, from.Reason, from.Rank);
            candidate.Weight = from.Weight;
            (candidate.Minor, candidate.Net) = (from.Minor, from.Net);
        }
        Shares.Clear();
        foreach (ref readonly GroupCredit group in kernel.Groups.Slice(credit.FirstGroup, credit.Groups))
            Shares.Add(
                new(
                    kernel.Rules.Groups[group.Group],
                    group.Rule < 0 ? -1 : ruleOf(group.Rule),
                    group.Weights,
                    group.Value,
                    group.Currency,
                    group.Unattributed,
                    group.NetValue,
                    group.NetUnattributed,
                    group.Rate
                )
            );
    }
}
