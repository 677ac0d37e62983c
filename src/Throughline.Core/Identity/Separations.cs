using Throughline.Core.State;

namespace Throughline.Core.Identity;

/// <summary>Two identifiers that an operator separated, or did once: 12 bytes.</summary>
internal struct SeparationRow
{
    public int A;
    public int B;
    public int Holds;
}

/// <summary>Pairs that must not be in one customer, by the word of an operator, who may take it back.</summary>
internal sealed class Separations
{
    public readonly PagedArray<SeparationRow> Rows = new("identity.separations");

    // Both are found again from the rows.
    private readonly Dictionary<int, List<int>> from = [];
    private readonly Dictionary<(int A, int B), int> rowOf = [];

    public bool IsEmpty => from.Count == 0;

    public List<int> From(int row) => from.TryGetValue(row, out List<int>? others) ? others : Nobody;

    /// <summary>False if it holds, or does not hold, already.</summary>
    public bool Set(int x, int y, bool holds)
    {
        if (From(x).Contains(y) == holds)
            return false;
        (int a, int b) = x < y ? (x, y) : (y, x);
        if (!rowOf.TryGetValue((a, b), out int row))
            rowOf.Add((a, b), row = Rows.Add(new() { A = a, B = b }));
        Rows.Mutable(row).Holds = holds ? 1 : 0;
        Note(a, b, holds);
        return true;
    }

    public void Reindex()
    {
        for (int row = 0; row < Rows.Count; row++)
        {
            rowOf.Add((Rows[row].A, Rows[row].B), row);
            if (Rows[row].Holds != 0)
                Note(Rows[row].A, Rows[row].B, holds: true);
        }
    }

    private static readonly List<int> Nobody = [];

    private void Note(int a, int b, bool holds)
    {
        Note(from, a, b, holds);
        Note(from, b, a, holds);
    }

    private static void Note(Dictionary<int, List<int>> from, int x, int y, bool holds)
    {
        if (!from.TryGetValue(x, out List<int>? others))
            from.Add(x, others = []);
        if (holds)
            others.Add(y);
        else
            others.Remove(y);
        if (others.Count == 0)
            from.Remove(x);
    }
}
