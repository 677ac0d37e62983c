using System.Globalization;
using Throughline.Core.Alarms;
using Throughline.Server.Api;
using Throughline.Server.Tenants;

namespace Throughline.Server.Webhooks;

/// <summary>A tenant's alarms.</summary>
internal sealed class AlarmEndpoints(TenantRegistry registry)
{
    private const int ClearedDefault = 20;
    private const int WordsMax = 500;

    /// <summary><c>GET /v1/alarms</c>: with <c>cleared=N</c> so many that are over.</summary>
    public async Task AllAsync(HttpContext context)
    {
        string? asked = context.Request.Query["cleared"];
        int cleared = ClearedDefault;
        if (
            asked is not null
            && (
                !int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out cleared)
                || cleared > AlarmBook.ClearedMax
            )
        )
        {
            await Problem
                .Of(ProblemReason.BadRequest, $"cleared must be a whole number from 0 to {AlarmBook.ClearedMax}.")
                .WriteAsync(context);
            return;
        }
        await WriteAsync(context, cleared);
    }

    /// <summary><c>PUT /v1/alarms/settings</c>.</summary>
    public async Task SetAsync(HttpContext context)
    {
        if (
            await DocumentBody.MembersAsync(
                context,
                reader =>
                    (
                        Hours: reader.Integer(
                            "silenceHours",
                            1,
                            AlarmSettings.SilenceHoursMax,
                            AlarmSettings.SilenceHoursDefault
                        ),
                        Author: reader.Text("author", WordsMax, "")
                    )
            )
            is not { } told
        )
            return;
        using (CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted))
            await lease.Cell.Hooks.SetAsync(new(told.Hours), told.Author, context.RequestAborted);
        await WriteAsync(context, ClearedDefault);
    }

    private async Task WriteAsync(HttpContext context, int cleared)
    {
        using CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted);
        byte[] answer = await lease.Cell.Hooks.AlarmsAsync(cleared, context.RequestAborted);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.BodyWriter.WriteAsync(answer, context.RequestAborted);
    }
}
