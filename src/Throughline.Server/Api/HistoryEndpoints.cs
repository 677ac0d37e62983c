using Throughline.Core.Events;
using Throughline.Server.Tenants;

namespace Throughline.Server.Api;

/// <summary><c>GET /v1/customers/{id}/history</c>: what happened to a customer, in order, each change with its cause.</summary>
internal sealed class HistoryEndpoints(TenantRegistry registry)
{
    private const int IdSegment = 2;

    public async Task CustomerAsync(HttpContext context)
    {
        if (!Token.TryParse(RouteText.Segment(context, IdSegment), out Token customer))
        {
            await Problem.Of(ProblemReason.NotFound).WriteAsync(context);
            return;
        }
        using CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted);
        if (await lease.Cell.QueryAsync(new CellQuery.History(customer), context.RequestAborted) is { } answer)
            await IdentityEndpoints.WriteAsync(context, answer);
        else
            await Problem.Of(ProblemReason.NotFound).WriteAsync(context);
    }
}

internal sealed record CustomerHistorySchema(
    string Id,
    [property: System.ComponentModel.Description("The customer that the id names now; left out if there is none")]
        string? Customer,
    long Total,
    [property: System.ComponentModel.Description("The latest 1,000, oldest first")]
        IReadOnlyList<CustomerChangeSchema> Changes
);

internal sealed record CustomerChangeSchema(
    [property: System.ComponentModel.Description(
        "created, joined, merged, split, relabelled, dissolved, erased, redated or exchanged; merged_into or continued_as another id"
    )]
        string Change,
    string? Into,
    int Size,
    IReadOnlyList<CustomerSizeSchema> Before,
    [property: System.ComponentModel.Description("Type of the identifier that names it")] string Founder,
    string Since,
    string Result,
    ChangeCauseSchema Cause
);

internal sealed record ChangeCauseSchema(
    long Position,
    string Event,
    string Type,
    string Time,
    [property: System.ComponentModel.Description("Of an operator's word: its kind")] string? Statement,
    string? Reason,
    string? Note,
    string? Author
);
