namespace Throughline.Core.Gate.Rules;

/// <summary>What a version is compiled to.</summary>
internal sealed record ModelParts
{
    public required RoutePlan[] Routes { get; init; }
    public required PhaseRules RequestRules { get; init; }
    public required PhaseRules ResponseRules { get; init; }
    public required KeyPlan[] Keys { get; init; }
    public required CounterPlan[] Counters { get; init; }

    /// <summary>For each counter of the document its place in <see cref="Counters"/>.</summary>
    public required int[] CounterPlaces { get; init; }

    /// <summary>What counters are conditioned on, each once: several share one.</summary>
    public required GateExpression[] Conditions { get; init; }

    /// <summary>What counters count, each once.</summary>
    public required GateExpression[] Items { get; init; }
    public required ListPlan[] Lists { get; init; }
    public required ModelUse Use { get; init; }

    /// <summary>For each rule the source of list entries that it makes, and what names it in hashes: the same in every version.</summary>
    public required (string Source, ulong Salt)[] Marks { get; init; }
}
