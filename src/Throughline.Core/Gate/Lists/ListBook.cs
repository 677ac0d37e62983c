using Throughline.Cel.Library;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Lists;

/// <summary>
/// The named lists of one tenant: entries come and go on their own, without a publication of rules. Many may look up while one
/// changes: a look-up sees an entry's change whole. Nothing allocates on look-ups.
/// </summary>
public sealed class ListBook
{
    /// <summary>Makes sure that a list exists; its entries stay. False if one of that name has another kind.</summary>
    public bool Declare(string name, ListKind kind) => throw new NotSupportedException();

    /// <summary>A list by name; null if there is none. The object stays the list's for as long as it exists.</summary>
    public GateList? Find(string name) => throw new NotSupportedException();

    /// <summary>All lists by name, in ordinal order.</summary>
    public IReadOnlyList<GateList> All => throw new NotSupportedException();
}

/// <summary>One list. Address lists are tries over prefixes (the longest unexpired one wins), others hash sets or automata.</summary>
public sealed class GateList
{
    public string Name => throw new NotSupportedException();
    public ListKind Kind => throw new NotSupportedException();
    public int Count => throw new NotSupportedException();

    /// <summary>Goes up with every change.</summary>
    public long Version => throw new NotSupportedException();

    /// <summary>Adds or replaces an entry; a value that the kind cannot hold gives the reason.</summary>
    public bool TryAdd(ListEntryDocument entry, out string error) => throw new NotSupportedException();

    /// <summary>Adds an address without going through text, as rules do; false if the list is full.</summary>
    public bool Add(IpAddress address, long? expiresAt, string source) => throw new NotSupportedException();

    /// <summary>Replaces all entries of one source (a refreshed file) at once; entries that cannot be held are named, the others taken.</summary>
    public IReadOnlyList<GateIssue> Replace(string source, IEnumerable<ListEntryDocument> entries) =>
        throw new NotSupportedException();

    /// <summary>Removes a value: the entry of one source, or those of all; false if there was none.</summary>
    public bool Remove(string value, string? source = null) => throw new NotSupportedException();

    public bool Contains(IpAddress address, long now) => throw new NotSupportedException();

    public bool Contains(ReadOnlySpan<char> text, long now) => throw new NotSupportedException();

    public bool Contains(long number, long now) => throw new NotSupportedException();

    /// <summary>The entry that makes <c>Contains</c> true, for explanations.</summary>
    public ListEntryDocument? Why(IpAddress address, long now) => throw new NotSupportedException();

    /// <inheritdoc cref="Why(IpAddress, long)"/>
    public ListEntryDocument? Why(string text, long now) => throw new NotSupportedException();

    /// <summary>Unexpired entries in a stable order, for export.</summary>
    public IEnumerable<ListEntryDocument> Entries(long now) => throw new NotSupportedException();

    /// <summary>Drops expired entries; gives how many.</summary>
    public int Sweep(long now) => throw new NotSupportedException();
}
