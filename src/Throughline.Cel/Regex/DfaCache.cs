namespace Throughline.Cel.Regex;

/// <summary>
/// The states that texts have led to so far, and the table of steps between them. Read without a lock: an entry is written once,
/// from unknown to its value, after what it points to. Written under its own lock. Never more than <see cref="RegexLimits.DfaBytes"/>.
/// </summary>
internal sealed class DfaCache
{
    /// <summary>Entries of the table that are no state: below every state's place.</summary>
    public const int Unknown = 0;
    public const int Dead = 1;
    public const int Match = 2;

    /// <summary>Stands for <see cref="Idle"/> in the table, so that a search notices it.</summary>
    public const int ToIdle = 3;

    /// <summary>
    /// The state that has nothing but what starts anew with nothing special before it: the first to be added, unless such a start
    /// is dead or a match.
    /// </summary>
    public const int Idle = FirstState;

    /// <summary>No room for the state.</summary>
    public const int Full = -1;

    private const int FirstState = 4;
    private const int MaxStates = 512;
    private const int MaxEntries = RegexLimits.DfaBytes / 4; // 2 bytes each: half of the bytes
    private const int MaxThreads = RegexLimits.DfaBytes / 8; // 2 bytes each: a quarter; the states have the rest

    private readonly int _stride;
    private readonly ushort[] _starts = new ushort[4];
    private ushort[] _threads = new ushort[32];
    private State[] _states = new State[8];
    private int[] _buckets = new int[8];
    private bool _hasIdle;
    private int _stateCount;
    private int _threadCount;

    /// <summary>A set of threads and the context that they wait with.</summary>
    /// <param name="Start">Where its threads begin in the list of all.</param>
    /// <param name="Next">The next state with the same bucket, one more than its number; 0 for none.</param>
    private readonly record struct State(ushort Start, ushort Count, ushort Next, byte Before);

    /// <summary>An empty cache.</summary>
    /// <param name="classes">Classes of the alphabet; a state's row has an entry more, for the end of the text.</param>
    public DfaCache(int classes)
    {
        _stride = classes + 1;
        Table = new ushort[Math.Min(MaxEntries, FirstState + (8 * _stride))];
    }

    /// <summary>Whether so many classes leave room for enough states to be of use.</summary>
    public static bool Suits(int classes) => (classes + 1) * 16 < MaxEntries;

    /// <summary>The rows of the states: at a state's place plus a class stands the place of the next state. Replaced as it grows.</summary>
    public ushort[] Table { get; private set; }

    /// <summary>How many characters were searched without the cache because it was full.</summary>
    public long Missed { get; set; }

    public long Bytes =>
        96 + (2L * (Table.Length + _threads.Length + _starts.Length)) + (8L * _states.Length) + (4L * _buckets.Length);

    /// <summary>The state to start with in a context, or what else an entry can be.</summary>
    public int StartOf(Context before) => Volatile.Read(ref _starts[Index(before)]);

    public void SetStart(Context before, int entry)
    {
        Volatile.Write(ref _starts[Index(before)], (ushort)entry);
        if (before == Context.None)
            _hasIdle = entry == Idle;
    }

    /// <summary>Notes a step; returns what now stands in the table.</summary>
    public int SetNext(int state, int column, int entry)
    {
        int told = _hasIdle && entry == Idle ? ToIdle : entry;
        Table[state + column] = (ushort)told;
        return told;
    }

    public ReadOnlySpan<ushort> ThreadsOf(int place)
    {
        State state = _states[NumberOf(place)];
        return _threads.AsSpan(state.Start, state.Count);
    }

    public Context BeforeOf(int place) => (Context)_states[NumberOf(place)].Before;

    /// <summary>The place of the state with these threads, a new one if need be; <see cref="Full"/> if there is no room.</summary>
    public int Add(ReadOnlySpan<ushort> threads, Context before)
    {
        uint hash = Hash(threads, before);
        for (int next = _buckets[hash & (uint)(_buckets.Length - 1)]; next != 0; next = _states[next - 1].Next)
        {
            State state = _states[next - 1];
            if (state.Before == (byte)before && _threads.AsSpan(state.Start, state.Count).SequenceEqual(threads))
                return PlaceOf(next - 1);
        }
        int end = PlaceOf(_stateCount + 1);
        if (_stateCount == MaxStates || end > MaxEntries || _threadCount + threads.Length > MaxThreads)
            return Full;
        Grow(end, threads.Length);
        ref int bucket = ref _buckets[hash & (uint)(_buckets.Length - 1)];
        _states[_stateCount] = new State((ushort)_threadCount, (ushort)threads.Length, (ushort)bucket, (byte)before);
        threads.CopyTo(_threads.AsSpan(_threadCount));
        _threadCount += threads.Length;
        bucket = ++_stateCount;
        return PlaceOf(_stateCount - 1);
    }

    private void Grow(int entries, int threads)
    {
        if (entries > Table.Length)
        {
            ushort[] larger = new ushort[Math.Min(MaxEntries, Math.Max(entries, 2 * Table.Length))];
            Table.CopyTo(larger, 0);
            Volatile.WriteBarrier();
            Table = larger;
        }
        if (_threadCount + threads > _threads.Length)
            Array.Resize(ref _threads, Math.Min(MaxThreads, Math.Max(_threadCount + threads, 2 * _threads.Length)));
        if (_stateCount < _states.Length)
            return;
        Array.Resize(ref _states, 2 * _states.Length);
        _buckets = new int[_states.Length];
        for (int i = 0; i < _stateCount; i++)
        {
            State state = _states[i];
            uint hash = Hash(_threads.AsSpan(state.Start, state.Count), (Context)state.Before);
            ref int bucket = ref _buckets[hash & (uint)(_buckets.Length - 1)];
            _states[i] = state with { Next = (ushort)bucket };
            bucket = i + 1;
        }
    }

    private int PlaceOf(int number) => FirstState + (number * _stride);

    private int NumberOf(int place) => (place - FirstState) / _stride;

    private static int Index(Context before) =>
        before switch
        {
            Context.BeginText => 1,
            Context.AfterNewline => 2,
            Context.AfterWord => 3,
            _ => 0,
        };

    private static uint Hash(ReadOnlySpan<ushort> threads, Context before)
    {
        uint hash = (uint)before + 1;
        foreach (ushort pc in threads)
            hash = (hash ^ pc) * 0x01000193;
        return hash ^ (hash >> 15);
    }
}
