using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Tenants;

namespace Throughline.Server.Api;

/// <summary>What a tenant's owner decides: campaigns and blocked values. Each document becomes an event of the tenant's log.</summary>
internal sealed class ControlEndpoints(TenantRegistry registry)
{
    private const int IdSegment = 2; // /v1/campaigns/{id}

    /// <summary><c>PUT /v1/campaigns/{id}</c>: publishes the next version of a campaign's rule.</summary>
    public async Task CampaignAsync(HttpContext context)
    {
        (JsonDocument? body, Problem? problem) = await DocumentBody.ReadAsync(context);
        using (body)
        {
            string campaign = RouteText.Segment(context, IdSegment);
            if (body is null)
                await problem!.WriteAsync(context);
            else if (
                !CampaignDocument.TryRead(body.RootElement, campaign, out JsonElement document, out Rejection rejection)
            )
                await Problem.Of(rejection).WriteAsync(context);
            else if (document.GetProperty("windowMs").GetInt64() > context.Tenant().Choices.LongestWindowMs)
                await Problem
                    .Of(
                        new Rejection(
                            RejectionReason.TimeOutOfRange,
                            "/window",
                            $"The window is longer than {DurationText.Of(context.Tenant().Choices.LongestWindowMs)}, for which touches are kept."
                        )
                    )
                    .WriteAsync(context);
            else
            {
                using CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted);
                ControlReceipt receipt = await lease.Cell.PublishControlAsync(
                    ControlDocument.CampaignKind,
                    document,
                    context.RequestAborted
                );
                await context.Response.WriteAsJsonAsync(
                    new CampaignReceipt(campaign, receipt.Version, receipt.Position),
                    context.RequestAborted
                );
            }
        }
    }

    /// <summary><c>PUT /v1/blocked-values</c>: a blocked value identifies nobody.</summary>
    public async Task BlockedValueAsync(HttpContext context)
    {
        (JsonDocument? body, Problem? problem) = await DocumentBody.ReadAsync(context);
        using (body)
        {
            if (body is null)
            {
                await problem!.WriteAsync(context);
                return;
            }
            TenantModel tenant = context.Tenant();
            using CellLease lease = await registry.UseAsync(tenant.Id, context.RequestAborted);
            ObjectReader reader = new(body.RootElement);
            bool blocked = reader.Bool("blocked", otherwise: null);
            if (
                !IdentifierDocument.TryRead(
                    reader,
                    tenant,
                    lease.Cell,
                    out string type,
                    out Token token,
                    out Rejection rejection
                )
            )
            {
                await Problem.Of(rejection).WriteAsync(context);
                return;
            }
            ControlReceipt receipt = await lease.Cell.PublishControlAsync(
                ControlDocument.BlockKind,
                IdentifierDocument.Block(type, token, blocked),
                context.RequestAborted
            );
            await context.Response.WriteAsJsonAsync(
                new BlockedValueReceipt(type, blocked, receipt.Position),
                context.RequestAborted
            );
        }
    }
}

/// <param name="Campaign">The campaign's id.</param>
/// <param name="Version">Of the campaign's rule, from 1.</param>
/// <param name="Position">Of the publication in the tenant's log.</param>
internal sealed record CampaignReceipt(string Campaign, int Version, long Position);

/// <param name="Type">Type of the identifier; its value is not repeated.</param>
/// <param name="Blocked">What holds now.</param>
/// <param name="Position">Of the statement in the tenant's log.</param>
internal sealed record BlockedValueReceipt(string Type, bool Blocked, long Position);
