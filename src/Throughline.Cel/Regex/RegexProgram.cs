using System.Runtime.CompilerServices;

namespace Throughline.Cel.Regex;

/// <summary>What an instruction does.</summary>
internal enum Op : byte
{
    /// <summary>Consumes a code point of class Argument, goes to Next.</summary>
    Class,

    /// <summary>Consumes a code point whose class is in set Argument, goes to Next.</summary>
    Set,

    /// <summary>Goes to Next, or, with less priority, to Other.</summary>
    Split,

    /// <summary>Notes the place in slot Argument, goes to Next.</summary>
    Save,

    /// <summary>Goes to Next if the <see cref="Assertion"/> Argument holds.</summary>
    Assert,

    /// <summary>A match ends here.</summary>
    Match,
}

/// <summary>An instruction of a nondeterministic machine.</summary>
internal readonly record struct Instruction(Op Op, int Argument, int Next, int Other = -1);

/// <summary>A compiled pattern: instructions over the classes of an alphabet. Immutable.</summary>
internal sealed class RegexProgram
{
    private readonly Instruction[] _code;
    private readonly ulong[] _sets; // a row of bits for each set, a bit for each class
    private readonly int _rowLength;

    public RegexProgram(Instruction[] code, int start, Alphabet alphabet, ulong[] sets, int rowLength)
    {
        _code = code;
        _sets = sets;
        _rowLength = rowLength;
        Start = start;
        Alphabet = alphabet;
        foreach (Instruction instruction in code)
            if (instruction.Op == Op.Assert)
                Assertions |= 1 << instruction.Argument;
        OnlyAtBeginning =
            (Assertions & (1 << (int)Assertion.BeginText)) != 0 && Reachable(atBeginning: false).Count == 0;
    }

    public ReadOnlySpan<Instruction> Code => _code;

    public int Start { get; }

    public Alphabet Alphabet { get; }

    /// <summary>Bits of the <see cref="Assertion"/>s that occur.</summary>
    public int Assertions { get; }

    /// <summary>Whether a match can begin nowhere but at the beginning of the text.</summary>
    public bool OnlyAtBeginning { get; }

    public long Bytes => 96 + (16L * _code.Length) + (8L * _sets.Length) + Alphabet.Bytes;

    /// <summary>Which classes a match can begin with; null if it can be empty.</summary>
    public bool[]? FirstClasses()
    {
        bool[] taken = new bool[Alphabet.Count];
        foreach (Instruction instruction in Reachable(atBeginning: true))
        {
            if (instruction.Op == Op.Match)
                return null;
            for (int c = 0; c < taken.Length; c++)
                taken[c] |= Takes(instruction, c);
        }
        return taken;
    }

    /// <summary>The consuming and matching instructions that the start leads to, whatever assertions say of the context.</summary>
    private List<Instruction> Reachable(bool atBeginning)
    {
        var found = new List<Instruction>();
        bool[] seen = new bool[_code.Length];
        var open = new Stack<int>();
        open.Push(Start);
        while (open.TryPop(out int pc))
        {
            if (seen[pc])
                continue;
            seen[pc] = true;
            Instruction instruction = _code[pc];
            if (instruction.Op is Op.Class or Op.Set or Op.Match)
            {
                found.Add(instruction);
                continue;
            }
            if (instruction.Op == Op.Assert && (Assertion)instruction.Argument == Assertion.BeginText && !atBeginning)
                continue;
            open.Push(instruction.Next);
            if (instruction.Op == Op.Split)
                open.Push(instruction.Other);
        }
        return found;
    }

    /// <summary>Whether a consuming instruction takes a code point of a class.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Takes(Instruction instruction, int characterClass) =>
        instruction.Op == Op.Class
            ? instruction.Argument == characterClass
            : instruction.Op == Op.Set
                && ((_sets[(instruction.Argument * _rowLength) + (characterClass >> 6)] >> characterClass) & 1) != 0;
}
