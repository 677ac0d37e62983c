using Throughline.Core.Attribution.Rules;
using Throughline.Server.Api;
using Throughline.Server.Edge.Publishing;
using Throughline.Server.Tenants;

namespace Throughline.Server.Attribution;

/// <summary>Drafts of attribution rules: saved, listed, discarded. What one would change, and its publication, are those of its text.</summary>
internal sealed class AttributionDraftEndpoints(TenantRegistry registry)
{
    private const int NameSegment = 3; // /v1/attribution/drafts/{id}

    /// <summary><c>GET /v1/attribution/drafts</c>.</summary>
    public async Task ListAsync(HttpContext context)
    {
        using CellLease lease = await UseAsync(context);
        await AnswerAsync(context, lease, new CellQuery.AttributionDrafts());
    }

    /// <summary><c>GET /v1/attribution/drafts/{id}</c>: with its text.</summary>
    public async Task ShowAsync(HttpContext context)
    {
        using CellLease lease = await UseAsync(context);
        await AnswerAsync(context, lease, new CellQuery.AttributionDraft(NameOf(context)));
    }

    /// <summary><c>PUT /v1/attribution/drafts/{id}?author=&amp;note=</c>: only what could be published is kept.</summary>
    public async Task SaveAsync(HttpContext context)
    {
        string name = NameOf(context);
        Problem? problem = AttributionDraft.IsName(name)
            ? TooLong(context)
            : GateProblems.Bad("name", $"1 to {AttributionDraft.NameMax} of small letters, digits, '.', '_' and '-'");
        using CellLease lease = await UseAsync(context);
        AttributionDesk desk = await AttributionDesk.OpenAsync(context, lease.Cell);
        string? text = null;
        AttributionDocument? document = null;
        if (problem is null)
            (text, problem) = await AttributionDesk.ReadTextAsync(context);
        if (text is not null)
            (document, problem) = desk.Read(text);
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }
        ControlReceipt receipt = await AttributionDesk.SayDraftAsync(context, lease.Cell, name, text);
        await context.Response.WriteAsJsonAsync(
            new AttributionDraftSaved(
                name,
                receipt.Version,
                receipt.Position,
                document!.Rules.Count,
                document.Tables.Count
            ),
            context.RequestAborted
        );
    }

    /// <summary><c>DELETE /v1/attribution/drafts/{id}?author=&amp;note=</c>.</summary>
    public async Task DiscardAsync(HttpContext context)
    {
        if (TooLong(context) is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }
        using CellLease lease = await UseAsync(context);
        CellQuery.AttributionDraft asked = new(NameOf(context));
        if (await lease.Cell.QueryAsync(asked, context.RequestAborted) is null)
        {
            await Problem.Of(ProblemReason.NotFound).WriteAsync(context);
            return;
        }
        ControlReceipt receipt = await AttributionDesk.SayDraftAsync(context, lease.Cell, asked.Name, null);
        await context.Response.WriteAsJsonAsync(
            new AttributionDraftDiscarded(NameOf(context), receipt.Position),
            context.RequestAborted
        );
    }

    private static async Task AnswerAsync(HttpContext context, CellLease lease, CellQuery query)
    {
        if (await lease.Cell.QueryAsync(query, context.RequestAborted) is not { } answer)
        {
            await Problem.Of(ProblemReason.NotFound).WriteAsync(context);
            return;
        }
        context.Response.ContentType = GateBody.Json;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }

    private static Problem? TooLong(HttpContext context) =>
        AttributionRuleEndpoints.TooLong(context, "author", AttributionRuleEndpoints.AuthorMax)
        ?? AttributionRuleEndpoints.TooLong(context, "note", AttributionRuleEndpoints.TextMax);

    private static string NameOf(HttpContext context) => RouteText.Segment(context, NameSegment);

    private ValueTask<CellLease> UseAsync(HttpContext context) =>
        registry.UseAsync(context.Tenant().Id, context.RequestAborted);
}

/// <param name="Revision">How often it was saved.</param>
/// <param name="Position">In the tenant's log.</param>
internal sealed record AttributionDraftSaved(string Name, int Revision, long Position, int Rules, int WeightTables);

/// <param name="Position">In the tenant's log.</param>
internal sealed record AttributionDraftDiscarded(string Name, long Position);

internal sealed record AttributionDraftsAnswer(IReadOnlyList<AttributionDraftSchema> Drafts);

internal sealed record AttributionDraftSchema(
    string Name,
    string Author,
    string Note,
    string Saved,
    int Revision,
    long Position
);

/// <param name="Text">As it was sent.</param>
internal sealed record AttributionDraftText(
    string Name,
    string Author,
    string Note,
    string Saved,
    int Revision,
    long Position,
    string Text
);
