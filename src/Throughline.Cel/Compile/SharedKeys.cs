using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Throughline.Cel.Check;
using Throughline.Cel.Parse;

namespace Throughline.Cel.Compile;

/// <summary>
/// Keys of subexpressions: half of the SHA-256 of an expression's shape, of what its names were found to mean, and of the
/// environment and schema it was compiled for. So two rules that say the same have the same key, and no others.
/// </summary>
internal static class SharedKeys
{
    private static readonly ConditionalWeakTable<object, StrongBox<long>> Numbers = [];
    private static long last;

    /// <summary>The key of an expression; null if a variable of a loop around it occurs in it.</summary>
    /// <param name="schema">Any object that stands for the schema.</param>
    public static UInt128? Of(Expr expr, CheckedExpr check, CelEnvironment environment, object schema)
    {
        ExprWriter writer = new(check);
        writer.Number(NumberOf(environment));
        writer.Number(NumberOf(schema));
        writer.Write(expr);
        if (!writer.IsClosed)
            return null;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(writer.Written, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    /// <summary>A key that is no other's.</summary>
    public static UInt128 New() => new(ulong.MaxValue, (ulong)Interlocked.Increment(ref last));

    private static long NumberOf(object thing) =>
        Numbers.GetValue(thing, static _ => new StrongBox<long>(Interlocked.Increment(ref last))).Value;
}
