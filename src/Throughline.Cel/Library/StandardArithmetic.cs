using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;
using static Throughline.Cel.Library.Declare;

namespace Throughline.Cel.Library;

/// <summary>
/// Arithmetic (specification, "Numeric Values", "Overflow"): ints and uints that overflow are errors, doubles follow IEEE 754.
/// </summary>
internal static class StandardArithmetic
{
    public static readonly Function[] Functions =
    [
        Function(
            Operators.Add,
            Global("add_int64", [CelType.Int, CelType.Int], CelType.Int, x => Checked((Int128)x[0].Int + x[1].Int)),
            Global("add_uint64", [CelType.Uint, CelType.Uint], CelType.Uint, x => AddUint(x[0].Uint, x[1].Uint)),
            Global("add_double", [CelType.Double, CelType.Double], CelType.Double, x => Of(x[0].Double + x[1].Double)),
            Global(
                "add_string",
                [CelType.String, CelType.String],
                CelType.String,
                x => Value.Of(x[0].String + x[1].String),
                Costs.Sum
            ),
            Global(
                "add_bytes",
                [CelType.Bytes, CelType.Bytes],
                CelType.Bytes,
                x => OfBytes([.. x[0].Bytes(), .. x[1].Bytes()]),
                Costs.Sum
            ),
            Global("add_list", [ListOfA, ListOfA], ListOfA, x => Concat(x[0].List(), x[1].List()), Costs.Second),
            Global(
                "add_timestamp_duration",
                [CelType.Timestamp, CelType.Duration],
                CelType.Timestamp,
                x => Timestamps.Add(x[0].Timestamp(), x[1].Duration())
            ),
            Global(
                "add_duration_timestamp",
                [CelType.Duration, CelType.Timestamp],
                CelType.Timestamp,
                x => Timestamps.Add(x[1].Timestamp(), x[0].Duration())
            ),
            Global(
                "add_duration_duration",
                [CelType.Duration, CelType.Duration],
                CelType.Duration,
                x => Durations.Add(x[0].Duration(), x[1].Duration())
            )
        ),
        Function(
            Operators.Subtract,
            Global(
                "subtract_int64",
                [CelType.Int, CelType.Int],
                CelType.Int,
                x => Checked((Int128)x[0].Int - x[1].Int)
            ),
            Global(
                "subtract_uint64",
                [CelType.Uint, CelType.Uint],
                CelType.Uint,
                x => x[0].Uint < x[1].Uint ? Overflow : Value.Of(x[0].Uint - x[1].Uint)
            ),
            Global(
                "subtract_double",
                [CelType.Double, CelType.Double],
                CelType.Double,
                x => Of(x[0].Double - x[1].Double)
            ),
            Global(
                "subtract_timestamp_timestamp",
                [CelType.Timestamp, CelType.Timestamp],
                CelType.Duration,
                x => Timestamps.Subtract(x[0].Timestamp(), x[1].Timestamp())
            ),
            Global(
                "subtract_timestamp_duration",
                [CelType.Timestamp, CelType.Duration],
                CelType.Timestamp,
                x => Timestamps.Subtract(x[0].Timestamp(), x[1].Duration())
            ),
            Global(
                "subtract_duration_duration",
                [CelType.Duration, CelType.Duration],
                CelType.Duration,
                x => Durations.Subtract(x[0].Duration(), x[1].Duration())
            )
        ),
        Function(
            Operators.Multiply,
            Global(
                "multiply_int64",
                [CelType.Int, CelType.Int],
                CelType.Int,
                x => Checked((Int128)x[0].Int * x[1].Int)
            ),
            Global(
                "multiply_uint64",
                [CelType.Uint, CelType.Uint],
                CelType.Uint,
                x => MultiplyUint(x[0].Uint, x[1].Uint)
            ),
            Global(
                "multiply_double",
                [CelType.Double, CelType.Double],
                CelType.Double,
                x => Of(x[0].Double * x[1].Double)
            )
        ),
        Function(
            Operators.Divide,
            Global("divide_int64", [CelType.Int, CelType.Int], CelType.Int, x => Divide(x[0].Int, x[1].Int)),
            Global(
                "divide_uint64",
                [CelType.Uint, CelType.Uint],
                CelType.Uint,
                x => x[1].Uint == 0 ? DivisionByZero : Value.Of(x[0].Uint / x[1].Uint)
            ),
            Global(
                "divide_double",
                [CelType.Double, CelType.Double],
                CelType.Double,
                x => Of(x[0].Double / x[1].Double)
            )
        ),
        Function(
            Operators.Modulo,
            Global("modulo_int64", [CelType.Int, CelType.Int], CelType.Int, x => Modulo(x[0].Int, x[1].Int)),
            Global(
                "modulo_uint64",
                [CelType.Uint, CelType.Uint],
                CelType.Uint,
                x => x[1].Uint == 0 ? ModulusByZero : Value.Of(x[0].Uint % x[1].Uint)
            )
        ),
        Function(
            Operators.Negate,
            Global(
                "negate_int64",
                [CelType.Int],
                CelType.Int,
                x => x[0].Int == long.MinValue ? Overflow : Value.Of(-x[0].Int)
            ),
            Global("negate_double", [CelType.Double], CelType.Double, x => Of(-x[0].Double))
        ),
    ];

    private static Value Overflow => Value.Error("integer overflow");
    private static Value DivisionByZero => Value.Error("division by zero");
    private static Value ModulusByZero => Value.Error("modulus by zero");

    private static Value Of(double number) => Value.Of(number);

    private static Value Checked(Int128 result) =>
        result < long.MinValue || result > long.MaxValue ? Overflow : Value.Of((long)result);

    private static Value AddUint(ulong a, ulong b) => a > ulong.MaxValue - b ? Overflow : Value.Of(a + b);

    private static Value MultiplyUint(ulong a, ulong b)
    {
        UInt128 result = (UInt128)a * b;
        return result > ulong.MaxValue ? Overflow : Value.Of((ulong)result);
    }

    private static Value Divide(long a, long b) =>
        b == 0 ? DivisionByZero
        : a == long.MinValue && b == -1 ? Overflow
        : Value.Of(a / b);

    // The processor traps on the smallest int modulo -1, whose result is 0; the specification asks for an error there.
    private static Value Modulo(long a, long b) =>
        b == 0 ? ModulusByZero
        : a == long.MinValue && b == -1 ? Overflow
        : Value.Of(a % b);

    private static Value Concat(CelList a, CelList b) => Value.Of(CelLists.Concat(a, b));
}
