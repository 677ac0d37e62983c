using System.Buffers.Binary;
using Throughline.Storage;
using Throughline.Storage.Files;
using Throughline.Storage.Keys;

namespace Throughline.Server.Tenants;

/// <summary>
/// <c>gate-counters.sealed</c> in a tenant's folder: the image of its counters at this edge, and the secret that their keys are hashed with.
/// Losing it costs the counters' values and nothing else.
/// </summary>
internal sealed class CounterFile(string folder, ITenantKeys keys)
{
    public const string Name = "gate-counters.sealed";
    private const string Purpose = "gate-counters";

    private readonly string path = Path.Combine(folder, Name);

    /// <summary>Private to the tenant, the same at every start.</summary>
    public UInt128 Secret
    {
        get
        {
            Span<byte> key = stackalloc byte[16];
            keys.CopyGateHashKey(key);
            return BinaryPrimitives.ReadUInt128LittleEndian(key);
        }
    }

    /// <summary>Replaces the image.</summary>
    /// <param name="slices">One after another; each is sealed and written before the next is asked for.</param>
    /// <exception cref="IOException">The disk refused; the old image is still there.</exception>
    public void Write(IEnumerable<ReadOnlyMemory<byte>> slices)
    {
        using SealedFile file = new(path, Purpose, keys);
        foreach (ReadOnlyMemory<byte> slice in slices)
            file.Add(slice.Span);
        file.Publish();
    }

    /// <summary>The image; null if there is none.</summary>
    /// <exception cref="StoreDamagedException">It is damaged, or another tenant's.</exception>
    public byte[]? Read() => File.Exists(path) ? SealedFile.Read(path, Purpose, keys) : null;
}
