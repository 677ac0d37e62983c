namespace Throughline.Server.Tenants;

/// <summary>Keeps a cell open while it is used. Dispose exactly once.</summary>
public readonly struct CellLease : IDisposable
{
    private readonly TenantSlot slot;

    internal CellLease(TenantSlot slot, ITenantCell cell)
    {
        this.slot = slot;
        Cell = cell;
    }

    public ITenantCell Cell { get; }

    public void Dispose() => slot.Release();
}
