using System.Numerics;
using Throughline.Cel.Library;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>
/// An operation on two numbers of one type, as a type, so that each gets machine code of its own (specification, "Numeric
/// Values", "Overflow"): ints and uints that overflow have no result, doubles follow IEEE 754.
/// </summary>
internal interface IArithmetic
{
    /// <summary>False if there is no result.</summary>
    static abstract bool TryCompute<TNumber>(TNumber a, TNumber b, out TNumber result)
        where TNumber : struct, INumber<TNumber>;

    /// <summary>Why there is no result.</summary>
    static abstract Value Why(bool isBy0);
}

internal readonly struct Adding : IArithmetic
{
    public static bool TryCompute<TNumber>(TNumber a, TNumber b, out TNumber result)
        where TNumber : struct, INumber<TNumber>
    {
        result = a + b;
        return typeof(TNumber) == typeof(double) || TNumber.IsNegative(b) == result < a;
    }

    public static Value Why(bool isBy0) => Numeric.Overflow;
}

internal readonly struct Subtracting : IArithmetic
{
    public static bool TryCompute<TNumber>(TNumber a, TNumber b, out TNumber result)
        where TNumber : struct, INumber<TNumber>
    {
        result = a - b;
        return typeof(TNumber) == typeof(double) || TNumber.IsNegative(b) == result > a;
    }

    public static Value Why(bool isBy0) => Numeric.Overflow;
}

internal readonly struct Multiplying : IArithmetic
{
    public static bool TryCompute<TNumber>(TNumber a, TNumber b, out TNumber result)
        where TNumber : struct, INumber<TNumber>
    {
        result = a * b;
        if (typeof(TNumber) == typeof(long))
            return Math.BigMul(long.CreateTruncating(a), long.CreateTruncating(b), out long low) == low >> 63;
        return typeof(TNumber) != typeof(ulong)
            || Math.BigMul(ulong.CreateTruncating(a), ulong.CreateTruncating(b), out _) == 0;
    }

    public static Value Why(bool isBy0) => Numeric.Overflow;
}

internal readonly struct Dividing : IArithmetic
{
    public static bool TryCompute<TNumber>(TNumber a, TNumber b, out TNumber result)
        where TNumber : struct, INumber<TNumber>
    {
        bool ok = typeof(TNumber) == typeof(double) || Numeric.CanDivide(a, b);
        result = ok ? a / b : default;
        return ok;
    }

    public static Value Why(bool isBy0) => isBy0 ? Numeric.DivisionBy0 : Numeric.Overflow;
}

internal readonly struct TakingRest : IArithmetic
{
    public static bool TryCompute<TNumber>(TNumber a, TNumber b, out TNumber result)
        where TNumber : struct, INumber<TNumber>
    {
        bool ok = Numeric.CanDivide(a, b);
        result = ok ? a % b : default;
        return ok;
    }

    public static Value Why(bool isBy0) => isBy0 ? Numeric.ModulusBy0 : Numeric.Overflow;
}

internal static class Numeric
{
    public static readonly Value Overflow = Value.Error("integer overflow");
    public static readonly Value DivisionBy0 = Value.Error("division by zero");
    public static readonly Value ModulusBy0 = Value.Error("modulus by zero");

    // The processor traps on the smallest int divided by -1, and on its rest.
    public static bool CanDivide<TNumber>(TNumber a, TNumber b)
        where TNumber : struct, INumber<TNumber> =>
        b != TNumber.Zero
        && (
            typeof(TNumber) != typeof(long)
            || long.CreateTruncating(b) != -1
            || long.CreateTruncating(a) != long.MinValue
        );
}

/// <summary>Arithmetic on two numbers of one type.</summary>
internal sealed class ArithmeticNode<T, TNumber, TOperation>(ScalarNode<T, TNumber> a, ScalarNode<T, TNumber> b)
    : ScalarNode<T, TNumber>(a.Cost + b.Cost + 1)
    where TNumber : struct, INumber<TNumber>
    where TOperation : struct, IArithmetic
{
    public override bool TryEval(T input, EvaluationScratch scratch, out TNumber value)
    {
        if (!a.TryEval(input, scratch, out TNumber x) || !b.TryEval(input, scratch, out TNumber y))
        {
            value = default;
            return false;
        }
        if (TOperation.TryCompute(x, y, out value))
            return true;
        scratch.Fail(TOperation.Why(TNumber.IsZero(y)));
        return false;
    }
}

/// <summary><c>-number</c>.</summary>
internal sealed class NegateNode<T, TNumber>(ScalarNode<T, TNumber> number) : ScalarNode<T, TNumber>(number.Cost + 1)
    where TNumber : struct, INumber<TNumber>
{
    public override bool TryEval(T input, EvaluationScratch scratch, out TNumber value)
    {
        if (!number.TryEval(input, scratch, out value))
            return false;
        if (typeof(TNumber) == typeof(long) && long.CreateTruncating(value) == long.MinValue)
        {
            scratch.Fail(Numeric.Overflow);
            return false;
        }
        value = -value;
        return true;
    }
}

/// <summary><c>size(text)</c>, in code points.</summary>
internal sealed class TextSize<T>(ScalarNode<T, string> text) : ScalarNode<T, long>(text.Cost + 8)
{
    public override bool TryEval(T input, EvaluationScratch scratch, out long value)
    {
        value = 0;
        if (!text.TryEval(input, scratch, out string? found) || !scratch.SpendOn(found.Length))
            return false;
        value = CodePoints.Count(found);
        return true;
    }
}
