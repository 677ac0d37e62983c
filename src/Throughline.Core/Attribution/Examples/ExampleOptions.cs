using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Throughline.Core.Attribution.Examples;

/// <summary>Which touches become examples.</summary>
/// <param name="From">First instant of touches, milliseconds since 1970.</param>
/// <param name="To">First instant after them.</param>
/// <param name="Kinds">Kinds of touches (<c>click</c>, a nurturing event's name); none: every kind.</param>
/// <param name="Campaign">Touches of this campaign alone; null: of all.</param>
/// <param name="OneIn">Of touches without credit so many are one: each that is kept weighs so much. 1 keeps all.</param>
/// <param name="Seed">Chooses which are kept.</param>
/// <param name="WithInvalid">Touches of bots and machines, too.</param>
/// <param name="Split">Begin of the second period, whose drift against the first the data card tells; null: the middle.</param>
public sealed record ExampleOptions(
    long From = long.MinValue,
    long To = long.MaxValue,
    IReadOnlyList<string>? Kinds = null,
    string? Campaign = null,
    int OneIn = 1,
    long Seed = 0,
    bool WithInvalid = false,
    long? Split = null
)
{
    /// <summary>Greatest <see cref="OneIn"/>.</summary>
    public const int OneInMax = 1_000_000;

    /// <summary>
    /// Whether a touch without credit is kept: the first 8 bytes, big-endian, of the SHA-256 of <c>SEED:ID</c> (UTF-8) are divisible by
    /// <see cref="OneIn"/>. A function of the event's own id alone: the same touches on every machine, whatever came when.
    /// </summary>
    public bool Keeps(string id)
    {
        if (OneIn == 1)
            return true;
        byte[] text = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Seed}:{id}"));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)OneIn == 0;
    }
}
