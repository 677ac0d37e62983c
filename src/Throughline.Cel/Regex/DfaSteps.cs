using System.Buffers;
using System.Runtime.InteropServices;

namespace Throughline.Cel.Regex;

/// <summary>
/// Steps all threads of a program at once from one place of a text to the next, asking only whether there is a match: that makes
/// the states of an automaton, and stands in for it when it is full. Order and priority do not matter, so a set is kept sorted.
/// </summary>
internal ref struct DfaSteps
{
    private readonly RegexProgram _program;
    private readonly ReadOnlySpan<Context> _classContexts; // as before a character of the class; empty if nobody asks
    private readonly int[] _rented;
    private readonly Span<ushort> _kept;
    private readonly Span<ushort> _ready;
    private readonly Span<int> _stack;
    private SparseSet _seen;
    private int _keptCount;
    private bool _matched;
    private bool _waits;

    public DfaSteps(RegexProgram program, ReadOnlySpan<Context> classContexts)
    {
        int size = program.Code.Length;
        _program = program;
        _classContexts = classContexts;
        _rented = ArrayPool<int>.Shared.Rent((4 * size) + 4);
        _seen = new SparseSet(_rented.AsSpan(0, 2 * size));
        _stack = _rented.AsSpan(2 * size, size + 2);
        Span<ushort> rest = MemoryMarshal.Cast<int, ushort>(_rented.AsSpan((3 * size) + 2));
        _kept = rest[..size];
        _ready = rest.Slice(size, size);
    }

    /// <summary>The threads after the last step, sorted: those that consume next, and those that wait to see what comes.</summary>
    public readonly ReadOnlySpan<ushort> Threads => _kept[.._keptCount];

    /// <summary>What the waiting ones must know of what stood before; nothing if none waits.</summary>
    public Context Before { get; private set; }

    public readonly void Dispose() => ArrayPool<int>.Shared.Return(_rented);

    /// <summary>The threads that start at a place. True if that is a match already.</summary>
    public bool Start(Context before)
    {
        Clear();
        Follow(_program.Start, before, looksAhead: false);
        return Finish(before);
    }

    /// <summary>From a set of threads over a character. True if that makes a match, at the character or after it.</summary>
    public bool Step(ReadOnlySpan<ushort> threads, Context before, int characterClass)
    {
        Context next = _classContexts.IsEmpty ? Context.None : _classContexts[characterClass];
        int count = threads.Length;
        threads.CopyTo(_ready); // they may be those of the last step, about to be overwritten
        if ((_program.Assertions & Contexts.Ahead) != 0)
        {
            if (LookAhead(_ready[..count], before | next))
                return true;
            count = _keptCount;
            Threads.CopyTo(_ready);
        }
        Clear();
        var after = (Context)((int)next >> Contexts.FromBeforeToAfter);
        foreach (ushort pc in _ready[..count])
        {
            Instruction instruction = _program.Code[pc];
            if (_program.Takes(instruction, characterClass))
                Follow(instruction.Next, after, looksAhead: false);
        }
        if (!_program.OnlyAtBeginning)
            Follow(_program.Start, after, looksAhead: false);
        return Finish(after);
    }

    /// <summary>Whether a set of threads makes a match at the end of the text.</summary>
    public bool End(ReadOnlySpan<ushort> threads, Context before) => LookAhead(threads, before | Context.EndText);

    private bool LookAhead(ReadOnlySpan<ushort> threads, Context context)
    {
        Clear();
        foreach (ushort pc in threads)
            Follow(pc, context, looksAhead: true);
        return _matched;
    }

    private void Clear()
    {
        _seen.Clear();
        _keptCount = 0;
        _matched = false;
        _waits = false;
    }

    private bool Finish(Context before)
    {
        _kept[.._keptCount].Sort();
        Before = _waits ? before : Context.None;
        return _matched;
    }

    private void Follow(int start, Context context, bool looksAhead)
    {
        int depth = 0;
        _stack[depth++] = start;
        while (depth > 0)
        {
            int pc = _stack[--depth];
            if (!_seen.Add(pc))
                continue;
            Instruction instruction = _program.Code[pc];
            switch (instruction.Op)
            {
                case Op.Split:
                    _stack[depth++] = instruction.Other;
                    _stack[depth++] = instruction.Next;
                    break;
                case Op.Assert when !looksAhead && (Contexts.Ahead & (1 << instruction.Argument)) != 0:
                    _waits = true;
                    _kept[_keptCount++] = (ushort)pc;
                    break;
                case Op.Assert:
                    if (Contexts.Holds((Assertion)instruction.Argument, context))
                        _stack[depth++] = instruction.Next;
                    break;
                case Op.Match:
                    _matched = true;
                    break;
                case Op.Save:
                    _stack[depth++] = instruction.Next;
                    break;
                default:
                    _kept[_keptCount++] = (ushort)pc;
                    break;
            }
        }
    }
}
