namespace Throughline.Core.Identity;

/// <summary>Which customers an event has touched: nearly always few, which are looked through in a row.</summary>
internal sealed class TouchedCustomers
{
    private const int FewMax = 16;

    private readonly long[] few = new long[FewMax];
    private readonly HashSet<long> many = [];
    private int count;

    public bool IsEmpty => count == 0 && many.Count == 0;

    /// <summary>False if it was noted before.</summary>
    public bool Add(long customer)
    {
        if (few.AsSpan(0, count).Contains(customer))
            return false;
        if (count == FewMax)
            return many.Add(customer);
        few[count++] = customer;
        return true;
    }

    public void Clear()
    {
        count = 0;
        if (many.Count > 0)
            many.Clear();
    }
}
