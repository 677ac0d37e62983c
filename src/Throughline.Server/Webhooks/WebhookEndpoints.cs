using System.Text.Json;
using System.Text.RegularExpressions;
using Throughline.Core.Events;
using Throughline.Server.Api;
using Throughline.Server.Outbound;
using Throughline.Server.Tenants;

namespace Throughline.Server.Webhooks;

/// <summary>What tenants say about their webhooks, and ask about them. A secret is shown once: when it is made.</summary>
internal sealed partial class WebhookEndpoints(TenantRegistry registry, WebhookKeeper keeper, TimeProvider clock)
{
    private const int IdSegment = 2; // /v1/webhooks/{id}
    private const int WordsMax = 500;
    private const int OverlapHoursDefault = 24;
    private const int OverlapHoursMax = 168;

    public async Task AllAsync(HttpContext context)
    {
        IReadOnlyDictionary<string, WebhookLoop> loops = await LoopsAsync(context);
        await WriteAsync(
            context,
            new WebhooksAnswer([
                .. loops.OrderBy(x => x.Key, StringComparer.Ordinal).Select(x => WebhookAnswer.Of(x.Value, clock)),
            ])
        );
    }

    public async Task ShowAsync(HttpContext context)
    {
        if (await FindAsync(context) is { } loop)
            await WriteAsync(context, WebhookAnswer.Of(loop, clock));
    }

    /// <summary><c>PUT /v1/webhooks/{id}</c>: what is not named is as at first.</summary>
    public async Task PutAsync(HttpContext context)
    {
        string id = RouteText.Segment(context, IdSegment);
        if (!IdForm().IsMatch(id))
        {
            await Problem
                .Of(new Rejection(RejectionReason.BadValue, "", "A webhook's id must match [a-z0-9_-]{1,64}."))
                .WriteAsync(context);
            return;
        }
        using JsonDocument? body = await BodyAsync(context);
        if (body is null)
            return;
        ObjectReader reader = new(body.RootElement);
        WebhookDraft draft = WebhookDraft.Read(reader, keeper.Outbound);
        if (!reader.Finish(out Rejection rejection))
        {
            await Problem.Of(rejection).WriteAsync(context);
            return;
        }
        WebhookSecret? secret = null;
        using (CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted))
            await lease.Cell.Hooks.PutAsync(
                id,
                (before, end) =>
                {
                    if (before is null)
                        secret = WebhookSecret.Create();
                    return draft.Make(before, end, secret, clock.GetUtcNow().ToUnixTimeMilliseconds());
                },
                context.RequestAborted
            );
        IReadOnlyDictionary<string, WebhookLoop> loops = await LoopsAsync(context);
        await WriteAsync(context, WebhookAnswer.Of(loops[id], clock) with { Secret = secret?.Text });
    }

    public async Task RemoveAsync(HttpContext context)
    {
        using (CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted))
            if (!await lease.Cell.Hooks.RemoveAsync(RouteText.Segment(context, IdSegment), "", context.RequestAborted))
            {
                await Problem.Of(ProblemReason.NotFound).WriteAsync(context);
                return;
            }
        await LoopsAsync(context);
        await WriteAsync(context, new WebhookRemoved(true));
    }

    /// <summary><c>POST /v1/webhooks/{id}/rotate</c>: a new secret signs beside the one before for a while.</summary>
    public async Task RotateAsync(HttpContext context)
    {
        if (await FindAsync(context) is not { } loop || await BodyAsync(context) is not { } body)
            return;
        using (body)
        {
            ObjectReader reader = new(body.RootElement);
            int hours = reader.Integer("overlapHours", 0, OverlapHoursMax, OverlapHoursDefault);
            string author = reader.Text("author", WordsMax, "");
            if (!reader.Finish(out Rejection rejection))
            {
                await Problem.Of(rejection).WriteAsync(context);
                return;
            }
            long until = clock.GetUtcNow().AddHours(hours).ToUnixTimeMilliseconds();
            WebhookSecret secret = WebhookSecret.Create();
            using (CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted))
                await lease.Cell.Hooks.PutAsync(
                    loop.Pump.Hook.Id,
                    (before, _) =>
                        before is null
                            ? throw new ControlRefusedException(
                                new(RejectionReason.BadValue, "", "The webhook was removed meanwhile.")
                            )
                            : before with
                            {
                                Secrets = [secret, before.Secrets[0] with { Until = until }],
                                Author = author,
                            },
                    context.RequestAborted
                );
            IReadOnlyDictionary<string, WebhookLoop> loops = await LoopsAsync(context);
            await WriteAsync(context, WebhookAnswer.Of(loops[loop.Pump.Hook.Id], clock) with { Secret = secret.Text });
        }
    }

    /// <summary><c>POST /v1/webhooks/{id}/test</c>: one delivery that tells of nothing but a note, now.</summary>
    public async Task TestAsync(HttpContext context)
    {
        if (await FindAsync(context) is not { } loop || await BodyAsync(context) is not { } body)
            return;
        using (body)
        {
            ObjectReader reader = new(body.RootElement);
            string note = reader.Text("note", WordsMax, "");
            if (!reader.Finish(out Rejection rejection))
            {
                await Problem.Of(rejection).WriteAsync(context);
                return;
            }
            OutboundAnswer answer = await loop.TestAsync(note, context.RequestAborted);
            await WriteAsync(context, new WebhookTested(answer.IsTaken, answer.Status, answer.Error));
        }
    }

    /// <summary><c>POST /v1/webhooks/{id}/resume</c>: from where it stood; with <c>"from":"now"</c> without what waits.</summary>
    public async Task ResumeAsync(HttpContext context)
    {
        if (await FindAsync(context) is not { } loop || await BodyAsync(context) is not { } body)
            return;
        using (body)
        {
            ObjectReader reader = new(body.RootElement);
            string from = reader.Text("from", WordsMax, "here");
            if (from is not ("here" or "now" or "start"))
                reader.Fail(RejectionReason.BadValue, "from", "The field must be here, now or start.");
            if (!reader.Finish(out Rejection rejection))
            {
                await Problem.Of(rejection).WriteAsync(context);
                return;
            }
            using CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted);
            WebhookCursor? cursor = from switch
            {
                "now" => await lease.Cell.Hooks.EndAsync(context.RequestAborted),
                "start" => new WebhookCursor(0, 0),
                _ => null,
            };
            await loop.ResumeAsync(cursor, context.RequestAborted);
            await LoopsAsync(context); // the alarm hears of it
            await WriteAsync(context, WebhookAnswer.Of(loop, clock));
        }
    }

    private Task<IReadOnlyDictionary<string, WebhookLoop>> LoopsAsync(HttpContext context) =>
        keeper.RefreshAsync(context.Tenant().Id, context.RequestAborted);

    private async Task<WebhookLoop?> FindAsync(HttpContext context)
    {
        IReadOnlyDictionary<string, WebhookLoop> loops = await LoopsAsync(context);
        if (loops.TryGetValue(RouteText.Segment(context, IdSegment), out WebhookLoop? loop))
            return loop;
        await Problem.Of(ProblemReason.NotFound).WriteAsync(context);
        return null;
    }

    private static async Task<JsonDocument?> BodyAsync(HttpContext context)
    {
        (JsonDocument? body, Problem? problem) = await DocumentBody.ReadAsync(context);
        if (body is null)
            await problem!.WriteAsync(context);
        return body;
    }

    private static Task WriteAsync<T>(HttpContext context, T answer) =>
        context.Response.WriteAsJsonAsync(answer, WebhookAnswer.Form, context.RequestAborted);

    [GeneratedRegex(@"^[a-z0-9_-]{1,64}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex IdForm();
}
