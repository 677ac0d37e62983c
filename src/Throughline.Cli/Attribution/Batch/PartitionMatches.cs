using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Throughline.Cli.Attribution.Batch.Reading;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>How well owners of a partition's customers match, as a matrix for one customer at a time. Used again for the next partition.</summary>
internal sealed class PartitionMatches
{
    private readonly List<(int Customer, ulong A, ulong B, byte Tier)> matches = [];
    private readonly Dictionary<ulong, ushort> places = [];
    private byte[] scratch = [];
    private byte[] matrix = [];

    /// <summary>Finds the number of a customer; -1: it has no conversions.</summary>
    public delegate int CustomerFinder(ulong key, ReadOnlySpan<byte> text);

    /// <summary>The customer under way has owners that match by less than themselves.</summary>
    public bool Any { get; private set; }

    /// <summary>Owners of the customer under way.</summary>
    public int Owners => places.Count;

    /// <summary>Row after row: the tier between two owners' places.</summary>
    public ReadOnlySpan<byte> Matrix => matrix.AsSpan(0, Owners * Owners);

    /// <param name="store">Null without matches.</param>
    public void Load(RowStore? store, int partition, CustomerFinder find)
    {
        matches.Clear();
        for (int page = 0; page < store?.PagesOf(partition); page++)
        {
            ReadOnlySpan<byte> rows = store.Read(partition, page, ref scratch);
            for (int at = 0; at < rows.Length; )
            {
                MatchHead head = MemoryMarshal.Read<MatchHead>(rows[at..]);
                int customer = find(head.Customer, rows.Slice(at + Unsafe.SizeOf<MatchHead>(), head.CustomerBytes));
                if (customer >= 0)
                    matches.Add((customer, head.A, head.B, (byte)head.Tier));
                at += Unsafe.SizeOf<MatchHead>() + head.CustomerBytes;
            }
        }
        matches.Sort();
    }

    /// <summary>Looks at a customer; its owners get places as they are asked for.</summary>
    public void Begin(int customer)
    {
        places.Clear();
        Any = FirstOf(customer) < matches.Count && matches[FirstOf(customer)].Customer == customer;
    }

    /// <summary>The place of an owner, by the hash of its text.</summary>
    public ushort PlaceOf(ulong owner)
    {
        if (!places.TryGetValue(owner, out ushort place))
            places.Add(owner, place = (ushort)places.Count);
        return place;
    }

    /// <summary>Fills the matrix, once all owners have places; of two that are told twice the better match counts.</summary>
    public void End(int customer)
    {
        if (matrix.Length < Owners * Owners)
            matrix = new byte[Owners * Owners];
        matrix.AsSpan(0, Owners * Owners).Clear();
        // Descending by tier among equal pairs, so that the better one is written last.
        int end = FirstOf(customer + 1);
        for (int pass = byte.MaxValue; pass >= 0; pass = NextTier(customer, end, pass))
        for (int i = FirstOf(customer); i < end; i++)
            if (
                matches[i].Tier == pass
                && places.TryGetValue(matches[i].A, out ushort a)
                && places.TryGetValue(matches[i].B, out ushort b)
            )
                matrix[a * Owners + b] = matrix[b * Owners + a] = a == b ? (byte)0 : matches[i].Tier;
    }

    private int NextTier(int customer, int end, int below)
    {
        int next = -1;
        for (int i = FirstOf(customer); i < end; i++)
            if (matches[i].Tier < below)
                next = Math.Max(next, matches[i].Tier);
        return next;
    }

    private int FirstOf(int customer)
    {
        int low = 0;
        for (int high = matches.Count; low < high; )
        {
            int middle = (low + high) / 2;
            if (matches[middle].Customer < customer)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
