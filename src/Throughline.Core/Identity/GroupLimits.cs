using Throughline.Core.State;

namespace Throughline.Core.Identity;

/// <summary>Which limit a union of two groups breaks. Values are told by name.</summary>
public enum GroupLimit : byte
{
    None = 0,

    /// <summary>More identifiers than the size cap.</summary>
    Size = 1,

    /// <summary>More identifiers of a type than its maximum.</summary>
    TypeMax = 2,

    /// <summary>An operator separated two of the identifiers.</summary>
    Separated = 3,

    /// <summary>More identifiers of a type first seen within the type's window than it allows.</summary>
    PerWindow = 4,
}

/// <summary>
/// Tells whether two groups may be one. Every limit is monotone: what a group keeps each of its parts keeps. The pass relies on it.
/// </summary>
/// <param name="sameness">Which values of a unique type may be together after all.</param>
internal sealed class GroupLimits(IdentityGraph graph, StrategyInForce strategy, Sameness sameness)
{
    private readonly List<(int Type, long Time)> times = [];

    /// <summary>The limit that the union of the final groups of two identifiers breaks.</summary>
    public GroupLimit Broken(int x, int y)
    {
        (int sizeX, ulong countsX) = GroupOf(x);
        (int sizeY, ulong countsY) = GroupOf(y);
        if ((long)sizeX + sizeY > strategy.SizeMax)
            return GroupLimit.Size;
        int over = TooMany(countsX, countsY);
        if (over != 0 && !AreSameGroups(over, x, y))
            return GroupLimit.TypeMax;
        if (!graph.Separations.IsEmpty && AreSeparated(x, y))
            return GroupLimit.Separated;
        return strategy.HasWindows && BreaksWindow(Members(x), Members(y)) ? GroupLimit.PerWindow : GroupLimit.None;
    }

    /// <summary>The same of any two sets without a common member.</summary>
    public bool Allows(Part x, Part y)
    {
        if ((long)x.Members.Count + y.Members.Count > strategy.SizeMax)
            return false;
        int over = TooMany(x.Counts, y.Counts);
        if (over != 0 && !AreSame(over, x.Members, y.Members))
            return false;
        if (!graph.Separations.IsEmpty && AreSeparated(x, y))
            return false;
        return !strategy.HasWindows || !BreaksWindow(x.Members, y.Members);
    }

    /// <summary>How many identifiers of each limited type an identifier alone has: a byte each.</summary>
    public ulong CountOf(int row) => CountOf(graph.Identifiers[row]);

    /// <inheritdoc cref="CountOf(int)"/>
    public ulong CountOf(in IdentifierRow row) => strategy.Of(row.Type).One;

    private (int Size, ulong Counts) GroupOf(int row)
    {
        ref readonly IdentifierRow identifier = ref graph.Identifiers[row];
        if (identifier.Group == 0)
            return (1, CountOf(identifier));
        ref readonly GroupRow group = ref graph.Groups.Rows[identifier.Group - 1];
        return (group.Size, group.Counts);
    }

    // The limited types of which the two have too many together: a bit each.
    private int TooMany(ulong x, ulong y)
    {
        if (x == 0 || y == 0)
            return 0; // each keeps its limits
        int over = 0;
        for (int slot = 0; slot < strategy.Maxima.Length; slot++)
        {
            (byte ofX, byte ofY) = ((byte)(x >> (8 * slot)), (byte)(y >> (8 * slot)));
            if (ofX != 0 && ofY != 0 && ofX + ofY > strategy.Maxima[slot])
                over |= 1 << slot;
        }
        return over;
    }

    private bool AreSameGroups(int over, int x, int y) =>
        (over & ~strategy.SameSlots) == 0 && AreSame(over, Members(x), Members(y));

    // Each value of a type that is too often there may be together with each of the other side's.
    private bool AreSame(int over, List<int> x, List<int> y)
    {
        if ((over & ~strategy.SameSlots) != 0)
            return false;
        List<int> others = y.FindAll(member => IsOf(over, member));
        foreach (int member in x)
            if (IsOf(over, member))
                foreach (int other in others)
                    if (
                        graph.Identifiers[member].Type == graph.Identifiers[other].Type
                        && !sameness.Holds(member, other)
                    )
                        return false;
        return true;
    }

    private bool IsOf(int slots, int row) =>
        CountOf(row) is var one && one != 0 && (slots >> (System.Numerics.BitOperations.Log2(one) / 8) & 1) != 0;

    private bool AreSeparated(int x, int y)
    {
        (int small, int large) = graph.Groups.SizeOf(x) <= graph.Groups.SizeOf(y) ? (x, y) : (y, x);
        foreach (int member in graph.Groups.MembersOf(small))
        foreach (int other in graph.Separations.From(member))
            if (graph.Groups.Same(other, large))
                return true;
        return false;
    }

    private bool AreSeparated(Part x, Part y)
    {
        (Part small, Part large) = x.Members.Count <= y.Members.Count ? (x, y) : (y, x);
        foreach (int member in small.Members)
        foreach (int other in graph.Separations.From(member))
            if (large.Members.Contains(other))
                return true;
        return false;
    }

    private List<int> Members(int row)
    {
        List<int> members = [];
        foreach (int member in graph.Groups.MembersOf(row))
            members.Add(member);
        return members;
    }

    // Some span of the window's length holds the first sightings of too many identifiers of one type.
    private bool BreaksWindow(List<int> x, List<int> y)
    {
        times.Clear();
        AddTimes(x);
        AddTimes(y);
        times.Sort();
        for (int i = 0; i < times.Count; i++)
        {
            StrategyInForce.TypeEntry rule = strategy.Of(times[i].Type);
            int end = i + rule.PerWindow;
            if (
                end < times.Count
                && times[end].Type == times[i].Type
                && times[end].Time - times[i].Time <= rule.WindowMs
            )
                return true;
        }
        return false;
    }

    private void AddTimes(List<int> members)
    {
        foreach (int member in members)
        {
            ref readonly IdentifierRow row = ref graph.Identifiers[member];
            if (strategy.Of(row.Type).PerWindow > 0)
                times.Add((row.Type, row.FirstSeen));
        }
    }
}

/// <summary>A set of identifiers while the pass is replayed.</summary>
internal sealed class Part
{
    public readonly List<int> Members = [];
    public ulong Counts;

    public void Add(int member, ulong count)
    {
        Members.Add(member);
        Counts = TypeCounts.Sum(Counts, count);
    }

    public void Add(Part other)
    {
        Members.AddRange(other.Members);
        Counts = TypeCounts.Sum(Counts, other.Counts);
    }
}

/// <summary>How many identifiers of each limited type a group has: a byte each, 127 for that many and more.</summary>
internal static class TypeCounts
{
    private const ulong Above = 0x8080_8080_8080_8080;

    public static ulong Sum(ulong x, ulong y)
    {
        ulong sum = x + y; // no byte is above 127, so none carries
        ulong above = sum & Above;
        return (sum | (above - (above >> 7))) & ~Above;
    }
}
