using Throughline.Core.Events;
using Throughline.Core.State;

namespace Throughline.Storage.Keys;

/// <summary>
/// The tokens of the values seen lately: people's identifiers come again and again, and a keyed hash costs ten times a
/// look-up. Holds values in memory only, at most <see cref="Slots"/> of at most <see cref="MaxBytes"/>. Any number of threads:
/// an entry never changes, a slot is replaced as a whole.
/// </summary>
internal sealed class TokenCache
{
    public const int Slots = 1 << 15;

    private const int FirstSlots = 1 << 8;
    public const int MaxBytes = 128;

    private volatile Entry?[]? entries; // small at first, so that an idle tenant costs little
    private int added;

    public bool TryGet(ReadOnlySpan<byte> type, ReadOnlySpan<byte> value, out Token token)
    {
        Entry? entry = entries is { } slots ? Volatile.Read(ref slots[SlotOf(type, value, slots.Length)]) : null;
        bool known =
            entry is not null
            && entry.Key.Length == type.Length + value.Length
            && entry.Key.AsSpan(0, type.Length).SequenceEqual(type)
            && entry.Key.AsSpan(type.Length).SequenceEqual(value);
        token = known ? entry!.Token : default;
        return known;
    }

    public Token Add(ReadOnlySpan<byte> type, ReadOnlySpan<byte> value, Token token)
    {
        if (type.Length + value.Length > MaxBytes)
            return token;
        Entry?[] slots = entries ??= new Entry?[FirstSlots];
        Volatile.Write(ref slots[SlotOf(type, value, slots.Length)], new([.. type, .. value], token));
        // Many misses: the values in use do not fit. A larger table starts empty; a race of two threads costs a few misses.
        if (Interlocked.Increment(ref added) > slots.Length && slots.Length < Slots)
        {
            added = 0;
            entries = new Entry?[slots.Length * 2];
        }
        return token;
    }

    /// <summary>Forgets all values.</summary>
    public void Clear() => entries = null;

    // The type ends with a zero byte, so that type and value cannot be confused.
    private static int SlotOf(ReadOnlySpan<byte> type, ReadOnlySpan<byte> value, int slots) =>
        (int)(Mix.Bytes(value, Mix.Bytes(type)) & (ulong)(slots - 1));

    private sealed record Entry(byte[] Key, Token Token);
}
