using System.Numerics;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile;

/// <summary>What each rule of a set came to for an input: those that are true, and those that failed and why.</summary>
/// <remarks>Belongs to the set that made it and to one thread; filled anew by each evaluation.</remarks>
public sealed class RuleMatches
{
    private readonly ulong[] bits;
    private readonly ulong[] seen;
    private readonly ulong[] faulty;
    private Value[] faults = []; // by rule, made with the first fault
    private bool hasFaults;

    internal RuleMatches(object owner, int rules, MemoKeys shared, ulong costLimit)
    {
        Owner = owner;
        Rules = rules;
        bits = new ulong[(rules + 63) / 64];
        seen = new ulong[bits.Length];
        faulty = new ulong[bits.Length];
        Scratch = new(costLimit) { Memo = shared.Count == 0 ? null : new Memo(shared) };
    }

    /// <summary>How many rules the set has.</summary>
    public int Rules { get; }

    internal object Owner { get; }

    internal EvaluationScratch Scratch { get; }

    /// <summary>A bit a rule that is true, the first in the lowest bit of the first word.</summary>
    public ReadOnlySpan<ulong> Bits => bits;

    /// <summary>A bit a rule in error or unknown, laid out as <see cref="Bits"/>.</summary>
    public ReadOnlySpan<ulong> FaultBits => faulty;

    /// <summary>How many are true.</summary>
    public int Count => CountOf(bits);

    /// <summary>How many are in error or unknown.</summary>
    public int FaultCount => hasFaults ? CountOf(faulty) : 0;

    /// <summary>Whether a rule is true.</summary>
    public bool Contains(int rule)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)rule, (uint)Rules, nameof(rule));
        return Has(bits, rule);
    }

    /// <summary>What a rule came to.</summary>
    public RuleOutcome OutcomeOf(int rule)
    {
        if (Contains(rule))
            return RuleOutcome.True;
        if (!Has(faulty, rule))
            return RuleOutcome.False;
        return faults[rule].IsUnknown ? RuleOutcome.Unknown : RuleOutcome.Error;
    }

    /// <summary>Why a rule is in error or unknown; false if it is not.</summary>
    public bool TryGetFault(int rule, out Value fault)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)rule, (uint)Rules, nameof(rule));
        bool found = Has(faulty, rule);
        fault = found ? faults[rule] : default;
        return found;
    }

    /// <summary>The rules in error or unknown, ascending, with why.</summary>
    public FaultEnumerator Faults => new(this);

    internal void Clear()
    {
        Array.Clear(bits);
        Array.Clear(seen);
        if (hasFaults)
            Array.Clear(faulty);
        hasFaults = false;
        Scratch.Memo?.Forget();
    }

    internal void Add(int rule) => bits[rule >> 6] |= 1UL << rule;

    internal void AddFault(int rule, Value fault)
    {
        if (faults.Length == 0)
            faults = new Value[Rules];
        faults[rule] = fault;
        faulty[rule >> 6] |= 1UL << rule;
        hasFaults = true;
    }

    /// <summary>Notes that a rule is evaluated; false if it was before.</summary>
    internal bool See(int rule)
    {
        ref ulong word = ref seen[rule >> 6];
        ulong bit = 1UL << rule;
        bool isNew = (word & bit) == 0;
        word |= bit;
        return isNew;
    }

    private static bool Has(ulong[] words, int rule) => (words[rule >> 6] >> rule & 1) != 0;

    private static int CountOf(ulong[] words)
    {
        int count = 0;
        foreach (ulong word in words)
            count += BitOperations.PopCount(word);
        return count;
    }

    /// <summary>Goes through the faults of an evaluation, without allocation.</summary>
    public struct FaultEnumerator
    {
        private readonly RuleMatches matches;
        private int word = -1;
        private ulong rest;

        internal FaultEnumerator(RuleMatches matches) => this.matches = matches;

        /// <summary>A rule, and why it failed.</summary>
        public RuleFault Current { get; private set; }

        /// <summary>Itself.</summary>
        public readonly FaultEnumerator GetEnumerator() => this;

        /// <summary>Goes to the next; false if there is none.</summary>
        public bool MoveNext()
        {
            while (rest == 0)
            {
                if (!matches.hasFaults || ++word >= matches.faulty.Length)
                    return false;
                rest = matches.faulty[word];
            }
            int rule = 64 * word + BitOperations.TrailingZeroCount(rest);
            rest &= rest - 1;
            Current = new(rule, matches.faults[rule]);
            return true;
        }
    }
}

/// <summary>A rule, by its place in its set, that is in error or unknown.</summary>
public readonly record struct RuleFault(int Rule, Value Fault);
