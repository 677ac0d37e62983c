using Throughline.Core.Events;

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
}
