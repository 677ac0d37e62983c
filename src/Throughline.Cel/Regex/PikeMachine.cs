using System.Buffers;

namespace Throughline.Cel.Regex;

/// <summary>
/// Runs a program on a text with all its threads at once, code point by code point (Pike's way): linear time, submatches, and
/// the match that Perl would find first. The reference for the faster machines.
/// </summary>
internal readonly ref struct PikeMachine
{
    private readonly RegexProgram _program;
    private readonly ReadOnlySpan<char> _text;
    private readonly int _slots;
    private readonly Span<int> _stack; // pairs: an instruction to follow, or ~slot with the value to put back

    private PikeMachine(RegexProgram program, ReadOnlySpan<char> text, int slots, Span<int> stack)
    {
        _program = program;
        _text = text;
        _slots = slots;
        _stack = stack;
    }

    /// <summary>Finds the first match from a place on.</summary>
    /// <param name="program">With submatches.</param>
    /// <param name="text">All of the text: what stands before the start is seen by assertions.</param>
    /// <param name="start">Where the match may begin at the earliest.</param>
    /// <param name="slots">Start and end of the match and its groups, as many as it has room for; -1 for no part in the match.</param>
    public static bool TryMatch(RegexProgram program, ReadOnlySpan<char> text, int start, Span<int> slots)
    {
        int code = program.Code.Length;
        int perThread = code * slots.Length;
        int[] memory = ArrayPool<int>.Shared.Rent((8 * code) + (2 * perThread) + (4 * slots.Length) + 8);
        Span<int> rest = memory;
        var now = new Threads(ref rest, code, slots.Length);
        var next = new Threads(ref rest, code, slots.Length);
        Span<int> scratch = Take(ref rest, slots.Length);
        var machine = new PikeMachine(program, text, slots.Length, rest);
        bool matched = machine.Run(start, now, next, scratch, slots);
        ArrayPool<int>.Shared.Return(memory);
        return matched;
    }

    private bool Run(int start, Threads now, Threads next, Span<int> scratch, Span<int> result)
    {
        bool matched = false;
        for (int position = start; ; )
        {
            if (!matched && (position == 0 || !_program.OnlyAtBeginning))
            {
                scratch.Fill(-1);
                Follow(ref now, _program.Start, position, scratch);
            }
            if (now.Set.Count == 0 && (matched || _program.OnlyAtBeginning))
                break;
            int length = 1;
            int character =
                position < _text.Length ? _program.Alphabet.ClassOf(Utf16.Read(_text, position, out length)) : -1;
            next.Set.Clear();
            matched |= Step(now, ref next, character, position + length, scratch, result);
            if (character < 0)
                break;
            position += length;
            Threads done = now;
            now = next;
            next = done;
        }
        return matched;
    }

    private bool Step(Threads now, ref Threads next, int character, int position, Span<int> scratch, Span<int> result)
    {
        foreach (int thread in now.Set.Members)
        {
            Instruction instruction = _program.Code[thread];
            if (instruction.Op == Op.Match)
            {
                now.SlotsOf(thread).CopyTo(result);
                return true; // whatever else runs has less priority
            }
            if (character < 0 || !_program.Takes(instruction, character))
                continue;
            now.SlotsOf(thread).CopyTo(scratch);
            Follow(ref next, instruction.Next, position, scratch);
        }
        return false;
    }

    /// <summary>Adds all instructions that can be reached without consuming anything, those of higher priority first.</summary>
    private void Follow(ref Threads threads, int start, int position, Span<int> slots)
    {
        Context? context = null;
        int depth = 0;
        Push(ref depth, start, 0);
        while (depth > 0)
        {
            (int pc, int value) = (_stack[--depth - 1], _stack[depth]);
            depth--;
            if (pc < 0)
            {
                slots[~pc] = value;
                continue;
            }
            if (!threads.Set.Add(pc))
                continue;
            Instruction instruction = _program.Code[pc];
            switch (instruction.Op)
            {
                case Op.Split:
                    Push(ref depth, instruction.Other, 0);
                    Push(ref depth, instruction.Next, 0);
                    break;
                case Op.Save:
                    if (instruction.Argument < _slots)
                    {
                        Push(ref depth, ~instruction.Argument, slots[instruction.Argument]);
                        slots[instruction.Argument] = position;
                    }
                    Push(ref depth, instruction.Next, 0);
                    break;
                case Op.Assert:
                    context ??= Contexts.At(_text, position);
                    if (Contexts.Holds((Assertion)instruction.Argument, context.Value))
                        Push(ref depth, instruction.Next, 0);
                    break;
                default:
                    slots.CopyTo(threads.SlotsOf(pc));
                    break;
            }
        }
    }

    private void Push(ref int depth, int pc, int value)
    {
        _stack[depth++] = pc;
        _stack[depth++] = value;
    }

    private static Span<int> Take(ref Span<int> rest, int count)
    {
        Span<int> taken = rest[..count];
        rest = rest[count..];
        return taken;
    }

    /// <summary>The threads at one place, in the order of their priority.</summary>
    private ref struct Threads
    {
        private readonly Span<int> _slots;
        private readonly int _count;
        public SparseSet Set;

        public Threads(ref Span<int> rest, int code, int slots)
        {
            Set = new SparseSet(Take(ref rest, 2 * code));
            _slots = Take(ref rest, code * slots);
            _count = slots;
        }

        public readonly Span<int> SlotsOf(int pc) => _slots.Slice(pc * _count, _count);
    }
}
