using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tenant;
using Throughline.Server.Api;
using Throughline.Server.Edge.Publishing;
using Throughline.Server.Edge.Reports;
using Throughline.Server.Tenants;

namespace Throughline.Server.Attribution;

/// <summary>The attribution rules of a tenant: publish the next versions, or only check a draft; read them.</summary>
internal sealed class AttributionRuleEndpoints(TenantRegistry registry, TimeProvider clock)
{
    internal const int TextMax = 1000;
    internal const int AuthorMax = 128;

    /// <summary><c>PUT /v1/attribution/rules?author=&amp;note=&amp;check=&amp;draft=</c>.</summary>
    public async Task PublishAsync(HttpContext context)
    {
        using CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted);
        AttributionDesk desk = await AttributionDesk.OpenAsync(context, lease.Cell);
        (AttributionDocument? document, Problem? problem) = await desk.ReadAsync();
        problem ??= TooLong(context, "author", AuthorMax) ?? TooLong(context, "note", TextMax);
        string? draft = null;
        if (problem is null)
            (draft, problem) = await desk.DraftAsync();
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }
        bool isCheck = context.Request.Query["check"] == "true";
        AttributionPublished published = await desk.PublishAsync(document!, isCheck);
        if (draft is not null && !isCheck)
            await AttributionDesk.SayDraftAsync(context, lease.Cell, draft, null); // it is one no more
        await context.Response.WriteAsJsonAsync(published, context.RequestAborted);
    }

    /// <summary><c>POST /v1/attribution/rules/try</c>: what publishing a document now would change of all credit; nothing changes.</summary>
    public async Task TryAsync(HttpContext context)
    {
        using CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted);
        AttributionDesk desk = await AttributionDesk.OpenAsync(context, lease.Cell);
        (AttributionDocument? document, Problem? problem) = await desk.ReadAsync();
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }
        ITenantCell cell = lease.Cell;
        CancellationToken cancellation = context.RequestAborted;
        await LongAnswer.WriteAsync(
            context,
            clock,
            100,
            async progress => JsonDocument.Parse((await cell.QueryAsync(desk.Try(document!, progress), cancellation))!),
            cancellation
        );
    }

    /// <summary><c>GET /v1/attribution/rules</c>: all versions.</summary>
    public async Task ShowAsync(HttpContext context)
    {
        using CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted);
        byte[]? answer = await lease.Cell.QueryAsync(new CellQuery.AttributionRules(), context.RequestAborted);
        context.Response.ContentType = GateBody.Json;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }

    internal static Problem? TooLong(HttpContext context, string parameter, int most)
    {
        string? text = context.Request.Query[parameter];
        return text is not null && (text.Length > most || text.Any(char.IsControl))
            ? GateProblems.Bad(parameter, $"a text of at most {most} characters")
            : null;
    }
}

/// <param name="Check">Nothing was published: the document is valid.</param>
/// <param name="Rules">In the order of the document.</param>
/// <param name="WeightTables">How many there are.</param>
internal sealed record AttributionPublished(bool Check, IReadOnlyList<AttributionPublication> Rules, int WeightTables);

/// <param name="Version">Counts from 1 for its campaign and kind of conversion; none of a draft.</param>
/// <param name="Position">Of the publication in the tenant's log; none of a draft.</param>
internal sealed record AttributionPublication(string Campaign, string Conversion, int? Version, long? Position);

/// <param name="Credit">As previews of statements about identity tell it.</param>
internal sealed record AttributionTried(JsonElement Credit);

/// <summary>A document of rules; docs/guide/attribution-rules.md describes the members.</summary>
internal sealed record AttributionRulesSchema(
    IReadOnlyList<JsonElement> Rules,
    IReadOnlyList<JsonElement>? WeightTables
);

internal sealed record AttributionRulesAnswer(
    IReadOnlyList<AttributionRuleVersion> Rules,
    IReadOnlyList<JsonElement> WeightTables
);

/// <param name="Rule">As it can be published again.</param>
internal sealed record AttributionRuleVersion(
    string Campaign,
    string Conversion,
    int Version,
    string Published,
    long Position,
    JsonElement Rule
);
