using System.Numerics;

namespace Throughline.Cel.Compile;

/// <summary>Which rules of a set are true for an input.</summary>
public sealed class RuleMatches
{
    private readonly ulong[] bits;
    private readonly ulong[] seen;

    internal RuleMatches(int rules)
    {
        Rules = rules;
        bits = new ulong[(rules + 63) / 64];
        seen = new ulong[bits.Length];
    }

    /// <summary>How many rules the set has.</summary>
    public int Rules { get; }

    internal EvaluationScratch Scratch { get; } = new();

    /// <summary>A bit a rule, the first in the lowest bit of the first word.</summary>
    public ReadOnlySpan<ulong> Bits => bits;

    /// <summary>How many are true.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (ulong word in bits)
                count += BitOperations.PopCount(word);
            return count;
        }
    }

    /// <summary>Whether a rule is true.</summary>
    public bool Contains(int rule)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)rule, (uint)Rules, nameof(rule));
        return (bits[rule >> 6] >> rule & 1) != 0;
    }

    internal void Clear()
    {
        Array.Clear(bits);
        Array.Clear(seen);
    }

    internal void Add(int rule) => bits[rule >> 6] |= 1UL << rule;

    /// <summary>Notes that a rule is evaluated; false if it was before.</summary>
    internal bool See(int rule)
    {
        ref ulong word = ref seen[rule >> 6];
        ulong bit = 1UL << rule;
        bool isNew = (word & bit) == 0;
        word |= bit;
        return isNew;
    }
}
