using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;
using static Throughline.Cel.Library.Declare;

namespace Throughline.Cel.Library;

/// <summary>Ordering (specification, "Ordering"): numbers of any two types, and values of one type that has an order.</summary>
internal static class StandardComparison
{
    private static readonly (CelType Type, string Name)[] Numeric =
    [
        (CelType.Int, "int64"),
        (CelType.Uint, "uint64"),
        (CelType.Double, "double"),
    ];

    private static readonly (CelType Type, string Name)[] Other =
    [
        (CelType.Bool, "bool"),
        (CelType.String, "string"),
        (CelType.Bytes, "bytes"),
        (CelType.Timestamp, "timestamp"),
        (CelType.Duration, "duration"),
    ];

    public static readonly Function[] Functions =
    [
        new(Operators.Less, Overloads("less", x => x == Ordering.Less)),
        new(Operators.LessEqual, Overloads("less_equals", x => x is Ordering.Less or Ordering.Equal)),
        new(Operators.Greater, Overloads("greater", x => x == Ordering.Greater)),
        new(Operators.GreaterEqual, Overloads("greater_equals", x => x is Ordering.Greater or Ordering.Equal)),
    ];

    private static Overload[] Overloads(string id, Func<Ordering, bool> holds)
    {
        Implementation compute = x => Value.Of(holds(ValueOrder.Compare(x[0], x[1])));
        return
        [
            .. Numeric.Select(x => Global($"{id}_{x.Name}", [x.Type, x.Type], CelType.Bool, compute)),
            .. Other.Select(x => Global($"{id}_{x.Name}", [x.Type, x.Type], CelType.Bool, compute, Costs.Smaller)),
            .. from x in Numeric
            from y in Numeric
            where x.Name != y.Name
            select Global($"{id}_{x.Name}_{y.Name}", [x.Type, y.Type], CelType.Bool, compute),
        ];
    }
}
