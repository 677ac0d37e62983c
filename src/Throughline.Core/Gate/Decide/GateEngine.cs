using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Decide;

/// <summary>
/// Judges requests of one tenant by one published version of its rules at a time. Everything is read into
/// <see cref="GateInputs"/> first (features, counters with this request counted, lists, bots, customer); then every rule of the
/// version is evaluated, shadow ones too; then the action follows. One caller at a time.
/// </summary>
public sealed class GateEngine(GateModel model, CounterBank counters, ListBook lists, IGateFacts facts)
{
    /// <summary>The version in force; set to publish another. Counters whose definition is the same keep their values.</summary>
    public GateModel Model { get; set; } = model;

    /// <summary>Judges a request.</summary>
    /// <param name="request">As it came.</param>
    /// <param name="inputs">Receives what was read: keep it for <see cref="Answered"/> and for the record.</param>
    /// <param name="decision">Receives the answer.</param>
    public void Decide(EdgeRequest request, GateInputs inputs, GateDecision decision) =>
        throw new NotSupportedException($"{Model}{counters}{lists}{facts}");

    /// <summary>
    /// Takes in how a request was answered: counters of the response phase count it, rules of the response phase are evaluated. Gives
    /// their matches in <paramref name="alerts"/>; the decision stays what it was.
    /// </summary>
    public void Answered(GateInputs inputs, in ResponseFacts response, GateDecision alerts) =>
        throw new NotSupportedException();

    /// <summary>Decides from inputs alone: the same code that <see cref="Decide(EdgeRequest, GateInputs, GateDecision)"/> runs last. Pure.</summary>
    public static void Decide(GateModel model, GateInputs inputs, GateDecision decision) =>
        throw new NotSupportedException();
}

/// <summary>What the gate asks of the rest of the platform, from memory, at once.</summary>
public interface IGateFacts
{
    /// <summary>What is known of a client that calls itself a good bot (verified ranges, confirmed names).</summary>
    BotIdentity Identify(RequestFeatures request);

    /// <summary>What is known of the customer behind a request.</summary>
    CustomerFacts Customer(EdgeRequest request);
}
