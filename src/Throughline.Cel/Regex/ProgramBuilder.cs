namespace Throughline.Cel.Regex;

/// <summary>
/// Compiles a tree to instructions by Thompson's construction: from the last node to the first, each told where to go on.
/// Priorities follow Perl's order of trying, so that the first thread to match is the leftmost-first match.
/// </summary>
internal sealed class ProgramBuilder
{
    private readonly bool _captures;
    private readonly List<Instruction> _code = [];
    private readonly List<CodePointSet> _sets = [];
    private readonly Dictionary<CodePointSet, int> _setNumbers = [];

    private ProgramBuilder(bool captures) => _captures = captures;

    /// <summary>Compiles a pattern.</summary>
    /// <param name="root">The pattern.</param>
    /// <param name="captures">Whether submatches are noted: slots 2n and 2n+1 for group n, 0 being the whole match.</param>
    public static RegexProgram Build(RegexNode root, bool captures)
    {
        var builder = new ProgramBuilder(captures);
        int match = builder.Add(new Instruction(Op.Match, 0, -1));
        int start = builder.Emit(new RegexNode.Capture(root, 0), match);
        return builder.Finish(start);
    }

    private int Emit(RegexNode node, int next) =>
        node switch
        {
            RegexNode.Empty => next,
            RegexNode.OneOf one => Add(new Instruction(Op.Set, Number(one.Set), next)),
            RegexNode.Assert assert => Add(new Instruction(Op.Assert, (int)assert.Kind, next)),
            RegexNode.Concat concat => EmitConcat(concat.Items, next),
            RegexNode.Alternate alternate => EmitAlternate(alternate.Branches, next),
            RegexNode.Repeat repeat => EmitRepeat(repeat, next),
            RegexNode.Capture capture => EmitCapture(capture, next),
            _ => throw new InvalidOperationException($"a {node.GetType().Name} in a pattern"),
        };

    private int EmitConcat(IReadOnlyList<RegexNode> items, int next)
    {
        for (int i = items.Count - 1; i >= 0; i--)
            next = Emit(items[i], next);
        return next;
    }

    private int EmitAlternate(IReadOnlyList<RegexNode> branches, int next)
    {
        int entry = Emit(branches[^1], next);
        for (int i = branches.Count - 2; i >= 0; i--)
            entry = Add(new Instruction(Op.Split, 0, Emit(branches[i], next), entry));
        return entry;
    }

    private int EmitCapture(RegexNode.Capture capture, int next)
    {
        if (!_captures)
            return Emit(capture.Item, next);
        int end = Add(new Instruction(Op.Save, (2 * capture.Index) + 1, next));
        return Add(new Instruction(Op.Save, 2 * capture.Index, Emit(capture.Item, end)));
    }

    private int EmitRepeat(RegexNode.Repeat repeat, int next)
    {
        (RegexNode item, int min, int max, bool greedy) = repeat;
        int entry = next;
        int copies = min;
        if (max < 0)
        {
            (entry, int choice) = EmitLoop(item, greedy, next);
            // To enter what can be empty at the choice would hide that its first turn comes before going on.
            if (min == 0)
                return item.CanBeEmpty ? Choice(greedy, entry, next) : choice;
            copies = min - 1;
        }
        else
        {
            for (int i = min; i < max; i++)
                entry = Choice(greedy, Emit(item, entry), next);
        }
        for (int i = 0; i < copies; i++)
            entry = Emit(item, entry);
        return entry;
    }

    // One or more: the item, then a choice between the item again and going on.
    private (int Entry, int Choice) EmitLoop(RegexNode item, bool greedy, int next)
    {
        int choice = Add(default);
        int entry = Emit(item, choice);
        _code[choice] = greedy ? new Instruction(Op.Split, 0, entry, next) : new Instruction(Op.Split, 0, next, entry);
        return (entry, choice);
    }

    private int Choice(bool greedy, int item, int next) =>
        Add(greedy ? new Instruction(Op.Split, 0, item, next) : new Instruction(Op.Split, 0, next, item));

    private int Add(Instruction instruction)
    {
        _code.Add(instruction);
        return _code.Count - 1;
    }

    private int Number(CodePointSet set)
    {
        if (_setNumbers.TryGetValue(set, out int number))
            return number;
        _sets.Add(set);
        return _setNumbers[set] = _sets.Count - 1;
    }

    /// <summary>Sorts code points into classes, and writes the sets of the instructions as sets of classes.</summary>
    private RegexProgram Finish(int start)
    {
        Instruction[] code = [.. _code];
        int assertions = 0;
        foreach (Instruction instruction in code)
            if (instruction.Op == Op.Assert)
                assertions |= 1 << instruction.Argument;
        var told = new List<CodePointSet>(_sets);
        if ((assertions & Contexts.Words) != 0)
            told.Add(NamedClasses.Word);
        if ((assertions & Contexts.Lines) != 0)
            told.Add(CodePointSet.Of('\n'));
        var alphabet = new Alphabet(told);

        int rowLength = (alphabet.Count + 63) / 64;
        var rows = new List<ulong>();
        var tests = new Instruction[_sets.Count];
        for (int i = 0; i < _sets.Count; i++)
            tests[i] = Test(alphabet, _sets[i], rows, rowLength);
        for (int i = 0; i < code.Length; i++)
            if (code[i].Op == Op.Set)
                code[i] = tests[code[i].Argument] with { Next = code[i].Next };
        return new RegexProgram(code, start, alphabet, [.. rows], rowLength);
    }

    private static Instruction Test(Alphabet alphabet, CodePointSet set, List<ulong> rows, int rowLength)
    {
        int single = -1;
        ulong[] row = new ulong[rowLength];
        foreach (int c in alphabet.ClassesIn(set))
        {
            single = single == -1 || single == c ? c : -2;
            row[c >> 6] |= 1UL << c;
        }
        if (single >= 0)
            return new Instruction(Op.Class, single, -1);
        rows.AddRange(row);
        return new Instruction(Op.Set, (rows.Count / rowLength) - 1, -1);
    }
}
