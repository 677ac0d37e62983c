using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;
using Throughline.Core.Explain;
using Throughline.Core.Identity;
using Throughline.Server.Replay;

namespace Throughline.Server.Tenants;

/// <summary>A question to a cell. Identifiers come as tokens: a cell never sees a clear value.</summary>
public abstract record CellQuery
{
    private CellQuery() { }

    /// <summary>Which customer holds this identifier?</summary>
    /// <param name="Type">Name of the identifier's type, custom ones included.</param>
    /// <param name="WithTraits">Opens the events that tell its traits.</param>
    public sealed record Resolve(string Type, Token Token, bool WithTraits = false) : CellQuery;

    public sealed record Decision(string Id) : CellQuery;

    public sealed record Customer(string Id) : CellQuery;

    /// <summary>What happened to a customer, with causes.</summary>
    public sealed record History(Token Subject) : CellQuery;

    /// <summary>The customer that an identifier, or the one that a customer's id names, had at a past time.</summary>
    public sealed record Past(Token Subject, bool IsCustomer, long AsOf) : CellQuery;

    public sealed record Conversion(string Id) : CellQuery;

    /// <summary>A customer's touches and conversions in time order.</summary>
    public sealed record Journey(string CustomerId) : CellQuery;

    /// <summary>A page of all that is known of a customer, in time order.</summary>
    public sealed record Timeline(Token Id, TimelinePlace After, int Limit) : CellQuery;

    /// <summary>How many events of which names happened when, and which names alarm; the 30 days up to the watermark's end unless told otherwise.</summary>
    public sealed record Volume(long? From, long? To, bool ByHour, string? Name) : CellQuery;

    /// <summary>The explanation of a decision, customer or conversion, derived again.</summary>
    public sealed record Why(string Id) : CellQuery;

    /// <summary>All campaigns with their versions.</summary>
    public sealed record Campaigns : CellQuery;

    /// <summary>All attribution rules with their versions, and the weight tables.</summary>
    public sealed record AttributionRules : CellQuery;

    /// <summary>Drafts of attribution rules.</summary>
    public sealed record AttributionDrafts : CellQuery;

    /// <summary>A draft of attribution rules with its text; null if there is none.</summary>
    public sealed record AttributionDraft(string Name) : CellQuery;

    /// <summary>What rules would change if they were the next versions, and these weight tables were there.</summary>
    /// <param name="Progress">Told percents.</param>
    public sealed record TryRules(
        IReadOnlyList<AttributionRule> Rules,
        IReadOnlyList<WeightTable> Tables,
        IProgress<long>? Progress = null
    ) : CellQuery;

    /// <summary>Exchange rates; from a day on, days since 1970, or of the last days that have any.</summary>
    public sealed record Rates(int? Since) : CellQuery;

    /// <summary>The identity strategies that were published, and the one in force.</summary>
    public sealed record Strategies : CellQuery;

    /// <summary>What an identity strategy would change; null if no event showed the held-out type.</summary>
    /// <param name="Progress">Told percents.</param>
    public sealed record TryStrategy(Strategy Strategy, string? HeldOut, IProgress<long>? Progress = null) : CellQuery;

    /// <summary>What an operator's word on identifiers would change.</summary>
    /// <param name="Document">The control document that would say it.</param>
    public sealed record Preview(byte[] Document) : CellQuery;

    /// <summary>What an erasure would change; null if no event has shown the identifier.</summary>
    public sealed record PreviewErase(EraseRequest Request) : CellQuery;

    /// <summary>What was erased, and how far that is carried out in the files.</summary>
    public sealed record Erasures : CellQuery;

    /// <summary>Whether a customer's id names one that was erased: <c>true</c> or <c>false</c>.</summary>
    public sealed record IsErased(string CustomerId) : CellQuery;

    /// <summary>The identifier types in force, and which are frozen.</summary>
    public sealed record IdentifierTypes : CellQuery;

    /// <summary>Why two identifiers are, or are not, one customer.</summary>
    public sealed record WhyPair(Token A, Token B) : CellQuery;

    /// <summary>Sizes of customers, shared values, limits hit, and which guards alarm.</summary>
    public sealed record IdentityHealth : CellQuery;

    /// <summary>From where on the guards alarm.</summary>
    public sealed record IdentitySettings : CellQuery;

    /// <summary>How far the tenant is, and the digest of its results.</summary>
    /// <param name="Settled">Wait until nothing is left to be worked out.</param>
    public sealed record State(bool Settled) : CellQuery;

    /// <summary>The stored events applied again to a fresh machine in memory, and whether they give the same results.</summary>
    public sealed record Replay(ReplayOrder Order) : CellQuery;
}
