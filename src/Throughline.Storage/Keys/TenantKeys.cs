using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Throughline.Core.Events;

namespace Throughline.Storage.Keys;

/// <summary>Keys derived from one master secret, one per purpose: HKDF-SHA256 with the purpose and the tenant as info.</summary>
internal sealed class TenantKeys : ITenantKeys
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeaderBytes = sizeof(ushort) + NonceBytes;

    private readonly KeyedHash identifiers;
    private readonly TokenCache tokens = new();
    private readonly KeyedHash content;
    private readonly byte[] sealing;
    private readonly byte[] customerIds;
    private readonly byte[] decisionChain;
    private readonly byte[] gateHash;
    private readonly byte[] tenant;
    private readonly ConcurrentPool<AesGcm> ciphers;
    private readonly uint segment;
    private long counter = -1;

    /// <param name="tenant">The tenant's id.</param>
    /// <param name="version">Version of the secret.</param>
    /// <param name="secret">The master secret; the caller wipes it.</param>
    /// <param name="segment">Upper half of this start's nonces, never used before.</param>
    public TenantKeys(string tenant, int version, ReadOnlySpan<byte> secret, uint segment)
    {
        KeyVersion = version;
        this.tenant = Encoding.UTF8.GetBytes(tenant);
        this.segment = segment;
        identifiers = new(Derive(secret, tenant, "identifiers"));
        content = new(Derive(secret, tenant, "content"));
        sealing = Derive(secret, tenant, "sealing");
        customerIds = Derive(secret, tenant, "customer-ids");
        decisionChain = Derive(secret, tenant, "decision-chain");
        gateHash = Derive(secret, tenant, "gate-hash");
        ciphers = new(() => new(sealing, TagBytes));
    }

    public int KeyVersion { get; }

    public Token Tokenise(string typeName, ReadOnlySpan<byte> normalised)
    {
        Span<byte> type = stackalloc byte[128];
        if (!Encoding.UTF8.TryGetBytes(typeName, type[..^1], out int length))
            throw new ArgumentException("a type name has at most 127 bytes", nameof(typeName));
        type[length++] = 0;
        return tokens.TryGet(type[..length], normalised, out Token known)
            ? known
            : tokens.Add(type[..length], normalised, identifiers.Of(type[..length], normalised));
    }

    public Token EventId(ReadOnlySpan<byte> id) => identifiers.Of("event\0"u8, id);

    public Token Content(ReadOnlySpan<byte> written, ReadOnlySpan<byte> plaintext) =>
        content.Of(written[..2], [0], written[3..], plaintext);

    public void Seal(ReadOnlySpan<byte> plaintext, Token eventId, IBufferWriter<byte> target)
    {
        long number = Interlocked.Increment(ref counter);
        int length = plaintext.Length + ITenantKeys.SealedOverhead;
        Span<byte> output = target.GetSpan(length)[..length];
        BinaryPrimitives.WriteUInt16LittleEndian(output, (ushort)KeyVersion);
        Span<byte> nonce = output.Slice(sizeof(ushort), NonceBytes);
        BinaryPrimitives.WriteUInt32BigEndian(nonce, segment);
        BinaryPrimitives.WriteInt64BigEndian(nonce[sizeof(uint)..], number);
        Span<byte> associated = stackalloc byte[AssociatedBytes];
        AesGcm cipher = ciphers.Rent();
        cipher.Encrypt(
            nonce,
            plaintext,
            output[HeaderBytes..^TagBytes],
            output[^TagBytes..],
            Associated(eventId, associated)
        );
        ciphers.Return(cipher);
        target.Advance(length);
    }

    public void Open(ReadOnlySpan<byte> sealedBytes, Token eventId, IBufferWriter<byte> target)
    {
        if (sealedBytes.Length < ITenantKeys.SealedOverhead)
            throw new SealException($"{sealedBytes.Length} bytes are too few for a sealed field");
        int version = BinaryPrimitives.ReadUInt16LittleEndian(sealedBytes);
        if (version != KeyVersion)
            throw new SealException($"a field is sealed under key version {version}, but only {KeyVersion} is known");
        int length = sealedBytes.Length - ITenantKeys.SealedOverhead;
        Span<byte> output = target.GetSpan(Math.Max(length, 1))[..length];
        Span<byte> associated = stackalloc byte[AssociatedBytes];
        AesGcm cipher = ciphers.Rent();
        try
        {
            cipher.Decrypt(
                sealedBytes.Slice(sizeof(ushort), NonceBytes),
                sealedBytes[HeaderBytes..^TagBytes],
                sealedBytes[^TagBytes..],
                output,
                Associated(eventId, associated)
            );
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new SealException("a sealed field was changed, or belongs to another event or tenant", e);
        }
        finally
        {
            ciphers.Return(cipher);
        }
        target.Advance(length);
    }

    public void CopyCustomerIdKey(Span<byte> key) => customerIds.CopyTo(key);

    public void CopyDecisionChainKey(Span<byte> key) => decisionChain.CopyTo(key);

    public void CopyGateHashKey(Span<byte> key) => gateHash.AsSpan(0, 16).CopyTo(key);

    public void Dispose()
    {
        identifiers.Dispose();
        content.Dispose();
        ciphers.Dispose();
        CryptographicOperations.ZeroMemory(sealing);
        CryptographicOperations.ZeroMemory(customerIds);
        CryptographicOperations.ZeroMemory(decisionChain);
        CryptographicOperations.ZeroMemory(gateHash);
    }

    private int AssociatedBytes => Token.Size + tenant.Length;

    private ReadOnlySpan<byte> Associated(Token eventId, Span<byte> target)
    {
        eventId.Write(target);
        tenant.CopyTo(target[Token.Size..]);
        return target;
    }

    private static byte[] Derive(ReadOnlySpan<byte> secret, string tenant, string purpose)
    {
        byte[] key = new byte[KeyBytes];
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            secret,
            key,
            default,
            Encoding.UTF8.GetBytes($"throughline/1/{purpose}/{tenant}")
        );
        return key;
    }
}
