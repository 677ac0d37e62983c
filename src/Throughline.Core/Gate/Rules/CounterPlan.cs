using Throughline.Core.Gate.Counters;

namespace Throughline.Core.Gate.Rules;

/// <summary>How the values of one counter are found. Counters of one definition but several names share it.</summary>
/// <param name="Key">Place of its key among the version's.</param>
internal sealed record CounterPlan(
    CounterShape Shape,
    RulePhase Phase,
    int Key,
    GateExpression? Where,
    GateExpression? Of
);

/// <summary>A key that counters share: hashed once for each request.</summary>
internal sealed record KeyPlan(GateExpression[] Parts);

/// <summary>What is looked up in a list; null: the client's address.</summary>
internal sealed record ListPlan(ListDocument Document, GateExpression? Of);
