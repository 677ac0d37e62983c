using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Throughline.Server.Tenants;

/// <summary>
/// API keys: a prefix and 256 random bits in base64url. The key is shown once; only its SHA-256 is kept. The key has full
/// entropy, so a plain fast hash is right, and looking the hash up in a dictionary tells a guesser nothing of use.
/// </summary>
internal static class ApiKey
{
    public const string TenantPrefix = "tl_";

    /// <summary>Prefix of keys that let events in at the doors and open nothing else, so that one may stand in a page.</summary>
    public const string WritePrefix = "tlw_";

    /// <summary>Prefix of the key that a running service leaves in its own data folder for commands of the same user.</summary>
    public const string ControlPrefix = "tlc_";

    private const int SecretBytes = 32;
    private const int MaxLength = 128;

    public static string Create(string prefix)
    {
        Span<byte> secret = stackalloc byte[SecretBytes];
        RandomNumberGenerator.Fill(secret);
        return prefix + Base64Url.EncodeToString(secret);
    }

    /// <summary>Hashes what a client sent. Text that no key can look like hashes to something that no key hashes to.</summary>
    public static KeyHash Hash(ReadOnlySpan<char> key)
    {
        Span<byte> text = stackalloc byte[MaxLength];
        if (key.Length > MaxLength || !Ascii.IsValid(key))
            key = "";
        int length = Encoding.ASCII.GetBytes(key, text);
        Span<byte> hash = stackalloc byte[KeyHash.Size];
        SHA256.HashData(text[..length], hash);
        return KeyHash.Read(hash);
    }
}

/// <summary>SHA-256 of an API key, usable as a dictionary key.</summary>
internal readonly record struct KeyHash(ulong A, ulong B, ulong C, ulong D)
{
    public const int Size = 32;

    public static KeyHash Read(ReadOnlySpan<byte> bytes) =>
        new(
            BinaryPrimitives.ReadUInt64BigEndian(bytes),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[24..])
        );

    public static bool TryParse(string? text, out KeyHash hash)
    {
        hash = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (
            text is not { Length: Size * 2 }
            || Convert.FromHexString(text, bytes, out _, out int written) != default
            || written != Size
        )
            return false;
        hash = Read(bytes);
        return true;
    }

    /// <summary>Compares without branching on the content.</summary>
    public bool FixedTimeEquals(KeyHash other) => ((A ^ other.A) | (B ^ other.B) | (C ^ other.C) | (D ^ other.D)) == 0;

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => $"{A:x16}{B:x16}{C:x16}{D:x16}";

    public override int GetHashCode() => unchecked((int)A);
}
