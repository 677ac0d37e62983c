namespace Throughline.Core.Gate.Lists;

/// <summary>One entry: a value of one source. Never moves; readers see it as long as a link leads to it.</summary>
internal struct ListRow
{
    public ulong High;
    public ulong Low;

    /// <summary>Milliseconds since 1970; the greatest number: never.</summary>
    public long ExpiresAt;

    /// <summary>The entry of the same value of another source; 0: none.</summary>
    public int Next;
    public int Source;

    /// <summary>Bits of the prefix.</summary>
    public byte Length;
    public bool IsV6;
    public bool IsUsed;

    /// <summary>An address's prefix, from the highest bit on; a number; the hash of a text.</summary>
    public readonly UInt128 Bits => new(High, Low);
}

/// <summary>
/// The entries of one list in pages that never move, so that many read while one writes: a writer fills a row before any link leads to
/// it, and takes one away before it is used again (<see cref="Retired"/>). Row 0 is nobody's.
/// </summary>
internal sealed class ListRows
{
    private const int Shift = 12;
    private const int PageRows = 1 << Shift;

    private ListRow[][] pages = [new ListRow[PageRows]];
    private string?[]?[] values = [null];
    private string?[]?[] reasons = [null];
    private readonly Stack<int> free = new();

    /// <summary>Rows that were ever used, and row 0.</summary>
    public int End { get; private set; } = 1;

    public ref ListRow this[int row] => ref Volatile.Read(ref pages)[row >> Shift][row & (PageRows - 1)];

    public string? Value(int row) => Text(Volatile.Read(ref values), row);

    public string? Reason(int row) => Text(Volatile.Read(ref reasons), row);

    public void SetReason(int row, string? reason) => Set(reasons, row, reason);

    /// <summary>A filled row that no link leads to yet.</summary>
    public int Take(in ListValue value, long expiresAt, int source, string? reason)
    {
        if (!free.TryPop(out int row))
        {
            row = End++;
            if (row >> Shift == pages.Length)
                Grow();
        }
        this[row] = new()
        {
            High = (ulong)(value.Bits >> 64),
            Low = (ulong)value.Bits,
            Length = value.Length,
            IsV6 = value.IsV6,
            ExpiresAt = expiresAt,
            Source = source,
            IsUsed = true,
        };
        Set(values, row, value.Text);
        Set(reasons, row, reason);
        return row;
    }

    /// <summary>A row that no reader can still hold is anybody's again.</summary>
    public void Free(int row) => free.Push(row);

    private void Grow()
    {
        Volatile.Write(ref values, [.. values, null]);
        Volatile.Write(ref reasons, [.. reasons, null]);
        Volatile.Write(ref pages, [.. pages, new ListRow[PageRows]]);
    }

    private static string? Text(string?[]?[] texts, int row) => texts[row >> Shift]?[row & (PageRows - 1)];

    private static void Set(string?[]?[] texts, int row, string? text)
    {
        ref string?[]? page = ref texts[row >> Shift];
        if (text is not null && page is null)
            Volatile.Write(ref page, new string?[PageRows]);
        if (page is not null)
            page[row & (PageRows - 1)] = text;
    }
}
