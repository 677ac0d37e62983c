using System.Numerics;

namespace Throughline.Core.Gate.Discovery;

/// <summary>Which of a crowd's open requests a condition holds for.</summary>
internal static class RowBits
{
    public static ulong[] Of(Crowd crowd, Func<int, bool> holds)
    {
        int[] rows = crowd.Rows;
        ulong[] bits = new ulong[(rows.Length + 63) / 64];
        for (int i = 0; i < rows.Length; i++)
            if (holds(rows[i]))
                bits[i >> 6] |= 1UL << i;
        return bits;
    }

    public static ulong[] All(Crowd crowd) => Of(crowd, _ => true);

    /// <summary>Both; gives how many are left.</summary>
    public static int And(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> both)
    {
        int count = 0;
        for (int i = 0; i < both.Length; i++)
        {
            ulong word = a[i] & b[i];
            both[i] = word;
            count += BitOperations.PopCount(word);
        }
        return count;
    }

    public static int Count(ReadOnlySpan<ulong> bits)
    {
        int count = 0;
        foreach (ulong word in bits)
            count += BitOperations.PopCount(word);
        return count;
    }

    /// <summary>How many of one are not in the other.</summary>
    public static int CountOutside(ReadOnlySpan<ulong> bits, ReadOnlySpan<ulong> other)
    {
        int count = 0;
        for (int i = 0; i < bits.Length; i++)
            count += BitOperations.PopCount(bits[i] & ~other[i]);
        return count;
    }
}

/// <summary>The open requests of one crowd that conditions hold for, each worked out once.</summary>
internal sealed class AtomBits(Crowd crowd)
{
    private readonly Dictionary<Atom, ulong[]> known = new(ReferenceEqualityComparer.Instance);

    public ulong[] Of(Atom atom)
    {
        if (!known.TryGetValue(atom, out ulong[]? bits))
            known.Add(atom, bits = RowBits.Of(crowd, atom.Holds));
        return bits;
    }

    public ulong[] NewBits() => new ulong[(crowd.Rows.Length + 63) / 64];

    /// <summary>The requests that all conditions hold for.</summary>
    public ulong[] Of(IReadOnlyList<Atom> atoms)
    {
        ulong[] bits = NewBits();
        Fill(atoms, bits);
        return bits;
    }

    /// <inheritdoc cref="Of(IReadOnlyList{Atom})"/>
    public void Fill(IReadOnlyList<Atom> atoms, ulong[] bits)
    {
        Of(atoms[0]).CopyTo(bits, 0);
        for (int i = 1; i < atoms.Count; i++)
            RowBits.And(bits, Of(atoms[i]), bits);
    }
}
