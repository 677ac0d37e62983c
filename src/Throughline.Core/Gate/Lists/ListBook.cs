using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Lists;

/// <summary>How much lists may hold.</summary>
/// <param name="EntriesMax">Of one list; what comes beyond is refused.</param>
/// <param name="ListsMax">Lists of one tenant.</param>
public sealed record ListLimits(int EntriesMax = 2_000_000, int ListsMax = 1000);

/// <summary>
/// The named lists of one tenant: entries come and go on their own, without a publication of rules. Many may look up while one
/// changes: a look-up sees an entry's change whole, and the next look-up sees it. Nothing allocates on look-ups.
/// </summary>
public sealed class ListBook(ListLimits? limits = null)
{
    private readonly ListLimits limits = limits ?? new();
    private readonly Lock gate = new();
    private GateList[] lists = [];

    /// <summary>Makes sure that a list exists; its entries stay. False if one of that name has another kind, or there are too many.</summary>
    public bool Declare(string name, ListKind kind)
    {
        lock (gate)
        {
            int place = Search(lists, name);
            if (place >= 0)
                return lists[place].Kind == kind;
            if (lists.Length >= limits.ListsMax)
                return false;
            GateList added = new(name, kind, limits.EntriesMax);
            Volatile.Write(ref lists, [.. lists[..~place], added, .. lists[~place..]]);
            return true;
        }
    }

    /// <summary>A list by name; null if there is none. The object stays the list's for as long as it exists.</summary>
    public GateList? Find(string name)
    {
        GateList[] all = Volatile.Read(ref lists);
        int place = Search(all, name);
        return place >= 0 ? all[place] : null;
    }

    /// <summary>All lists by name, in ordinal order.</summary>
    public IReadOnlyList<GateList> All => Volatile.Read(ref lists);

    // The place of a name, or the complement of where it would be.
    private static int Search(GateList[] lists, string name)
    {
        (int low, int high) = (0, lists.Length);
        while (low < high)
        {
            int middle = (low + high) / 2;
            int order = string.CompareOrdinal(lists[middle].Name, name);
            if (order == 0)
                return middle;
            (low, high) = order < 0 ? (middle + 1, high) : (low, middle);
        }
        return ~low;
    }
}
