using System.Runtime.InteropServices;
using System.Text;
using Throughline.Core.Gate.Requests;
using Throughline.Core.State;

namespace Throughline.Core.Gate.Agents;

/// <summary>
/// Sorts user agents by what they declare of themselves: names of programs, words that only programs use, a page or address to ask; and
/// who names no device, system or engine is no person's. Case does not matter. Safe for any number of threads.
/// </summary>
public sealed class AgentTable
{
    private const int CacheEntries = 1 << 12;

    /// <summary>Longer texts are read again each time: nobody fills the memory with them.</summary>
    private const int MaxCached = 1024;

    private static readonly AgentAutomaton BuiltIn = new(AgentWords.All);

    // A pure function's results, for the agents seen lately; not state. A slot is read and written as one reference.
    private readonly AgentProfile?[] cache = new AgentProfile?[CacheEntries];
    private readonly Utf8Entry?[] utf8Cache = new Utf8Entry?[CacheEntries];
    private readonly AgentAutomaton automaton;
    private readonly CrawlerList? list;

    /// <summary>The built-in table: the same on every machine, and the only one that verdicts use.</summary>
    public AgentTable()
    {
        automaton = BuiltIn;
    }

    /// <summary>
    /// The table with its crawlers and generic words replaced by a list: a bot is then what the list names, and libraries, scanners and
    /// browsers without a person; the absence of a device says nothing any more.
    /// </summary>
    public AgentTable(CrawlerList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        this.list = list;
        automaton = WithoutCrawlers.Value;
    }

    private static readonly Lazy<AgentAutomaton> WithoutCrawlers = new(() => new(AgentWords.WithoutCrawlers));

    /// <summary>All that a user agent says.</summary>
    public AgentProfile Read(string agent)
    {
        ArgumentNullException.ThrowIfNull(agent);
        if (agent.Length > MaxCached)
            return Parse(agent);
        ulong hash = Mix.Bytes(MemoryMarshal.AsBytes(agent.AsSpan()));
        ref AgentProfile? slot = ref cache[(int)(hash >> 32) & (CacheEntries - 1)];
        AgentProfile? known = Volatile.Read(ref slot);
        if (known is not null && known.Text == agent)
            return known;
        known = Parse(agent);
        Volatile.Write(ref slot, known);
        return known;
    }

    /// <summary>Fills the facts of a request; without garbage for agents seen lately.</summary>
    public void Read(string? agent, AgentFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        Read(agent ?? "").CopyTo(facts);
    }

    /// <summary>The class of one user agent, given as UTF-8.</summary>
    public AgentClasses Classify(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxCached)
            return Parse(Encoding.UTF8.GetString(utf8)).Class;
        ref Utf8Entry? slot = ref utf8Cache[(int)(Mix.Bytes(utf8) >> 32) & (CacheEntries - 1)];
        Utf8Entry? known = Volatile.Read(ref slot);
        if (known is not null && utf8.SequenceEqual(known.Text))
            return known.Class;
        known = new(utf8.ToArray(), Parse(Encoding.UTF8.GetString(utf8)).Class);
        Volatile.Write(ref slot, known);
        return known.Class;
    }

    /// <summary>The class of one user agent, by the built-in table.</summary>
    public static AgentClasses Classify(string agent) =>
        AgentReader.Read(BuiltIn, agent, listed: null, strict: true).Class;

    private AgentProfile Parse(string agent) =>
        AgentReader.Read(automaton, agent, list?.NameOf(agent), strict: list is null);

    private sealed record Utf8Entry(byte[] Text, AgentClasses Class);
}
