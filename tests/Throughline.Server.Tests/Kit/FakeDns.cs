using System.Net;
using Throughline.Server.Edge.Bots;

namespace Throughline.Server.Tests.Kit;

/// <summary>A resolver that knows what tests tell it, and whom it was asked for.</summary>
internal sealed class FakeDns : IReverseDns
{
    private int asked;

    public Dictionary<string, string[]> Names { get; } = [];
    public Dictionary<string, string[]> Addresses { get; } = [];
    public List<string> Followed { get; } = [];

    /// <summary>Questions for the names of an address.</summary>
    public int Asked => Volatile.Read(ref asked);
    public bool IsSilent { get; set; }
    public bool IsBroken { get; set; }

    public async Task<IReadOnlyList<string>?> NamesOfAsync(IPAddress address, CancellationToken cancellation)
    {
        Interlocked.Increment(ref asked);
        if (IsBroken)
            throw new ArgumentOutOfRangeException(nameof(address));
        if (IsSilent)
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        return Names.GetValueOrDefault(address.ToString());
    }

    public Task<IReadOnlyList<IPAddress>?> AddressesOfAsync(string name, CancellationToken cancellation)
    {
        Followed.Add(name);
        IReadOnlyList<IPAddress>? found = Addresses.TryGetValue(name, out string[]? texts)
            ? [.. texts.Select(IPAddress.Parse)]
            : null;
        return Task.FromResult(found);
    }
}
