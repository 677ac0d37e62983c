using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Gate.Signatures;

/// <summary>A nonce that a valid signature used: it must not be used again.</summary>
/// <param name="Expires">Of the signature; seconds since 1970.</param>
public readonly record struct UsedNonce(string KeyId, string Nonce, long Expires);

/// <summary>The keys of the agents that are known, and what a signature of theirs is worth. Immutable.</summary>
public sealed class AgentKeys
{
    public static readonly AgentKeys None = new(new(StringComparer.Ordinal));

    /// <summary>The longest that a signature may hold (the draft's advice: no more than a day).</summary>
    public const long LifeSecondsMax = 24 * 3600;

    /// <summary>Clocks may differ by so much.</summary>
    public const long SkewSeconds = 60;

    private const int NonceLengthMax = 256;

    private readonly Dictionary<string, (string Agent, string? Origin, AgentKey Key)> keys;

    private AgentKeys(Dictionary<string, (string Agent, string? Origin, AgentKey Key)> keys) => this.keys = keys;

    /// <summary>Keys of an agent.</summary>
    public int CountOf(string agent) => keys.Values.Count(known => known.Agent == agent);

    /// <summary>The same with an agent's keys replaced. A key that another agent published first stays that agent's.</summary>
    /// <param name="origin">Where it says that it is: a Signature-Agent must name it. Null: any name will do.</param>
    public AgentKeys With(string agent, string? origin, KeyDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        Dictionary<string, (string, string?, AgentKey)> next = new(StringComparer.Ordinal);
        foreach ((string id, (string Agent, string? Origin, AgentKey Key) known) in keys)
            if (known.Agent != agent)
                next.Add(id, known);
        foreach (AgentKey key in directory.Keys)
            next.TryAdd(key.Id, (agent, origin, key));
        return new(next);
    }

    /// <summary>What a request's signature is worth, but for its nonce; default: it has none.</summary>
    /// <param name="nonce">Of a valid one: what must not have been used before. Null: it has none.</param>
    public SignatureFacts Verify(EdgeRequest request, out UsedNonce? nonce)
    {
        ArgumentNullException.ThrowIfNull(request);
        nonce = null;
        if (!MessageSignature.IsSigned(request))
            return default;
        MessageSignature? signature = MessageSignature.Read(request, out string? fault);
        if (signature is null)
            return fault is null ? default : new(SignatureState.Invalid);
        SignatureState state = Judge(signature, request.Time, out string? agent);
        if (state == SignatureState.Valid && signature.Nonce is { } used)
            nonce = new(signature.KeyId, used, signature.Expires);
        return new(state, agent, state == SignatureState.UnknownKey ? signature.Agent : null);
    }

    // The cheapest first: only who names a known key costs the curve's arithmetic.
    private SignatureState Judge(MessageSignature signature, long time, out string? agent)
    {
        agent = null;
        long now = time / 1000;
        if (
            signature.Created > now + SkewSeconds
            || signature.Expires <= signature.Created
            || signature.Expires - signature.Created > LifeSecondsMax
            || signature.Nonce is { Length: > NonceLengthMax }
        )
            return SignatureState.Invalid;
        if (signature.Expires <= now)
            return SignatureState.Expired;
        if (
            !keys.TryGetValue(signature.KeyId, out (string Agent, string? Origin, AgentKey Key) known)
            || !known.Key.IsInForce(time)
        )
            return SignatureState.UnknownKey;
        if (signature.Agent is not null && known.Origin is not null && signature.Agent != known.Origin)
            return SignatureState.Invalid;
        if (!Ed25519.Verify(known.Key.Key.Span, signature.Base, signature.Signature))
            return SignatureState.Invalid;
        agent = known.Agent;
        return SignatureState.Valid;
    }
}
