using Throughline.Cel.Compile.Plan;

namespace Throughline.Cel.Compile;

internal sealed class AddressIndexBuilder<T>(AddressSource<T> source) : FieldIndexBuilder<T>(source.Place)
{
    private readonly Dictionary<AddressRange, List<int>> networks = [];
    private readonly List<int> all = [];

    protected override void Add(Atom<T> atom, int rule)
    {
        Add(networks, AddressRange.Of(((AddressAtom<T>)atom).Network), rule);
        AddOnce(all, rule);
    }

    public override FieldIndex<T> Build() =>
        new AddressIndex<T>(source, Missing(), Table(isV6: false), Table(isV6: true), [.. all]);

    private AddressTable Table(bool isV6) => new([.. networks.Where(x => x.Key.IsV6 == isV6)]);
}

/// <summary>Networks by their first addresses. They nest or are apart, so each has one that is next around it.</summary>
internal sealed class AddressTable
{
    private readonly UInt128[] first;
    private readonly UInt128[] last;
    private readonly int[] around;
    private readonly int[][] rules;

    public AddressTable(IReadOnlyList<KeyValuePair<AddressRange, List<int>>> networks)
    {
        // Of those that begin together the widest comes first, so that what is around something stands before it.
        KeyValuePair<AddressRange, List<int>>[] sorted =
        [
            .. networks.OrderBy(x => x.Key.First).ThenByDescending(x => x.Key.Last),
        ];
        first = [.. sorted.Select(x => x.Key.First)];
        last = [.. sorted.Select(x => x.Key.Last)];
        rules = [.. sorted.Select(x => x.Value.ToArray())];
        around = new int[sorted.Length];
        for (int i = 0; i < sorted.Length; i++)
        {
            int at = i - 1;
            while (at >= 0 && last[at] < last[i])
                at = around[at];
            around[i] = at;
        }
    }

    /// <summary>Reports the rules of all networks with the address.</summary>
    public void Find<T>(UInt128 address, T input, RuleSet<T> set, RuleMatches matches)
    {
        int at = Array.BinarySearch(first, address);
        if (at < 0)
            at = ~at - 1;
        else
            while (at + 1 < first.Length && first[at + 1] == address)
                at++;
        for (; at >= 0; at = around[at])
            if (address <= last[at])
                set.Hit(rules[at], input, matches);
    }
}

/// <summary>Networks of an address: a binary search for the narrowest, then those around it.</summary>
internal sealed class AddressIndex<T>(
    AddressSource<T> source,
    MissingRules<T>? missing,
    AddressTable v4,
    AddressTable v6,
    int[] all
) : FieldIndex<T>
{
    public override void Find(T input, RuleSet<T> set, RuleMatches matches)
    {
        if (missing is not null && missing.Find(input, set, matches))
            return;
        if (source.TryRead(input, matches.Scratch, out AddressBits address))
            (address.IsV6 ? v6 : v4).Find(address.Bits, input, set, matches);
        else
            set.Suspect(all, input, matches);
    }
}
