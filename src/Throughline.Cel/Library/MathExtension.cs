using Throughline.Cel.Types;
using Throughline.Cel.Values;
using static Throughline.Cel.Library.Declare;

namespace Throughline.Cel.Library;

/// <summary>
/// The math extension (cel-go, <c>ext/README.md</c>, "Math"). The macros <c>math.greatest</c> and <c>math.least</c> call
/// <c>math.@max</c> and <c>math.@min</c> with one or two numbers or a list of more.
/// </summary>
internal static class MathExtension
{
    private static readonly CelType[] Numbers = [CelType.Int, CelType.Uint, CelType.Double];

    public static readonly FunctionLibrary Library = new(
        "math",
        [
            new("math.@max", Extreme("max", Ordering.Greater)),
            new("math.@min", Extreme("min", Ordering.Less)),
            OfDouble("math.ceil", Math.Ceiling),
            OfDouble("math.floor", Math.Floor),
            OfDouble("math.round", x => Math.Round(x, MidpointRounding.AwayFromZero)),
            OfDouble("math.trunc", Math.Truncate),
            Test("math.isNaN", double.IsNaN),
            Test("math.isInf", double.IsInfinity),
            Test("math.isFinite", double.IsFinite),
            Function(
                "math.abs",
                Global("math_abs_int", [CelType.Int], CelType.Int, x => Abs(x[0].Int)),
                Global("math_abs_uint", [CelType.Uint], CelType.Uint, x => x[0]),
                Global("math_abs_double", [CelType.Double], CelType.Double, x => Value.Of(Math.Abs(x[0].Double)))
            ),
            Function(
                "math.sign",
                Global("math_sign_int", [CelType.Int], CelType.Int, x => Value.Of((long)Math.Sign(x[0].Int))),
                Global("math_sign_uint", [CelType.Uint], CelType.Uint, x => Value.Of(x[0].Uint == 0 ? 0UL : 1UL)),
                Global("math_sign_double", [CelType.Double], CelType.Double, x => Sign(x[0].Double))
            ),
            Function(
                "math.sqrt",
                Global("math_sqrt_int", [CelType.Int], CelType.Double, x => Value.Of(Math.Sqrt(x[0].Int))),
                Global("math_sqrt_uint", [CelType.Uint], CelType.Double, x => Value.Of(Math.Sqrt(x[0].Uint))),
                Global("math_sqrt_double", [CelType.Double], CelType.Double, x => Value.Of(Math.Sqrt(x[0].Double)))
            ),
            Bits("math.bitAnd", (x, y) => x & y),
            Bits("math.bitOr", (x, y) => x | y),
            Bits("math.bitXor", (x, y) => x ^ y),
            Function(
                "math.bitNot",
                Global("math_bitNot_int_int", [CelType.Int], CelType.Int, x => Value.Of(~x[0].Int)),
                Global("math_bitNot_uint_uint", [CelType.Uint], CelType.Uint, x => Value.Of(~x[0].Uint))
            ),
            Shift("math.bitShiftLeft", (x, by) => x << by),
            Shift("math.bitShiftRight", (x, by) => x >> by),
        ]
    );

    private static Function OfDouble(string name, Func<double, double> compute) =>
        Function(
            name,
            Global(Id(name, "double"), [CelType.Double], CelType.Double, x => Value.Of(compute(x[0].Double)))
        );

    private static Function Test(string name, Func<double, bool> test) =>
        Function(name, Global(Id(name, "double"), [CelType.Double], CelType.Bool, x => Value.Of(test(x[0].Double))));

    // Ints keep their bits, so both types share the work.
    private static Function Bits(string name, Func<ulong, ulong, ulong> compute) =>
        Function(
            name,
            Global(
                Id(name, "int_int"),
                [CelType.Int, CelType.Int],
                CelType.Int,
                x => Value.Of((long)compute(x[0].Uint, x[1].Uint))
            ),
            Global(
                Id(name, "uint_uint"),
                [CelType.Uint, CelType.Uint],
                CelType.Uint,
                x => Value.Of(compute(x[0].Uint, x[1].Uint))
            )
        );

    // Bits that are shifted out are lost, also with a sign: to the right it is a logical shift.
    private static Function Shift(string name, Func<ulong, int, ulong> shift)
    {
        return Function(
            name,
            Global(Id(name, "int_int"), [CelType.Int, CelType.Int], CelType.Int, x => By(x, y => Value.Of((long)y))),
            Global(Id(name, "uint_int"), [CelType.Uint, CelType.Int], CelType.Uint, x => By(x, Value.Of))
        );

        Value By(ReadOnlySpan<Value> x, Func<ulong, Value> toValue) =>
            x[1].Int < 0 ? Value.Error($"{name}: negative offset {x[1].Int}")
            : x[1].Int >= 64 ? toValue(0)
            : toValue(shift(x[0].Uint, (int)x[1].Int));
    }

    private static Overload[] Extreme(string name, Ordering wins)
    {
        return
        [
            .. Numbers.Select(x => Global($"math_@{name}_{x}", [x], x, y => y[0])),
            .. from x in Numbers
            from y in Numbers
            select Global(
                $"math_@{name}_{x}_{y}",
                [x, y],
                x == y ? x : CelType.Dyn,
                z => Compare(z[1], z[0]) == wins ? z[1] : z[0]
            ),
            .. Numbers.Select(x => Global($"math_@{name}_list_{x}", [CelType.List(x)], x, OfList, Costs.Each)),
            Global($"math_@{name}_list_dyn", [CelType.ListOfDyn], CelType.Dyn, OfList, Costs.Each),
        ];

        Value OfList(ReadOnlySpan<Value> x)
        {
            CelList list = x[0].List();
            if (list.Count == 0)
                return Value.Error($"math.@{name}: the list is empty");
            Value best = list[0];
            for (int i = 0; i < list.Count; i++)
            {
                if (!Values.Numbers.IsNumber(list[i]))
                    return Value.Error($"no such overload: math.@{name} of {list[i].Type}");
                if (Compare(list[i], best) == wins)
                    best = list[i];
            }
            return best;
        }
    }

    private static Ordering Compare(Value a, Value b) => Values.Numbers.Compare(a, b);

    private static Value Abs(long number) =>
        number == long.MinValue ? Value.Error("integer overflow") : Value.Of(Math.Abs(number));

    private static Value Sign(double number) =>
        Value.Of(
            number > 0 ? 1.0
            : number < 0 ? -1.0
            : number
        );

    private static string Id(string name, string suffix) => $"{name.Replace('.', '_')}_{suffix}";
}
