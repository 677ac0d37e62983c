using System.ComponentModel;
using System.Globalization;
using Throughline.Core.Gate.Decide;
using Throughline.Server.Api;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge.Publishing;

/// <summary>Verifies the records of a tenant's decisions.</summary>
internal sealed class GateAuditEndpoint(GateKeeper keeper)
{
    public async Task RunAsync(HttpContext context)
    {
        AuditReport report = await keeper.AuditAsync(context.Tenant().Id, context.RequestAborted);
        await context.Response.WriteAsJsonAsync(GateAuditAnswer.Of(report), context.RequestAborted);
    }
}

internal sealed record GateAuditAnswer(
    [property: Description("Nothing was changed, removed or added; lost records are no tampering")] bool Intact,
    long Records,
    [property: Description("Those of the records that say how a request was answered, and what that set off")]
        long Answers,
    [property: Description("Exported heads of the chain that were checked")] int Heads,
    IReadOnlyList<GateAuditBreak> Breaks,
    [property: Description("Runs of decisions whose records are missing")] IReadOnlyList<GateAuditGap> Gaps,
    long Lost,
    [property: Description("Records whose content was erased with who made the request; their links hold")] long Erased,
    [property: Description("Positions in the log of decisions whose record does not open")]
        IReadOnlyList<long> Unreadable
)
{
    public static GateAuditAnswer Of(AuditReport report) =>
        new(
            report.IsIntact,
            report.Chain.Records,
            report.Chain.Answers,
            report.Heads,
            [.. report.Chain.Breaks.Select(x => new GateAuditBreak(x.Place, x.Id?.ToString(), x.Message))],
            [
                .. report.Chain.Gaps.Select(x => new GateAuditGap(
                    x.Edge.ToString("x", CultureInfo.InvariantCulture),
                    Core.Events.EventTime.ToText(x.Start),
                    x.FirstMissing,
                    x.LastMissing
                )),
            ],
            report.Chain.Gaps.Sum(x => x.Count),
            report.Chain.Erased,
            report.Unreadable
        );
}

internal sealed record GateAuditBreak(long Record, string? Id, string Message);

internal sealed record GateAuditGap(string Edge, string Start, long First, long Last);
