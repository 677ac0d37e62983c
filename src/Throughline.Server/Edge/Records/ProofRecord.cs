using Throughline.Server.Tenants;

namespace Throughline.Server.Edge.Records;

/// <summary>
/// The record of a client's answer to a challenge: what became of it, the version and the rule that asked, and the decision that it answers. A
/// record of its own, with a number of its own, as the request was one.
/// </summary>
internal static class ProofRecord
{
    public static DecisionEntry EntryOf(EdgeExchange exchange) =>
        new(
            exchange.IdText,
            exchange.Request.Time,
            Address: null, // it judges nobody: the decision that asked did
            UserAgent: null,
            exchange.Decision.Action,
            exchange.Decision.Score,
            AnswerTo: exchange.Asked?.ToString()
        );
}
