using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Throughline.Cli.Input.AccessLog;

/// <summary>
/// Gives each log line an event id from its content and its place among equal lines, so that importing a file twice adds
/// nothing and two equal requests in one second both count: <c>log-</c>, 24 hexadecimal digits, <c>-</c>, the place from 1.
/// The hash is keyed: with a plain one, whoever reads the stored id, time and path could find the address by trying all.
/// </summary>
/// <param name="key">A secret of the tenant; the same key gives the same ids.</param>
internal sealed class LineIds(ReadOnlyMemory<byte> key)
{
    /// <summary>Bytes of <see cref="Next"/>'s longest result.</summary>
    public const int MaxLength = 4 + 24 + 1 + 10;

    private readonly SeenLines seen = new();

    /// <summary>Writes the id of the next line of the input to <paramref name="target"/>.</summary>
    public ReadOnlySpan<byte> Next(ReadOnlySpan<byte> line, Span<byte> target)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Span, line, hash);
        int place = seen.Count(BinaryPrimitives.ReadUInt64LittleEndian(hash));
        "log-"u8.CopyTo(target);
        Convert.TryToHexStringLower(hash[..12], target[4..], out _);
        target[28] = (byte)'-';
        place.TryFormat(target[29..], out int digits, provider: System.Globalization.CultureInfo.InvariantCulture);
        return target[..(29 + digits)];
    }
}
