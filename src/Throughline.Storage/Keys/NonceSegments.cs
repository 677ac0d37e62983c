using System.Globalization;
using System.Text;
using Throughline.Storage.Files;

namespace Throughline.Storage.Keys;

/// <summary>
/// Hands out the upper 32 bits of nonces: each start of the product gets a number that none before it had, recorded
/// durably before the first use, so that no crash makes a nonce come twice. A number is also at least the minutes since
/// 2020, so that a file restored from a backup does no harm.
/// </summary>
internal static class NonceSegments
{
    private static readonly DateTimeOffset Epoch = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static void Create(string path) => Write(path, 0);

    /// <exception cref="KeyFileException">The file is missing or damaged: numbers might come twice.</exception>
    public static uint Reserve(string path, TimeProvider clock)
    {
        if (!File.Exists(path))
        {
            const string Detail =
                "it counts the nonces in use and is missing; restore it, or write into it a number above all it ever held";
            throw new KeyFileException(path, Detail);
        }
        if (!uint.TryParse(File.ReadAllText(path), NumberStyles.None, CultureInfo.InvariantCulture, out uint last))
            throw new KeyFileException(path, "it does not hold a number");
        long minutes = (long)(clock.GetUtcNow() - Epoch).TotalMinutes;
        uint next = checked((uint)Math.Max(last + 1L, minutes));
        Write(path, next);
        return next;
    }

    private static void Write(string path, uint segment) =>
        DurableFile.Write(path, Encoding.ASCII.GetBytes(segment.ToString(CultureInfo.InvariantCulture)));
}
