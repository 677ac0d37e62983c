using System.Runtime.CompilerServices;

namespace Throughline.Cel.Regex;

/// <summary>
/// Tells whether there is a match, by a deterministic automaton whose states are made when a text first leads to them: a look-up a
/// character. The states are shared by all threads. When there is no room for more, the rest of a text is searched by
/// <see cref="DfaSteps"/>, and once that happens much, the states are forgotten and made anew for the texts of the day.
/// </summary>
internal sealed class LazyDfa
{
    private const long MissedBeforeReset = 1 << 20;
    private const int JumpsOnTrial = 8;

    private readonly RegexProgram _program;
    private readonly Context[] _classContexts;
    private readonly Context _relevant;
    private readonly bool _suits;
    private volatile DfaCache _cache;

    public LazyDfa(RegexProgram program)
    {
        _program = program;
        _suits = DfaCache.Suits(program.Alphabet.Count);
        bool lines = (program.Assertions & Contexts.Lines) != 0;
        bool words = (program.Assertions & Contexts.Words) != 0;
        _relevant =
            (program.Assertions != 0 ? Context.BeginText : 0)
            | (lines ? Context.AfterNewline : 0)
            | (words ? Context.AfterWord : 0);
        _classContexts = lines || words ? ContextsOf(program.Alphabet) : [];
        _cache = NewCache();
    }

    public long Bytes => 64 + _cache.Bytes + _classContexts.Length;

    /// <summary>Whether a match begins at a place or after it.</summary>
    /// <param name="text">All of the text.</param>
    /// <param name="start">The place.</param>
    /// <param name="finder">Tells where matches may begin; null if nothing does.</param>
    public bool IsMatch(ReadOnlySpan<char> text, int start, LiteralFinder? finder)
    {
        int position = finder is null ? start : finder.Next(text, start);
        if (position < 0)
            return false;
        DfaCache cache = _cache;
        int state = StartAt(cache, text, position);
        if (state <= DfaCache.Match)
            return state == DfaCache.Full ? Simulate(cache, text, position) : state == DfaCache.Match;
        ushort[] table = cache.Table;
        ReadOnlySpan<int> ascii = _program.Alphabet.Ascii;
        int jumps = 0;
        while (true)
        {
            int column = 0;
            int length = 1;
            int next = DfaCache.Unknown;
            for (; position < text.Length; position += length)
            {
                int c = text[position];
                if (c < ascii.Length)
                    (column, length) = (ascii[c], 1);
                else
                    column = WideClass(text, position, out length);
                next = table[state + column];
                if (next <= DfaCache.ToIdle)
                    break;
                state = next;
            }
            if (position == text.Length)
                return EndsInMatch(cache, state);

            if (next == DfaCache.Unknown)
            {
                next = Explore(cache, state, column);
                table = cache.Table;
                if (next == DfaCache.Full)
                    return Simulate(cache, text, position, state);
            }
            if (next <= DfaCache.Match)
                return next == DfaCache.Match;
            position += length;
            if (next > DfaCache.ToIdle || finder is null)
            {
                state = Math.Max(next, DfaCache.Idle);
                continue;
            }

            int found = finder.Next(text, position);
            if (found < 0)
                return false;
            // Where candidates are dense, going on step by step finds more of them in less time.
            if (++jumps == JumpsOnTrial && found - start < 8 * JumpsOnTrial)
                finder = null;
            state = found == position ? DfaCache.Idle : StartAt(cache, text, found);
            table = cache.Table;
            position = found;
            if (state <= DfaCache.Match)
                return state == DfaCache.Full ? Simulate(cache, text, position) : state == DfaCache.Match;
        }
    }

    private bool EndsInMatch(DfaCache cache, int state)
    {
        int column = _program.Alphabet.Count;
        int end = cache.Table[state + column];
        return (end == DfaCache.Unknown ? Explore(cache, state, column) : end) == DfaCache.Match;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int WideClass(ReadOnlySpan<char> text, int position, out int length) =>
        _program.Alphabet.ClassOf(Utf16.Read(text, position, out length));

    private int StartAt(DfaCache cache, ReadOnlySpan<char> text, int position)
    {
        Context before = Contexts.Before(text, position) & _relevant;
        int entry = cache.StartOf(before);
        return entry == DfaCache.Unknown ? ExploreStart(cache, before) : entry;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ExploreStart(DfaCache cache, Context before)
    {
        if (!_suits)
            return DfaCache.Full;
        lock (cache)
        {
            int entry = cache.StartOf(before);
            if (entry != DfaCache.Unknown)
                return entry;
            using var steps = new DfaSteps(_program, _classContexts);
            entry = Entry(cache, steps.Start(before), steps);
            if (entry != DfaCache.Full)
                cache.SetStart(before, entry);
            return entry;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Explore(DfaCache cache, int state, int column)
    {
        lock (cache)
        {
            int entry = cache.Table[state + column];
            if (entry != DfaCache.Unknown)
                return entry;
            using var steps = new DfaSteps(_program, _classContexts);
            ReadOnlySpan<ushort> threads = cache.ThreadsOf(state);
            if (column == _program.Alphabet.Count)
                entry = steps.End(threads, cache.BeforeOf(state)) ? DfaCache.Match : DfaCache.Dead;
            else
                entry = Entry(cache, steps.Step(threads, cache.BeforeOf(state), column), steps);
            return entry == DfaCache.Full ? entry : cache.SetNext(state, column, entry);
        }
    }

    private int Entry(DfaCache cache, bool matched, in DfaSteps steps)
    {
        if (matched)
            return DfaCache.Match;
        return steps.Threads.IsEmpty && _program.OnlyAtBeginning
            ? DfaCache.Dead
            : cache.Add(steps.Threads, steps.Before);
    }

    private bool Simulate(DfaCache cache, ReadOnlySpan<char> text, int position)
    {
        using var steps = new DfaSteps(_program, _classContexts);
        return steps.Start(Contexts.Before(text, position) & _relevant) || Finish(cache, text, position, steps);
    }

    private bool Simulate(DfaCache cache, ReadOnlySpan<char> text, int position, int state)
    {
        using var steps = new DfaSteps(_program, _classContexts);
        int length;
        lock (cache)
        {
            int c = _program.Alphabet.ClassOf(Utf16.Read(text, position, out length));
            if (steps.Step(cache.ThreadsOf(state), cache.BeforeOf(state), c))
                return true;
        }
        return Finish(cache, text, position + length, steps);
    }

    private bool Finish(DfaCache cache, ReadOnlySpan<char> text, int position, DfaSteps steps)
    {
        Account(cache, text.Length - position);
        while (position < text.Length)
        {
            int c = _program.Alphabet.ClassOf(Utf16.Read(text, position, out int length));
            if (steps.Step(steps.Threads, steps.Before, c))
                return true;
            if (steps.Threads.IsEmpty && _program.OnlyAtBeginning)
                return false;
            position += length;
        }
        return steps.End(steps.Threads, steps.Before);
    }

    private void Account(DfaCache cache, int missed)
    {
        if (!_suits)
            return;
        lock (cache)
        {
            cache.Missed += missed;
            if (cache.Missed > MissedBeforeReset && _cache == cache)
                _cache = NewCache();
        }
    }

    private DfaCache NewCache()
    {
        if (!_suits)
            return new DfaCache(0);
        var cache = new DfaCache(_program.Alphabet.Count);
        using var steps = new DfaSteps(_program, _classContexts);
        int idle = Entry(cache, steps.Start(Context.None), steps);
        cache.SetStart(Context.None, idle);
        return cache;
    }

    private static Context[] ContextsOf(Alphabet alphabet)
    {
        var contexts = new Context[alphabet.Count];
        foreach ((int first, _, int number) in alphabet.Ranges())
            contexts[number] = Contexts.BeforeCharacter(first);
        return contexts;
    }
}
