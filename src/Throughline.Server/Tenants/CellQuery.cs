using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Server.Replay;

namespace Throughline.Server.Tenants;

/// <summary>A question to a cell. Identifiers come as tokens: a cell never sees a clear value.</summary>
public abstract record CellQuery
{
    private CellQuery() { }

    /// <summary>Which customer holds this identifier?</summary>
    /// <param name="Type">Name of the identifier's type, custom ones included.</param>
    public sealed record Resolve(string Type, Token Token) : CellQuery;

    public sealed record Decision(string Id) : CellQuery;

    public sealed record Customer(string Id) : CellQuery;

    public sealed record Conversion(string Id) : CellQuery;

    /// <summary>A customer's touches and conversions in time order.</summary>
    public sealed record Journey(string CustomerId) : CellQuery;

    /// <summary>The explanation of a decision, customer or conversion, derived again.</summary>
    public sealed record Why(string Id) : CellQuery;

    /// <summary>All campaigns with their versions.</summary>
    public sealed record Campaigns : CellQuery;

    /// <summary>The identity strategies that were published, and the one in force.</summary>
    public sealed record Strategies : CellQuery;

    /// <summary>What an identity strategy would change; null if no event showed the held-out type.</summary>
    public sealed record TryStrategy(Strategy Strategy, string? HeldOut) : CellQuery;

    /// <summary>Why two identifiers are, or are not, one customer.</summary>
    public sealed record WhyPair(Token A, Token B) : CellQuery;

    /// <summary>Sizes of customers, shared values, limits hit.</summary>
    public sealed record IdentityHealth : CellQuery;

    /// <summary>How far the tenant is, and the digest of its results.</summary>
    /// <param name="Settled">Wait until nothing is left to be worked out.</param>
    public sealed record State(bool Settled) : CellQuery;

    /// <summary>The stored events applied again to a fresh machine in memory, and whether they give the same results.</summary>
    public sealed record Replay(ReplayOrder Order) : CellQuery;
}
