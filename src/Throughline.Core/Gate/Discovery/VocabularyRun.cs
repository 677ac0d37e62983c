using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Discovery;

/// <summary>
/// Counts the vocabulary by the gate's own engine and keeps, of each request, what rules would have read: what proposals are mined from
/// is what they will match. Memory: 4 bytes a counter and request, besides the counters.
/// </summary>
public sealed class VocabularyRun : IGateFacts
{
    private readonly GateEngine engine;
    private readonly GateDecision decision = new();
    private readonly float[][] columns;
    private int count;

    /// <summary>Begins with nothing counted.</summary>
    /// <param name="requests">How many will come.</param>
    /// <param name="memory">What counters may take.</param>
    public VocabularyRun(Vocabulary vocabulary, int requests, CounterLimits memory)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        Vocabulary = vocabulary;
        GateModel model =
            GateModel.Create(new() { Counters = vocabulary.Counters }, 0, out IReadOnlyList<GateIssue> issues)
            ?? throw new InvalidOperationException($"{issues[0].Path}: {issues[0].Message}");
        engine = new(model, new CounterBank(memory), new ListBook(), this);
        columns = [.. vocabulary.Counters.Select(_ => new float[requests])];
    }

    public Vocabulary Vocabulary { get; }

    /// <summary>Read the next request's features into these.</summary>
    public GateInputs Inputs { get; } = new();

    /// <summary>Takes the next request and its answer.</summary>
    public void Add(EdgeRequest request, in ResponseFacts response)
    {
        engine.Decide(request, Inputs, decision);
        for (int i = 0; i < columns.Length; i++)
            columns[i][count] = (float)Inputs.Counters[i];
        count++;
        engine.Answered(Inputs, response, decision);
    }

    /// <summary>The values of a counter, by request; NaN: not known there.</summary>
    internal float[] this[string counter] => columns[Vocabulary.PlaceOf(counter)];

    internal bool Knows(string counter) => Vocabulary.PlaceOf(counter) >= 0;

    BotIdentity IGateFacts.Identify(RequestFeatures request) => BotIdentity.None;

    CustomerFacts IGateFacts.Customer(EdgeRequest request) => default;
}
