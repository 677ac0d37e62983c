using System.Numerics;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>Comparisons: of two scalars of one type, fused with a field and a constant where they are; or of any two values.</summary>
internal sealed partial class PlanBuilder<T>
{
    private BoolNode<T>? Compare<TComparison>(Expr.Call call)
        where TComparison : struct, IComparison
    {
        if (call.Args is not [var a, var b])
            return null;
        TypeKind type = context.TypeOf(a);
        if (type != context.TypeOf(b))
            return AnyValues<TComparison>(a, b);
        bool isEquality = TComparison.Kind is Comparison.Equal or Comparison.NotEqual;
        return type switch
        {
            TypeKind.Int => Number<long, TComparison>(a, b),
            TypeKind.Uint => Number<ulong, TComparison>(a, b),
            TypeKind.Double => Number<double, TComparison>(a, b),
            TypeKind.String => Strings<TComparison>(a, b),
            TypeKind.Bool when isEquality => new BoolComparison<T>(
                Bool(a),
                Bool(b),
                TComparison.Kind == Comparison.NotEqual
            ),
            _ => AnyValues<TComparison>(a, b),
        };
    }

    private BoolNode<T> Number<TValue, TComparison>(Expr a, Expr b)
        where TValue : IComparisonOperators<TValue, TValue, bool>
        where TComparison : struct, IComparison
    {
        ScalarNode<T, TValue> x = Scalar<TValue>(a);
        ScalarNode<T, TValue> y = Scalar<TValue>(b);
        return (x, y) switch
        {
            (ScalarField<T, TValue> field, ScalarConstant<T, TValue> constant) => Field<TValue, TComparison>(
                field.Slot,
                constant.Value
            ),
            (ScalarConstant<T, TValue> constant, ScalarField<T, TValue> field) => TComparison.Kind switch
            {
                Comparison.Equal => Field<TValue, IsEqual>(field.Slot, constant.Value),
                Comparison.NotEqual => Field<TValue, IsNotEqual>(field.Slot, constant.Value),
                Comparison.Less => Field<TValue, IsGreater>(field.Slot, constant.Value),
                Comparison.LessEqual => Field<TValue, IsGreaterEqual>(field.Slot, constant.Value),
                Comparison.Greater => Field<TValue, IsLess>(field.Slot, constant.Value),
                _ => Field<TValue, IsLessEqual>(field.Slot, constant.Value),
            },
            _ => new NumberComparison<T, TValue, TComparison>(x, y),
        };
    }

    private static BoolNode<T> Field<TValue, TComparison>(ScalarSlot<T, TValue> slot, TValue constant)
        where TValue : IComparisonOperators<TValue, TValue, bool>
        where TComparison : struct, IComparison =>
        slot.Present is null
            ? new NumberField<T, TValue, TComparison>(slot, constant)
            : new OptionalNumberField<T, TValue, TComparison>(slot, constant);

    private BoolNode<T> Strings<TComparison>(Expr a, Expr b)
        where TComparison : struct, IComparison
    {
        ScalarNode<T, string> x = Scalar<string>(a);
        ScalarNode<T, string> y = Scalar<string>(b);
        bool isEquality = TComparison.Kind is Comparison.Equal or Comparison.NotEqual;
        bool negate = TComparison.Kind == Comparison.NotEqual;
        return (x, y) switch
        {
            (ScalarField<T, string> field, ScalarConstant<T, string> constant) when isEquality => new StringFieldIs<T>(
                field.Slot,
                constant.Value,
                negate
            ),
            (ScalarConstant<T, string> constant, ScalarField<T, string> field) when isEquality => new StringFieldIs<T>(
                field.Slot,
                constant.Value,
                negate
            ),
            _ => AnyStrings<TComparison>(x, y),
        };
    }

    private StringComparison<T, TComparison> AnyStrings<TComparison>(ScalarNode<T, string> x, ScalarNode<T, string> y)
        where TComparison : struct, IComparison
    {
        context.NeedsBudget |= x is not ScalarConstant<T, string> && y is not ScalarConstant<T, string>;
        return new(x, y);
    }

    private BoolNode<T> AnyValues<TComparison>(Expr a, Expr b)
        where TComparison : struct, IComparison
    {
        ValueNode<T> x = Value(a);
        ValueNode<T> y = Value(b);
        bool isEquality = TComparison.Kind is Comparison.Equal or Comparison.NotEqual;
        context.NeedsBudget |= !IsScalar(x) && !IsScalar(y);
        return isEquality && x is ObjectPath<T> path && y is ValueConstant<T> { Value.Kind: ValueKind.String } text
            ? new ObjectIs<T>(path, text.Value.String, TComparison.Kind == Comparison.NotEqual)
            : new ValueComparison<T, TComparison>(x, y);
    }

    private static bool IsScalar(ValueNode<T> node) =>
        node is ValueConstant<T> { Value: { IsScalar: true } or { Kind: ValueKind.String } };
}
