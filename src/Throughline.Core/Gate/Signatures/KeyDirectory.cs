using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Throughline.Core.Gate.Signatures;

/// <summary>A key of an agent.</summary>
/// <param name="Id">The thumbprint of the key (RFC 7638, 8037), as signatures name it.</param>
/// <param name="From">It signs from then on; milliseconds since 1970, null: ever.</param>
/// <param name="To">Until then; null: for ever.</param>
public sealed record AgentKey(string Id, ReadOnlyMemory<byte> Key, long? From, long? To)
{
    public bool IsInForce(long now) => !(now < From) && !(now >= To);
}

/// <summary>
/// The keys that an agent publishes at <c>/.well-known/http-message-signatures-directory</c>: a JSON Web Key Set (RFC 7517). Keys of another
/// kind are passed over; a set that is none is refused whole.
/// </summary>
public sealed class KeyDirectory
{
    /// <summary>The path at which agents publish their keys.</summary>
    public const string WellKnown = "/.well-known/http-message-signatures-directory";

    public const int KeysMax = 100;

    private const long SecondsMax = 100_000_000_000; // later ones are milliseconds: directories write both

    private KeyDirectory(IReadOnlyList<AgentKey> keys) => Keys = keys;

    public IReadOnlyList<AgentKey> Keys { get; }

    /// <summary>Reads a set; null, and why, if it is none or holds no key that can be used.</summary>
    public static KeyDirectory? TryParse(string text, out string error)
    {
        error = "";
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new() { MaxDepth = 8 });
            if (
                document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("keys", out JsonElement keys)
                || keys.ValueKind != JsonValueKind.Array
            )
                error = "is no set of keys: an object with an array \"keys\"";
            else if (keys.GetArrayLength() > KeysMax)
                error = $"holds more than {KeysMax} keys";
            else
                return Of(keys, out error);
        }
        catch (JsonException)
        {
            error = "is no JSON";
        }
        return null;
    }

    /// <summary>The thumbprint of an Ed25519 key.</summary>
    public static string ThumbprintOf(ReadOnlySpan<byte> key)
    {
        string canonical = $$"""{"crv":"Ed25519","kty":"OKP","x":"{{Base64Url.EncodeToString(key)}}"}""";
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(canonical)));
    }

    private static KeyDirectory? Of(JsonElement keys, out string error)
    {
        List<AgentKey> found = [];
        foreach (JsonElement one in keys.EnumerateArray())
            if (TryKey(one, out AgentKey? key) && !found.Exists(other => other.Id == key.Id))
                found.Add(key);
        error = found.Count == 0 ? "holds no Ed25519 key" : "";
        return found.Count == 0 ? null : new(found);
    }

    private static bool TryKey(JsonElement one, [NotNullWhen(true)] out AgentKey? key)
    {
        key = null;
        if (
            one.ValueKind != JsonValueKind.Object
            || TextOf(one, "kty") != "OKP"
            || TextOf(one, "crv") != "Ed25519"
            || TextOf(one, "use") is not (null or "sig")
            || TextOf(one, "x") is not { Length: 43 } x
        )
            return false;
        byte[] bytes = new byte[Ed25519.KeySize];
        if (
            Base64Url.DecodeFromChars(x, bytes, out _, out int size) != OperationStatus.Done
            || size != bytes.Length
            || !Ed25519.IsKey(bytes)
        )
            return false;
        key = new(ThumbprintOf(bytes), bytes, TimeOf(one, "nbf"), TimeOf(one, "exp"));
        return true;
    }

    private static string? TextOf(JsonElement one, string name) =>
        one.TryGetProperty(name, out JsonElement value)
            ? value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : ""
            : null;

    private static long? TimeOf(JsonElement one, string name) =>
        one.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out long time)
            ? time is > -SecondsMax and < SecondsMax
                ? time * 1000
                : time
            : null;
}
