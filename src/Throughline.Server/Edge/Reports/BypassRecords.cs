using System.Buffers;
using System.Text;
using Throughline.Core.Events;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tenant;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge.Reports;

/// <summary>
/// Makes records of requests that went past the gate: with what the version in force at their time reads of a request. Nobody judged
/// them, so they have no counters, lists or matches. Their ids are of edge 0, which no edge is, and follow from their senders' names.
/// </summary>
internal sealed class BypassRecords
{
    private static readonly GateModel NoRules = GateModel.Create(new(), 0, out _)!;

    private readonly ITenantCell cell;
    private readonly GateOverview overview;
    private readonly FeatureReader features = new(new AgentTable());
    private readonly Dictionary<long, GateModel> versions = [];

    private BypassRecords(ITenantCell cell, GateOverview overview) => (this.cell, this.overview) = (cell, overview);

    public static async Task<BypassRecords> ForAsync(ITenantCell cell, CancellationToken cancellation) =>
        new(cell, await cell.Gate.OverviewAsync(cancellation));

    public async Task<(DecisionEntry Entry, byte[] Record)> EntryOfAsync(
        BypassRequest bypass,
        CancellationToken cancellation
    )
    {
        GateModel model = await VersionOfAsync(bypass.Request.Time, cancellation);
        GateInputs inputs = new();
        features.Read(bypass.Request, inputs.Request);
        inputs.Response = bypass.Response;
        inputs.Route = model.RouteOf(inputs.Request);
        GateDecision decision = new() { Cause = DecisionCause.Failure, Version = model.Version };
        DecisionId id = IdOf(bypass.Id);
        ArrayBufferWriter<byte> record = new(256);
        DecisionRecord.Write(record, RecordKind.Bypass, id, model, inputs, decision, latencyUs: 0);
        DecisionEntry entry = new(
            id.ToString(),
            bypass.Request.Time,
            bypass.Request.Address,
            bypass.Request.UserAgent,
            decision.Action,
            decision.Score
        );
        return (entry, record.WrittenSpan.ToArray());
    }

    private DecisionId IdOf(string name)
    {
        Token hash = cell.Keys.EventId(Encoding.UTF8.GetBytes("bypass:" + name));
        return new(Edge: 0, (long)(hash.High >> 1), (long)(hash.Low >> 1));
    }

    private async Task<GateModel> VersionOfAsync(long time, CancellationToken cancellation)
    {
        GateVersion? version = overview.Versions.LastOrDefault(x => x.Time <= time);
        if (version is null)
            return NoRules;
        if (versions.TryGetValue(version.Version, out GateModel? known))
            return known;
        GateDocument? document = await cell.Gate.RulesAsync(version.Version, cancellation);
        GateModel? model = document is null ? null : GateModel.Create(document, version.Version, out _);
        return versions[version.Version] = model ?? NoRules;
    }
}
