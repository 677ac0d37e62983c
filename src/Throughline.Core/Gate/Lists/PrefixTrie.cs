using System.Numerics;
using Throughline.Core.State;

namespace Throughline.Core.Gate.Lists;

/// <summary>
/// Rows by address prefix: a binary trie without nodes of one branch (Morrison's PATRICIA; skipped bits are checked against the rows on
/// the way). A link is a node (positive), a row (negative) or nothing (0). One writes while many read: a change is made ready aside
/// and becomes visible by the writing of one link, and what was cut off keeps its links for those who are still in it.
/// </summary>
internal sealed class PrefixTrie(ListRows rows)
{
    private const int Shift = 12;
    private const int PageNodes = 1 << Shift;

    private Node[][] pages = [new Node[PageNodes]];
    private readonly Stack<int> free = new();
    private readonly List<int> cut = [];
    private int end = 1;
    private int root;

    /// <summary>
    /// Looks along an address's path for a row that holds: gives the first that is found, or with <paramref name="longest"/> the last.
    /// Any thread.
    /// </summary>
    public int Find<THolds>(UInt128 bits, int length, bool longest, THolds holds)
        where THolds : struct, IRowProbe
    {
        int found = 0;
        int depth = -1;
        int link = Volatile.Read(ref root);
        while (link > 0)
        {
            ref Node node = ref At(link);
            int bit = node.Bit;
            if (bit <= depth)
                return 0; // reused under our hands: the caller asks again
            int row = Volatile.Read(ref node.Row);
            if (row != 0 && Matches(row, bits) && holds.Matches(row))
            {
                found = row;
                if (!longest)
                    return found;
            }
            if (bit >= length)
                return found;
            depth = bit;
            link = IsSet(bits, bit) ? Volatile.Read(ref node.One) : Volatile.Read(ref node.Zero);
        }
        return link < 0 && Matches(-link, bits) && holds.Matches(-link) ? -link : found;
    }

    /// <summary>The first row of exactly this prefix, or 0. The writer only.</summary>
    public int Head(UInt128 bits, int length)
    {
        int link = root;
        while (link > 0 && At(link).Bit < length)
            link = Child(link, IsSet(bits, At(link).Bit));
        int row =
            link < 0 ? -link
            : link > 0 && At(link).Bit == length ? At(link).Row
            : 0;
        return row != 0 && rows[row].Length == length && rows[row].Bits == bits ? row : 0;
    }

    /// <summary>Adds a row, before others of its prefix.</summary>
    public void Insert(int row)
    {
        UInt128 bits = rows[row].Bits;
        int length = rows[row].Length;
        int other = Relative(bits, length);
        if (other == 0)
        {
            Volatile.Write(ref root, -row);
            return;
        }
        UInt128 otherBits = rows[other].Bits;
        int common = Math.Min(Math.Min(length, rows[other].Length), (int)UInt128.LeadingZeroCount(bits ^ otherBits));
        ref int link = ref root;
        while (link > 0 && At(link).Bit < common)
            link = ref ChildRef(link, IsSet(bits, At(link).Bit));
        if (link > 0 && At(link).Bit == common)
            InsertAt(ref At(link), row, bits, length);
        else if (link < 0 && length == common && rows[-link].Length == common)
            Chain(ref link, -link, -row, row);
        else
            Branch(ref link, row, bits, length, otherBits, common);
    }

    /// <summary>Removes a row; the caller retires it.</summary>
    public void Remove(int row)
    {
        UInt128 bits = rows[row].Bits;
        int length = rows[row].Length;
        ref int parent = ref root;
        ref int link = ref root;
        while (link > 0 && At(link).Bit < length)
        {
            parent = ref link;
            link = ref ChildRef(link, IsSet(bits, At(link).Bit));
        }
        bool isLeaf = link < 0;
        int head = isLeaf ? -link : At(link).Row;
        if (head != row)
        {
            while (rows[head].Next != row)
                head = rows[head].Next;
            Volatile.Write(ref rows[head].Next, rows[row].Next);
        }
        else if (rows[row].Next != 0)
        {
            int next = rows[row].Next;
            if (isLeaf)
                Volatile.Write(ref link, -next);
            else
                Volatile.Write(ref At(link).Row, next);
        }
        else if (!isLeaf)
        {
            Volatile.Write(ref At(link).Row, 0);
            Contract(ref link);
        }
        else
        {
            Volatile.Write(ref link, 0);
            if (root != 0)
                Contract(ref parent);
        }
    }

    /// <summary>No reader can still be in the nodes that were cut off: they are anybody's again.</summary>
    public void Release()
    {
        foreach (int node in cut)
            free.Push(node);
        cut.Clear();
    }

    // A node with one thing left gives its place to it.
    private void Contract(ref int link)
    {
        int node = link;
        (int zero, int one, int row) = (At(node).Zero, At(node).One, At(node).Row);
        if ((zero != 0 ? 1 : 0) + (one != 0 ? 1 : 0) + (row != 0 ? 1 : 0) > 1)
            return;
        Volatile.Write(ref link, zero + one - row);
        cut.Add(node);
    }

    private void InsertAt(ref Node node, int row, UInt128 bits, int length)
    {
        if (length > node.Bit)
            Volatile.Write(ref IsSet(bits, node.Bit) ? ref node.One : ref node.Zero, -row);
        else
            Chain(ref node.Row, node.Row, row, row);
    }

    private void Chain(ref int link, int head, int target, int row)
    {
        rows[row].Next = head;
        Volatile.Write(ref link, target);
    }

    // A new node above what the link leads to, for the new row and for that.
    private void Branch(ref int link, int row, UInt128 bits, int length, UInt128 otherBits, int common)
    {
        Node node = new() { Bit = common };
        bool otherEnds = link < 0 && rows[-link].Length == common;
        if (otherEnds)
            node.Row = -link;
        else
            (node.Zero, node.One) = IsSet(otherBits, common) ? (0, link) : (link, 0);
        if (length == common)
            node.Row = row;
        else if (IsSet(bits, common))
            node.One = -row;
        else
            node.Zero = -row;
        Volatile.Write(ref link, Take(node));
    }

    // Some row below where the prefix's path ends: all there share the bits that the path did not look at.
    private int Relative(UInt128 bits, int length)
    {
        int link = root;
        while (link > 0 && At(link).Bit < length)
        {
            int next = Child(link, IsSet(bits, At(link).Bit));
            if (next == 0)
                return At(link).Row; // then it has one, or two branches
            link = next;
        }
        while (link > 0)
            link = At(link).Row != 0 ? -At(link).Row : At(link).Zero;
        return -link;
    }

    private int Take(in Node node)
    {
        if (!free.TryPop(out int number))
        {
            number = end++;
            if (number >> Shift == pages.Length)
                Volatile.Write(ref pages, [.. pages, new Node[PageNodes]]);
        }
        At(number) = node;
        return number;
    }

    private ref Node At(int number) => ref Volatile.Read(ref pages)[number >> Shift][number & (PageNodes - 1)];

    private int Child(int node, bool one) => one ? At(node).One : At(node).Zero;

    private ref int ChildRef(int node, bool one) => ref one ? ref At(node).One : ref At(node).Zero;

    private bool Matches(int row, UInt128 bits)
    {
        ref ListRow at = ref rows[row];
        int length = at.Length;
        return length == 0 || (uint)length <= 128 && (bits ^ at.Bits) >> (128 - length) == 0;
    }

    private static bool IsSet(UInt128 bits, int bit) =>
        ((bit < 64 ? (ulong)(bits >> 64) >> (63 - bit) : (ulong)bits >> (127 - bit)) & 1) != 0;

    private struct Node
    {
        /// <summary>All rows below share the bits before this one.</summary>
        public int Bit;
        public int Zero;
        public int One;

        /// <summary>The row whose prefix ends here, or 0.</summary>
        public int Row;
    }
}
