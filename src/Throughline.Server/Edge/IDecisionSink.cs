using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Tenants;

#pragma warning disable MA0022, RCS1210 // null: there is nothing to wait for

namespace Throughline.Server.Edge;

/// <summary>
/// Where decisions go to be recorded. Called on the thread that decides: it takes from the exchange what it needs before it comes
/// back, and never waits for disk or network.
/// </summary>
internal interface IDecisionSink
{
    /// <summary>Takes a decision, bypasses too, with its inputs.</summary>
    /// <returns>Null where answers do not wait for records; else a task that ends when the record is durable.</returns>
    Task? Take(EdgeExchange exchange);

    /// <summary>
    /// Takes how a request was answered in the end, and which rules that set off. Called only where the version that judged has rules or
    /// counters of the response phase.
    /// </summary>
    /// <param name="model">The version that judged the answer, for which the exchange's inputs were read.</param>
    void TakeResponse(EdgeExchange exchange, in ResponseFacts response, GateModel model, GateDecision alerts);

    /// <summary>Takes what rules have put into lists, if anything; a decision's or an answer's.</summary>
    void TakeListings(TenantId tenant, IReadOnlyList<Listing> listings);
}

/// <summary>Records nothing.</summary>
internal sealed class NoSink : IDecisionSink
{
    public static readonly NoSink Instance = new();

    public Task? Take(EdgeExchange exchange) => null;

    public void TakeResponse(EdgeExchange exchange, in ResponseFacts response, GateModel model, GateDecision alerts) { }

    public void TakeListings(TenantId tenant, IReadOnlyList<Listing> listings) { }
}
