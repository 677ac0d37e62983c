using Throughline.Core.Gate.Counters;

namespace Throughline.Core.Gate.Rules;

/// <summary>How the values of one counter are found. Counters of one definition but several names share it.</summary>
/// <param name="Key">Place of its key among the version's.</param>
/// <param name="Condition">Place of <paramref name="Where"/> among the version's conditions; -1: it has none.</param>
/// <param name="Item">Place of <paramref name="Of"/> among the version's items; -1: it has none.</param>
internal sealed record CounterPlan(
    CounterShape Shape,
    RulePhase Phase,
    int Key,
    GateExpression? Where,
    int Condition,
    GateExpression? Of,
    int Item
);

/// <summary>A key that counters share: hashed once for each request.</summary>
internal sealed record KeyPlan(GateExpression[] Parts);

/// <summary>What is looked up in a list; null: the client's address.</summary>
internal sealed record ListPlan(ListDocument Document, GateExpression? Of);
