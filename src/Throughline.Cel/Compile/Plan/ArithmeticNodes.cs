using Throughline.Cel.Library;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>Arithmetic on ints (specification, "Overflow"): null for what has no result.</summary>
internal delegate bool Arithmetic<TValue>(TValue a, TValue b, out TValue result);

internal sealed class ArithmeticNode<T, TValue>(
    ScalarNode<T, TValue> a,
    ScalarNode<T, TValue> b,
    Arithmetic<TValue> operation,
    Func<Value> why
) : ScalarNode<T, TValue>(a.Cost + b.Cost + 2)
{
    public override bool TryEval(T input, EvaluationScratch scratch, out TValue value)
    {
        if (!a.TryEval(input, scratch, out TValue x) || !b.TryEval(input, scratch, out TValue y))
        {
            value = default!;
            return false;
        }
        if (operation(x, y, out value))
            return true;
        scratch.Fail(Scalars.ToValue(y).Int == 0 ? DivisionBy0 : why());
        return false;
    }

    private static readonly Value DivisionBy0 = Value.Error("division by zero");
}

internal static class Operations
{
    private static readonly Value Overflow = Value.Error("integer overflow");

    public static Value WhyOverflow() => Overflow;

    public static Arithmetic<long>? OfInts(string overload) =>
        overload switch
        {
            "add_int64" => static (long a, long b, out long result) =>
            {
                result = unchecked(a + b);
                return ((a ^ result) & (b ^ result)) >= 0;
            },
            "subtract_int64" => static (long a, long b, out long result) =>
            {
                result = unchecked(a - b);
                return ((a ^ b) & (a ^ result)) >= 0;
            },
            "multiply_int64" => static (long a, long b, out long result) =>
            {
                long high = Math.BigMul(a, b, out result);
                return high == result >> 63;
            },
            "divide_int64" => static (long a, long b, out long result) =>
            {
                bool ok = b != 0 && !(a == long.MinValue && b == -1);
                result = ok ? a / b : 0;
                return ok;
            },
            "modulo_int64" => static (long a, long b, out long result) =>
            {
                bool ok = b != 0 && !(a == long.MinValue && b == -1);
                result = ok ? a % b : 0;
                return ok;
            },
            _ => null,
        };

    public static Arithmetic<double>? OfDoubles(string overload) =>
        overload switch
        {
            "add_double" => static (double a, double b, out double result) =>
            {
                result = a + b;
                return true;
            },
            "subtract_double" => static (double a, double b, out double result) =>
            {
                result = a - b;
                return true;
            },
            "multiply_double" => static (double a, double b, out double result) =>
            {
                result = a * b;
                return true;
            },
            "divide_double" => static (double a, double b, out double result) =>
            {
                result = a / b;
                return true;
            },
            _ => null,
        };
}

/// <summary><c>size(text)</c>, in code points.</summary>
internal sealed class TextSize<T>(ScalarNode<T, string> text) : ScalarNode<T, long>(text.Cost + 8)
{
    public override bool TryEval(T input, EvaluationScratch scratch, out long value)
    {
        bool ok = text.TryEval(input, scratch, out string? found);
        value = ok ? CodePoints.Count(found!) : 0;
        return ok;
    }
}
