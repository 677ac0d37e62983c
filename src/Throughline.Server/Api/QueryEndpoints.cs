using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Server.Replay;
using Throughline.Server.Tenants;

namespace Throughline.Server.Api;

/// <summary>Questions to a tenant: each is put to its cell, whose answer is passed on as it is.</summary>
internal sealed class QueryEndpoints(TenantRegistry registry)
{
    private const int IdSegment = 2; // /v1/decisions/{id}
    private const int ResolvedMax = 1_000;

    public Task DecisionAsync(HttpContext context) => AnswerAsync(context, new CellQuery.Decision(Id(context)));

    public Task CustomerAsync(HttpContext context) => AnswerAsync(context, new CellQuery.Customer(Id(context)));

    public Task ConversionAsync(HttpContext context) => AnswerAsync(context, new CellQuery.Conversion(Id(context)));

    public Task JourneyAsync(HttpContext context) => AnswerAsync(context, new CellQuery.Journey(Id(context)));

    public Task WhyAsync(HttpContext context) => AnswerAsync(context, new CellQuery.Why(Id(context)));

    public Task StateAsync(HttpContext context) =>
        AnswerAsync(context, new CellQuery.State(context.Request.Query["settled"] == "true"));

    public Task CampaignsAsync(HttpContext context) => AnswerAsync(context, new CellQuery.Campaigns());

    /// <summary><c>POST</c>, though it only reads: an identifier never stands in an address.</summary>
    public async Task ResolveAsync(HttpContext context)
    {
        (JsonDocument? body, Problem? problem) = await DocumentBody.ReadAsync(context);
        if (body is null)
        {
            await problem!.WriteAsync(context);
            return;
        }
        using (body)
        using (CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted))
        {
            ObjectReader reader = new(body.RootElement);
            if (
                IdentifierDocument.TryRead(
                    reader,
                    context.Tenant(),
                    lease.Cell,
                    out string type,
                    out Token token,
                    out Rejection rejection
                )
            )
                await AnswerAsync(context, lease.Cell, new CellQuery.Resolve(type, token, WithTraits(context)));
            else
                await Problem.Of(rejection).WriteAsync(context);
        }
    }

    /// <summary><c>POST /v1/customers/resolve-many</c>: the same for a list, answered in its order.</summary>
    public async Task ResolveManyAsync(HttpContext context)
    {
        (JsonDocument? body, Problem? problem) = await DocumentBody.ReadAsync(context);
        if (body is null)
        {
            await problem!.WriteAsync(context);
            return;
        }
        using (body)
        using (CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted))
        {
            ObjectReader reader = new(body.RootElement);
            IReadOnlyList<JsonElement> asked = reader.Objects("identifiers", ResolvedMax);
            List<CellQuery.Resolve> questions = [];
            for (int i = 0; i < asked.Count && reader.Failure is null; i++)
                if (
                    IdentifierDocument.TryRead(
                        new ObjectReader(asked[i]),
                        context.Tenant(),
                        lease.Cell,
                        out string type,
                        out Token token,
                        out Rejection wrong
                    )
                )
                    questions.Add(new(type, token, WithTraits(context)));
                else
                    reader.Fail(new Rejection(wrong.Reason, $"/identifiers/{i}{wrong.Pointer}", wrong.Message));
            if (!reader.Finish(out Rejection rejection))
            {
                await Problem.Of(rejection).WriteAsync(context);
                return;
            }
            using MemoryStream answer = new();
            using (Utf8JsonWriter json = new(answer))
            {
                json.WriteStartObject();
                json.WriteStartArray("results");
                foreach (CellQuery.Resolve question in questions)
                    json.WriteRawValue(
                        await lease.Cell.QueryAsync(question, context.RequestAborted) ?? "null"u8.ToArray(),
                        skipInputValidation: true
                    );
                json.WriteEndArray();
                json.WriteEndObject();
            }
            context.Response.ContentType = "application/json";
            await context.Response.BodyWriter.WriteAsync(answer.ToArray(), context.RequestAborted);
        }
    }

    /// <summary>For the owner of the data folder: it takes memory for all of the tenant's events.</summary>
    public async Task ReplayAsync(HttpContext context)
    {
        bool byTime = context.Request.Query["order"] == "time";
        if (!TenantId.TryParse(RouteText.Segment(context, IdSegment), out TenantId id) || registry.Find(id) is null)
        {
            await Problem.Of(ProblemReason.NotFound).WriteAsync(context);
            return;
        }
        using CellLease lease = await registry.UseAsync(id, context.RequestAborted);
        await AnswerAsync(context, lease.Cell, new CellQuery.Replay(byTime ? ReplayOrder.Time : ReplayOrder.Log));
    }

    private async Task AnswerAsync(HttpContext context, CellQuery query)
    {
        using CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted);
        await AnswerAsync(context, lease.Cell, query);
    }

    private static async Task AnswerAsync(HttpContext context, ITenantCell cell, CellQuery query)
    {
        byte[]? answer = await cell.QueryAsync(query, context.RequestAborted);
        if (answer is null)
        {
            string? customer = query switch
            {
                CellQuery.Journey journey => journey.CustomerId,
                CellQuery.Why why => why.Id,
                _ => null,
            };
            await (await MissingAsync(context, cell, customer)).WriteAsync(context);
            return;
        }
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.BodyWriter.WriteAsync(answer, context.RequestAborted);
    }

    /// <summary>There is no answer: of a customer that was erased that is said.</summary>
    internal static async Task<Problem> MissingAsync(HttpContext context, ITenantCell cell, string? customer) =>
        customer is not null
        && await cell.QueryAsync(new CellQuery.IsErased(customer), context.RequestAborted) is { } erased
        && erased.AsSpan().SequenceEqual("true"u8)
            ? Problem.Of(ProblemReason.Erased)
            : Problem.Of(ProblemReason.NotFound);

    private static bool WithTraits(HttpContext context) => context.Request.Query["traits"] == "true";

    private static string Id(HttpContext context) => RouteText.Segment(context, IdSegment);
}
