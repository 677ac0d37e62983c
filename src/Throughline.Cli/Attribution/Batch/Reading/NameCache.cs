using System.Runtime.CompilerServices;
using System.Text.Unicode;
using Throughline.Core.State;

namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>Names of one kind (campaigns, channels) as numbers, the same for all threads; which number a name gets shows nowhere.</summary>
internal sealed class SharedNames(string name, int maximum)
{
    private readonly Lock gate = new();
    private readonly NameTable table = new(name, maximum);

    public int Count => table.Count;

    /// <summary>The number of a name; -1 if there are too many, or if it is not UTF-8.</summary>
    public int Intern(ReadOnlySpan<byte> utf8)
    {
        lock (gate)
        {
            int known = table.Find(utf8);
            if (known >= 0)
                return known;
            return Utf8.IsValid(utf8) && table.Room > 0 ? table.Intern(utf8) : -1;
        }
    }

    /// <summary>The UTF-8 bytes of every name, by its number. Only once all are known.</summary>
    public byte[][] ToArray()
    {
        lock (gate)
            return [.. Enumerable.Range(0, table.Count).Select(number => table.Utf8(number).ToArray())];
    }
}

/// <summary>One thread's way to shared names: the last name in each place is found without asking others.</summary>
internal sealed class NameCache(SharedNames shared)
{
    private const int Places = 4096;

    private readonly byte[]?[] names = new byte[Places][];
    private readonly int[] numbers = new int[Places];

    /// <inheritdoc cref="SharedNames.Intern"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Of(ReadOnlySpan<byte> utf8)
    {
        int place = (int)Mix.Bytes(utf8) & (Places - 1);
        return names[place] is { } known && utf8.SequenceEqual(known) ? numbers[place] : Ask(utf8, place);
    }

    private int Ask(ReadOnlySpan<byte> utf8, int place)
    {
        int number = shared.Intern(utf8);
        if (number >= 0)
            (names[place], numbers[place]) = (utf8.ToArray(), number);
        return number;
    }
}
