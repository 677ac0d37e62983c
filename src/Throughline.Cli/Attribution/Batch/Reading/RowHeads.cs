using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Throughline.Cli.Attribution.Batch.Reading;

// Rows as they lie in pages: one of these, then the texts that it gives the lengths of, in the order of the fields.

/// <summary>Where a row stood, with two small numbers: line (40 bits), kind (12), bytes of the id (12).</summary>
internal readonly record struct RowPlace(ulong Bits)
{
    public const long MaxLine = (1L << 40) - 1;
    public const int MaxKinds = (1 << 12) - 1;

    public static RowPlace Of(long line, int kind, int idBytes) =>
        new((ulong)line << 24 | (ulong)(uint)kind << 12 | (uint)idBytes);

    public long Line => (long)(Bits >> 24);
    public int Kind => (int)(Bits >> 12) & MaxKinds;
    public int IdBytes => (int)Bits & 0xfff;
}

/// <summary>Bytes of a customer's text (11 bits; 0 for a whole number), and what else is known of a row (5 bits).</summary>
internal readonly record struct RowCustomer(ushort Bits)
{
    /// <summary>Bytes of an owner, where there is one.</summary>
    public const int OwnerBytes = sizeof(ulong);

    public static RowCustomer Of(int bytes, RowFlags flags) => new((ushort)(bytes | (int)flags << 11));

    public int Bytes => Bits & 0x7ff;
    public RowFlags Flags => (RowFlags)(Bits >> 11);

    /// <summary>Bytes of the customer's text and of the owner.</summary>
    public int AllBytes => Bytes + ((Flags & RowFlags.Owner) == 0 ? 0 : OwnerBytes);
}

/// <summary>What optional columns say of a row.</summary>
[Flags]
internal enum RowFlags : byte
{
    None = 0,

    /// <summary>Its actor was a bot, good or bad.</summary>
    Bot = 1,

    /// <summary>Of a touch: a machine opened it.</summary>
    MachineOpen = 2,

    /// <summary>Of a conversion: it has no customer.</summary>
    Nobody = 4,

    /// <summary>Of a conversion: its customer has too many identifiers.</summary>
    TooLarge = 8,

    /// <summary>The hash of its owner follows its customer.</summary>
    Owner = 16,
}

/// <summary>A touch; its id, its customer (unless a whole number), its owner and its extra cells follow.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct TouchHead
{
    /// <summary>The customer if it is a whole number, else a hash of it.</summary>
    public ulong Customer;
    public long Time;
    public RowPlace Place;
    public int Campaign;
    public int Channel;

    public RowCustomer Who;
    public ushort ExtraBytes;

    public readonly int TextBytes => Place.IdBytes + Who.AllBytes + ExtraBytes;
}

/// <summary>A conversion; its id, its customer (unless a whole number), its owner, its order id and its extra cells follow.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct ConversionHead
{
    /// <inheritdoc cref="TouchHead.Customer"/>
    public ulong Customer;
    public long Time;
    public RowPlace Place;
    public long Minor;
    public ushort Currency;

    public RowCustomer Who;
    public ushort OrderBytes;
    public ushort ExtraBytes;

    /// <summary>Where the order id begins among the texts.</summary>
    public readonly int OrderAt => Place.IdBytes + Who.AllBytes;
    public readonly int TextBytes => OrderAt + OrderBytes + ExtraBytes;
}

/// <summary>A refund; its id and what it names (its target) follow.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct RefundHead
{
    /// <summary>Hash of the target; once that was found, the line of the conversion that it is taken from, and no target follows.</summary>
    public ulong Key;
    public long Time;
    public RowPlace Place;
    public long Minor;
    public ushort Currency;
    public ushort TargetBytes;

    public readonly int TextBytes => Place.IdBytes + TargetBytes;
}

/// <summary>How well two owners of a customer match; the customer (unless a whole number) follows.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct MatchHead
{
    /// <inheritdoc cref="TouchHead.Customer"/>
    public ulong Customer;

    /// <summary>Hashes of the owners.</summary>
    public ulong A;

    /// <inheritdoc cref="A"/>
    public ulong B;
    public ushort CustomerBytes;
    public ushort Tier;
}

/// <summary>Hashes of customers.</summary>
internal static class CustomerKey
{
    /// <summary>A customer as a whole number (then <paramref name="textBytes"/> is 0) or as the hash of its text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ReadOnlySpan<byte> text, ulong seed, out int textBytes)
    {
        if (RowText.TryWhole(text, out long whole))
        {
            textBytes = 0;
            return (ulong)whole;
        }
        textBytes = text.Length;
        return Core.State.Mix.Bytes(text, seed);
    }

    /// <summary>Evenly distributed bits of a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Spread(ulong key, ulong seed) => Core.State.Mix.Two(key, seed);
}
