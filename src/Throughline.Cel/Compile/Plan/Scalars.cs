using System.Runtime.CompilerServices;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile;

/// <summary>The .NET types of scalars: bool, long, ulong, double, string. The tests of types cost nothing once compiled.</summary>
internal static class Scalars
{
    public static Value ToValue<TValue>(TValue value)
    {
        if (typeof(TValue) == typeof(long))
            return Value.Of(Unsafe.As<TValue, long>(ref value));
        if (typeof(TValue) == typeof(ulong))
            return Value.Of(Unsafe.As<TValue, ulong>(ref value));
        if (typeof(TValue) == typeof(double))
            return Value.Of(Unsafe.As<TValue, double>(ref value));
        if (typeof(TValue) == typeof(bool))
            return Value.Of(Unsafe.As<TValue, bool>(ref value));
        return Value.Of((string)(object)value!);
    }

    /// <summary>The scalar in a value of that type; false if it is of another.</summary>
    public static bool TryGet<TValue>(Value value, out TValue scalar)
    {
        scalar = default!;
        if (typeof(TValue) == typeof(long))
        {
            long x = value.Int;
            scalar = Unsafe.As<long, TValue>(ref x);
            return value.IsInt;
        }
        if (typeof(TValue) == typeof(ulong))
        {
            ulong x = value.Uint;
            scalar = Unsafe.As<ulong, TValue>(ref x);
            return value.IsUint;
        }
        if (typeof(TValue) == typeof(double))
        {
            double x = value.Double;
            scalar = Unsafe.As<double, TValue>(ref x);
            return value.IsDouble;
        }
        if (typeof(TValue) == typeof(bool))
        {
            bool x = value.Bool;
            scalar = Unsafe.As<bool, TValue>(ref x);
            return value.IsBool;
        }
        bool isString = value.TryGet(out string? text);
        scalar = (TValue)(object)text!;
        return isString;
    }
}
