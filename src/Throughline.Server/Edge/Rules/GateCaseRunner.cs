using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;

namespace Throughline.Server.Edge.Rules;

/// <summary>What came of one test case.</summary>
/// <param name="Failures">Empty if all that was expected holds.</param>
public sealed record GateCaseResult(string File, string Name, IReadOnlyList<YamlIssue> Failures)
{
    public bool Passed => Failures.Count == 0;
}

/// <summary>
/// Runs test cases, each with counters, lists and a clock of its own, through the engine that judges live requests. A request
/// without any headers is sent as an ordinary browser sends it.
/// </summary>
public sealed class GateCaseRunner(GateModel model)
{
    /// <summary>When a case begins that does not say when.</summary>
    public const long DefaultStart = 1_767_268_800_000; // 2026-01-01T12:00:00Z

    /// <summary>Between two requests of which the second does not say when.</summary>
    public const long StepMs = 1_000;

    private static readonly CounterLimits Limits = new(BytesMax: 64 << 20);

    private readonly FeatureReader features = new(new AgentTable());

    /// <summary>Runs one case.</summary>
    /// <param name="file">The file that it stands in, for messages.</param>
    public GateCaseResult Run(string file, GateCaseDocument test, CancellationToken cancellation = default)
    {
        CaseFacts facts = new();
        GateEngine engine = new(model, new CounterBank(Limits), new ListBook(), facts);
        GateInputs inputs = new();
        List<YamlIssue> failures = [];
        long start = test.StartsAt ?? DefaultStart;
        long last = -StepMs;
        foreach (GateCaseRequest request in test.Requests)
        {
            facts.Request = request;
            long at = request.AtMs ?? last + StepMs;
            CaseCheck? check = null;
            for (int i = 0; i < request.Repeat; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                last = at + i * request.EveryMs;
                EdgeRequest made = CaseRequests.Make(request, start + last);
                features.Read(made, inputs.Request);
                (inputs.Request.Clearance, inputs.Request.Challenges, inputs.Request.Signature) = (
                    request.Clearance,
                    request.Challenges,
                    request.Signature
                );
                GateDecision decision = new();
                engine.Decide(made, inputs, decision);
                bool isLast = i == request.Repeat - 1;
                if (isLast && request.Expect is { } expected)
                    check = new(model, file, request, expected, failures);
                check?.Decided(inputs, decision);
                GateDecision alerts = new();
                if (request.Response is { } response)
                    engine.Answered(inputs, response, alerts);
                check?.Answered(inputs, decision, alerts);
            }
        }
        return new(file, test.Name, failures);
    }

    /// <summary>What the case says of bots and customers.</summary>
    private sealed class CaseFacts : IGateFacts
    {
        public GateCaseRequest Request { get; set; } = new();

        public BotIdentity Identify(RequestFeatures request) => Request.Bot;

        public CustomerFacts Customer(EdgeRequest request) => Request.Customer;
    }
}
