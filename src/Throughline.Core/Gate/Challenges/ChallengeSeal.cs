using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Throughline.Core.Gate.Challenges;

/// <summary>What a seal is under.</summary>
public enum SealUse : byte
{
    /// <summary>A task: <see cref="ChallengeTicket"/>.</summary>
    Ticket = 0,

    /// <summary>A solved one: <see cref="Clearance"/>.</summary>
    Clearance = 1,
}

/// <summary>
/// Seals what clients carry, with HMAC-SHA256 under keys of one tenant and one use: <c>base64url(content).base64url(seal)</c>. The first
/// secret seals; all open, so that a secret is rotated by putting a new one before it and taking it away once all that it sealed is over.
/// Safe for any number of threads.
/// </summary>
public sealed class ChallengeSeal
{
    public const int Size = 32;

    /// <summary>Characters of a seal.</summary>
    public const int TextSize = 43;

    /// <summary>A secret has at least so many bytes.</summary>
    public const int SecretMin = 16;

    private readonly (uint Id, byte[][] Keys)[] keys;

    /// <summary>Keys derived from secrets (HKDF-SHA256, RFC 5869).</summary>
    /// <param name="secrets">The one that seals comes first.</param>
    /// <param name="tenant">What is sealed for one tenant opens for no other, whatever the secret.</param>
    public ChallengeSeal(IReadOnlyList<byte[]> secrets, string tenant)
    {
        if (secrets.Count == 0 || secrets.Any(secret => secret.Length < SecretMin))
            throw new ArgumentException($"there is no secret, or one of less than {SecretMin} bytes", nameof(secrets));
        keys =
        [
            .. secrets.Select(secret =>
                (
                    BitConverter.ToUInt32(Derive(secret, "id", 4)),
                    (byte[][])[Derive(secret, "ticket/" + tenant, Size), Derive(secret, "clearance/" + tenant, Size)]
                )
            ),
        ];
    }

    /// <summary>Names the secret that seals now.</summary>
    public uint KeyId => keys[0].Id;

    /// <summary>Seals.</summary>
    public string Close(SealUse use, ReadOnlySpan<byte> content)
    {
        Span<byte> seal = stackalloc byte[Size];
        HMACSHA256.HashData(keys[0].Keys[(int)use], content, seal);
        return Base64Url.EncodeToString(content) + "." + Base64Url.EncodeToString(seal);
    }

    /// <summary>Whether a seal is the one of a content, in constant time.</summary>
    /// <param name="keyId">As the content names it.</param>
    public bool Holds(SealUse use, uint keyId, ReadOnlySpan<byte> content, ReadOnlySpan<byte> seal)
    {
        Span<byte> right = stackalloc byte[Size];
        foreach ((uint id, byte[][] of) in keys)
        {
            if (id != keyId)
                continue;
            HMACSHA256.HashData(of[(int)use], content, right);
            return CryptographicOperations.FixedTimeEquals(right, seal);
        }
        return false;
    }

    /// <summary>Takes a sealed text apart; false if it has not the form of one.</summary>
    /// <param name="content">Receives the content.</param>
    /// <param name="seal">Receives the seal.</param>
    /// <param name="size">Bytes of the content.</param>
    public static bool TrySplit(ReadOnlySpan<char> text, Span<byte> content, Span<byte> seal, out int size)
    {
        size = 0;
        int dot = text.Length - TextSize - 1;
        return dot > 0
            && text[dot] == '.'
            && dot <= Base64Url.GetEncodedLength(content.Length)
            && IsBase64Url(text[..dot])
            && IsBase64Url(text[(dot + 1)..])
            && TryDecode(text[..dot], content, out size)
            && TryDecode(text[(dot + 1)..], seal, out int sealSize)
            && sealSize == Size;
    }

    // The decoder's Try method throws where bits are left over at the end.
    private static bool TryDecode(ReadOnlySpan<char> text, Span<byte> target, out int size) =>
        Base64Url.DecodeFromChars(text, target, out _, out size) == OperationStatus.Done;

    // The decoder passes over white space and padding: one thing shall have one text.
    private static bool IsBase64Url(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                return false;
        return text.Length % 4 != 1;
    }

    private static byte[] Derive(byte[] secret, string use, int size) =>
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            secret,
            size,
            salt: [],
            Encoding.UTF8.GetBytes("throughline/challenge/1/" + use)
        );
}
