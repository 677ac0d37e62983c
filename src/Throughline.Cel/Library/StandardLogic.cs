using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;
using static Throughline.Cel.Library.Declare;

namespace Throughline.Cel.Library;

/// <summary>Logic and equality (specification, "Logical Operators", "Equality"). Operators with unusual strictness have no
/// implementation: evaluators do them.</summary>
internal static class StandardLogic
{
    public static readonly Function[] Functions =
    [
        Function(Operators.Conditional, Global("conditional", [CelType.Bool, A, A], A, null)),
        Function(Operators.And, Global("logical_and", [CelType.Bool, CelType.Bool], CelType.Bool, null)),
        Function(Operators.Or, Global("logical_or", [CelType.Bool, CelType.Bool], CelType.Bool, null)),
        Function(Operators.NotStrictlyFalse, Global("not_strictly_false", [CelType.Bool], CelType.Bool, null)),
        Function(Operators.Not, Global("logical_not", [CelType.Bool], CelType.Bool, x => Value.Of(!x[0].Bool))),
        Function(
            Operators.Equal,
            Global("equals", [A, A], CelType.Bool, x => Value.Of(ValueEquality.Equal(x[0], x[1])), Costs.Smaller)
        ),
        Function(
            Operators.NotEqual,
            Global("not_equals", [A, A], CelType.Bool, x => Value.Of(!ValueEquality.Equal(x[0], x[1])), Costs.Smaller)
        ),
        Function("type", Global("type", [A], CelType.TypeOf(A), x => Value.Of(x[0].Type))),
        Function("dyn", Global("to_dyn", [A], CelType.Dyn, x => x[0])),
    ];
}
