using System.Buffers;

namespace Throughline.Core.Gate.Counters;

/// <summary>How a counter measures; with its identity it says which stored values are its own.</summary>
/// <param name="Identity">A hash of all that gives the values their meaning (key, kind, window, where, of): a counter whose definition is
/// the same keeps its values through every publication, whatever happens to rules.</param>
public readonly record struct CounterShape(
    UInt128 Identity,
    Rules.CounterKind Kind,
    long WindowMs,
    long LeakMs,
    int Capacity
);

/// <summary>How much memory counters may take.</summary>
/// <param name="BytesMax">Beyond it the keys that were not touched for longest go first.</param>
public sealed record CounterLimits(long BytesMax = 256L << 20);

/// <summary>
/// All counters of one tenant at one edge: sliding windows over keys, in bounded memory, advanced by the time that callers give.
/// Windows are exact for up to 16 events of a key and else a ring of 64 sub-windows (error at most 2 % of the window); distinct
/// counts are exact to 64 and else HyperLogLog (standard error 1.6 %). Not for two threads.
/// </summary>
public sealed class CounterBank(CounterLimits limits)
{
    /// <summary>
    /// Says which counters there are from now on (those of a published version, all at once), and gives each its place: the one that
    /// it had before, values and all, if there is one. Counters of equal shape in one version count apart.
    /// A counter that is no longer bound keeps its values until their windows have passed, so that a rollback finds them (less what
    /// was not counted meanwhile), but they are the first to go when memory is short.
    /// </summary>
    /// <param name="places">Receives a place for each shape; good until the next call.</param>
    public void Bind(ReadOnlySpan<CounterShape> shapes, Span<int> places) =>
        throw new NotSupportedException(limits.ToString());

    /// <summary>Counts one event of a key and gives the value with it.</summary>
    /// <param name="key">Hash of the key's values, 128 bits.</param>
    /// <param name="time">Milliseconds; may be older than what was counted before: counted where it falls, if that is still in the window.</param>
    /// <param name="holds">Whether the counter's condition holds (only a ratio is called when it does not).</param>
    /// <param name="item">Distinct kinds: hash of the value.</param>
    /// <param name="amount">Sum: what is added.</param>
    public double Add(int counter, UInt128 key, long time, bool holds, ulong item, double amount) =>
        throw new NotSupportedException();

    /// <summary>The value of a key as of a time; 0 for a key that was never counted or went.</summary>
    public double Read(int counter, UInt128 key, long time) => throw new NotSupportedException();

    /// <summary>Bytes in use, keys held, and keys that went for lack of memory.</summary>
    public CounterUse Use => throw new NotSupportedException();

    /// <summary>Writes everything for <see cref="Load"/>: versioned, checksummed by its keeper.</summary>
    public void Save(IBufferWriter<byte> target) => throw new NotSupportedException();

    /// <summary>Takes a saved bank's values over; false (and nothing changed) if the bytes are no bank of a known version.</summary>
    public bool Load(ReadOnlySequence<byte> source) => throw new NotSupportedException();
}

/// <summary>What counters take.</summary>
public readonly record struct CounterUse(long Bytes, long Keys, long Evicted);
