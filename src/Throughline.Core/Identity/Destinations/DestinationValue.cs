using System.Security.Cryptography;
using System.Text;

namespace Throughline.Core.Identity.Destinations;

/// <summary>An identifier as a destination asks for it, or why it cannot have it.</summary>
public sealed record DestinationValue
{
    private DestinationValue(string? normalised, string? sent, byte[]? sha256, DestinationRefusal refusal)
    {
        (Normalised, Sent, Refusal) = (normalised, sent, refusal);
        Sha256Hex = sha256 is null ? null : Convert.ToHexStringLower(sha256);
        Sha256Base64 = sha256 is null ? null : Convert.ToBase64String(sha256);
    }

    /// <summary><see cref="DestinationRefusal.None"/>, or why all others are null.</summary>
    public DestinationRefusal Refusal { get; }

    /// <summary>What is hashed; of a value that came as a hash, that hash in the destination's encoding.</summary>
    public string? Normalised { get; }

    /// <summary>What goes to the destination: the hash in its encoding.</summary>
    public string? Sent { get; }

    /// <summary>SHA-256 in 64 small hexadecimal digits; null of an MD5 hash that came in.</summary>
    public string? Sha256Hex { get; }

    /// <summary>Base64 of the 32 bytes, not of the digits.</summary>
    public string? Sha256Base64 { get; }

    internal static DestinationValue Refused(DestinationRefusal refusal) => new(null, null, null, refusal);

    internal static DestinationValue OfText(string normalised, bool inBase64)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(normalised));
        return new(normalised, Encoded(hash, inBase64), hash, DestinationRefusal.None);
    }

    internal static DestinationValue OfHash(byte[] hash, bool inBase64) =>
        new(Encoded(hash, inBase64), Encoded(hash, inBase64), hash, DestinationRefusal.None);

    internal static DestinationValue OfMd5(string hex) => new(hex, hex, null, DestinationRefusal.None);

    private static string Encoded(byte[] hash, bool inBase64) =>
        inBase64 ? Convert.ToBase64String(hash) : Convert.ToHexStringLower(hash);
}
