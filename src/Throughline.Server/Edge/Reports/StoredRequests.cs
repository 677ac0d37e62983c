using Throughline.Cel.Library;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Backtest;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge.Reports;

/// <summary>Stored decisions as requests that rule sets can be tried on, in the order of their times.</summary>
internal sealed class StoredRequests(GateArchive archive)
{
    /// <summary>What the counters of one rule set may take.</summary>
    public static readonly CounterLimits Memory = new(128L << 20);

    private static readonly GateModel NoRules = GateModel.Create(new(), 0, out _)!;

    private readonly Dictionary<long, GateModel> versions = [];
    private readonly Dictionary<DecisionId, (IpAddress? Source, string? Agent)> instant = [];
    private readonly FeatureReader features = new(new AgentTable());
    private readonly EdgeRequest request = new();
    private readonly RequestFeatures derived = new();
    private long instantTime;

    /// <summary>Of the last decision.</summary>
    public IpAddress? Source { get; private set; }

    /// <inheritdoc cref="Source"/>
    public string? Agent { get; private set; }

    /// <summary>Has rule sets judge the next decision.</summary>
    public void Judge(ArchivedDecision decision, params ReadOnlySpan<RuleSetRun?> runs)
    {
        DecisionRecord record = decision.Record;
        (Source, Agent) = ClientOf(decision);
        Derive(record.Inputs.Request);
        GateModel recordedBy = VersionOf(record);
        foreach (RuleSetRun? run in runs)
            run?.Judge(record, recordedBy, derived);
    }

    // An answer has the time of its request and says less of it: so what was known of the requests of an instant is kept for so long.
    private (IpAddress? Source, string? Agent) ClientOf(ArchivedDecision decision)
    {
        if (decision.Record.Kind == RecordKind.Answer && instant.TryGetValue(decision.Record.Id, out var asked))
            return asked;
        if (decision.Time != instantTime)
            instant.Clear();
        instantTime = decision.Time;
        return instant[decision.Record.Id] = (decision.Source, decision.UserAgent);
    }

    private void Derive(RequestFeatures recorded)
    {
        request.Reset();
        (request.Time, request.Address, request.UserAgent) = (recorded.Time, Source, Agent);
        (request.Method, request.Path, request.Query) = (recorded.Method, recorded.Path, recorded.Query);
        request.Host = recorded.Host.Length == 0 ? null : recorded.Host;
        features.Read(request, derived);
    }

    private GateModel VersionOf(DecisionRecord record)
    {
        if (versions.TryGetValue(record.Version, out GateModel? known))
            return known;
        GateDocument? document = archive.RulesOf(record.Version);
        GateModel? model = document is null ? null : GateModel.Create(document, record.Version, out _);
        return versions[record.Version] = model ?? NoRules;
    }
}
