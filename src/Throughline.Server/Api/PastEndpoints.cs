using System.Text;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Server.Tenants;

namespace Throughline.Server.Api;

/// <summary>
/// The graph as of a past time: <c>POST /v1/customers/resolve-as-of</c> for an identifier, <c>GET /v1/customers/{id}/as-of?time=</c> for a
/// customer's id.
/// </summary>
internal sealed class PastEndpoints(IdentityEndpoints identity, TenantRegistry registry)
{
    private const int IdSegment = 2;

    public Task ResolveAsync(HttpContext context) =>
        identity.WithBodyAsync(
            context,
            async (reader, cell) =>
            {
                if (!reader.Has("asOf"))
                    reader.Fail(RejectionReason.MissingField, "asOf", "The field is required.");
                long asOf = reader.Time("asOf", 0);
                if (
                    !IdentifierDocument.TryRead(
                        reader,
                        context.Tenant(),
                        cell,
                        out _,
                        out Token token,
                        out Rejection rejection
                    )
                )
                    return rejection;
                await AnswerAsync(context, cell, new CellQuery.Past(token, IsCustomer: false, asOf));
                return null;
            }
        );

    public async Task CustomerAsync(HttpContext context)
    {
        byte[] text = Encoding.UTF8.GetBytes(context.Request.Query["time"].ToString());
        TimeStatus status = EventTime.TryParse(text, out long asOf);
        if (status != TimeStatus.Ok)
        {
            RejectionReason reason =
                status == TimeStatus.OutOfRange ? RejectionReason.TimeOutOfRange : RejectionReason.BadTime;
            await Problem.Of(new Rejection(reason, "/time", "The time must be RFC 3339 text.")).WriteAsync(context);
            return;
        }
        if (!Token.TryParse(RouteText.Segment(context, IdSegment), out Token customer))
        {
            await Problem.Of(ProblemReason.NotFound).WriteAsync(context);
            return;
        }
        using CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted);
        await AnswerAsync(context, lease.Cell, new CellQuery.Past(customer, IsCustomer: true, asOf));
    }

    private static async Task AnswerAsync(HttpContext context, ITenantCell cell, CellQuery.Past query)
    {
        if (await cell.QueryAsync(query, context.RequestAborted) is { } answer)
            await IdentityEndpoints.WriteAsync(context, answer);
        else
            await (
                await QueryEndpoints.MissingAsync(context, cell, query.IsCustomer ? query.Subject.ToString() : null)
            ).WriteAsync(context);
    }
}

internal sealed record PastIdentifierSchema(string Type, string Value, string AsOf);

internal sealed record PastCustomerSchema(
    [property: System.ComponentModel.Description("The instant that is told: what was asked, down to whole 5 minutes")]
        string AsOf,
    string Customer,
    string Since,
    [property: System.ComponentModel.Description("In force then")] string Strategy,
    int Size,
    IReadOnlyList<SeenIdentifierSchema> Identifiers,
    [property: System.ComponentModel.Description("Identifiers that were looked at")] int Visited
);

internal sealed record SeenIdentifierSchema(string Type, string Token, string FirstSeen);
