using System.Collections.Concurrent;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Signatures;
using Throughline.Server.Telemetry;

namespace Throughline.Server.Edge.Bots;

/// <summary>
/// What requests' signatures are worth (Web Bot Auth), for many threads and outside of the engine's turn: no call waits for anything but the
/// arithmetic. A known agent's key that is not known yet is asked for, and its next signature finds it.
/// </summary>
internal sealed class SignatureDesk(WebBotAuthModel model)
{
    /// <summary>Nonces that are remembered.</summary>
    private const int NoncesMax = 1 << 18;

    private readonly Lock turn = new();
    private readonly NonceBook nonces = new(NoncesMax);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> asked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KeyDirectory> directories = new(StringComparer.Ordinal);
    private AgentKeys keys = AgentKeys.None;

    /// <summary>Keys of an agent that are known.</summary>
    public int KeysOf(SignedAgent agent) => Volatile.Read(ref keys).CountOf(agent.Name);

    /// <summary>Reads what a request's signature is worth into its features.</summary>
    public void Read(EdgeRequest request, RequestFeatures features)
    {
        if (model.Agents.Count == 0)
            return;
        SignatureFacts facts = Volatile.Read(ref keys).Verify(request, out UsedNonce? nonce);
        if (nonce is { } used && !TryUse(used, request.Time / 1000))
            facts = new(SignatureState.Replayed);
        if (facts.State == SignatureState.UnknownKey)
            AskFor(facts.Origin);
        if (facts.State != SignatureState.None)
            BotInstruments.Signed(facts);
        features.Signature = facts;
    }

    /// <summary>
    /// Takes an agent's published keys; why not, if they are none. A key that two publish is that agent's who is named first in the options,
    /// whoever's answer came first: no agent takes another's name by being quicker.
    /// </summary>
    public string? Import(SignedAgent agent, string text)
    {
        if (KeyDirectory.TryParse(text, out string error) is not { } directory)
            return error;
        lock (turn)
        {
            directories[agent.Name] = directory;
            AgentKeys next = AgentKeys.None;
            foreach (SignedAgent known in model.Agents)
                if (directories.TryGetValue(known.Name, out KeyDirectory? published))
                    next = next.With(known.Name, known.Origin, published);
            Volatile.Write(ref keys, next);
        }
        return null;
    }

    /// <summary>Ends when an agent's keys are asked for before their time.</summary>
    public Task AskedAsync(SignedAgent agent) =>
        asked.GetOrAdd(agent.Name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>The question was taken.</summary>
    public void Answer(SignedAgent agent) => asked.TryRemove(agent.Name, out _);

    private bool TryUse(UsedNonce nonce, long now)
    {
        lock (turn)
            return nonces.TryUse(nonce, now);
    }

    private void AskFor(string? origin)
    {
        foreach (SignedAgent agent in model.Agents)
            if (agent.Origin == origin && asked.TryGetValue(agent.Name, out TaskCompletionSource? question))
                question.TrySetResult();
    }
}
