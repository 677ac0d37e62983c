using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Core.Attribution.Rates;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tenant;
using Throughline.Server.Api;
using Throughline.Server.Edge.Publishing;
using Throughline.Server.Tenants;

namespace Throughline.Server.Attribution;

/// <summary>The exchange rates of a tenant: publish more of them, or only check a file; read them.</summary>
internal sealed class RateEndpoints(TenantRegistry registry)
{
    public const string Csv = "text/csv";

    /// <summary><c>PUT /v1/attribution/rates?author=&amp;note=&amp;check=</c>.</summary>
    public async Task PublishAsync(HttpContext context)
    {
        (RateTable? table, Problem? problem) = await ReadAsync(context);
        problem ??=
            AttributionRuleEndpoints.TooLong(context, "author", AttributionRuleEndpoints.AuthorMax)
            ?? AttributionRuleEndpoints.TooLong(context, "note", AttributionRuleEndpoints.TextMax);
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }
        bool isCheck = context.Request.Query["check"] == "true";
        string note = context.Request.Query["note"].ToString();
        table = table! with { Note = note.Length > 0 ? note : table.Note };
        using CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted);
        ControlReceipt receipt = isCheck
            ? default
            : await lease.Cell.PublishControlAsync(
                ControlDocument.RatesKind,
                JsonSerializer.SerializeToElement(
                    new JsonObject
                    {
                        ["author"] = context.Request.Query["author"].ToString(),
                        ["table"] = RateTableJson.Write(table),
                    }
                ),
                context.RequestAborted
            );
        await context.Response.WriteAsJsonAsync(
            new RatesPublished(
                isCheck,
                table.Rows.Count,
                isCheck ? null : receipt.Version,
                isCheck ? null : receipt.Position
            ),
            context.RequestAborted
        );
    }

    /// <summary><c>GET /v1/attribution/rates?since=</c>: all publications, and the rates of a month or of all days from one on.</summary>
    public async Task ShowAsync(HttpContext context)
    {
        int? since = null;
        if (context.Request.Query["since"].ToString() is { Length: > 0 } text)
        {
            if (!RateTable.TryParseDay(text, out int day))
            {
                await GateProblems.Bad("since", "a day such as 2026-05-31").WriteAsync(context);
                return;
            }
            since = day;
        }
        using CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted);
        byte[]? answer = await lease.Cell.QueryAsync(new CellQuery.Rates(since), context.RequestAborted);
        context.Response.ContentType = GateBody.Json;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }

    private static async Task<(RateTable?, Problem?)> ReadAsync(HttpContext context)
    {
        string type = GateBody.TypeOf(context);
        if (type is not (Csv or GateBody.Yaml or "application/x-yaml" or "text/yaml" or GateBody.Json))
            return (
                null,
                Problem.Of(ProblemReason.UnsupportedMediaType, $"Send {Csv}, {GateBody.Yaml} or {GateBody.Json}.")
            );
        (string? body, Problem? problem) = await GateBody.ReadTextAsync(context, ControlDocument.RulesBytesMax / 2);
        if (body is null)
            return (null, problem);
        return RateFile.Read(body, out IReadOnlyList<GateIssue> issues) is { } read
            ? (read, null)
            : (null, GateProblems.Invalid(issues));
    }
}

/// <param name="Check">Nothing was published: the rates are valid.</param>
/// <param name="Rates">How many rows there are.</param>
/// <param name="Version">Counts the tenant's publications from 1; none of a draft.</param>
/// <param name="Position">Of the publication in the tenant's log; none of a draft.</param>
internal sealed record RatesPublished(bool Check, int Rates, int? Version, long? Position);

/// <summary>Exchange rates; docs/guide/exchange-rates.md describes them.</summary>
internal sealed record RatesSchema(int? FallbackDays, string? Note, IReadOnlyList<RateSchema> Rates);

/// <param name="Rate">A decimal, or none: it is withdrawn.</param>
/// <param name="Table">The version of the publication that it came with.</param>
internal sealed record RateSchema(string Day, string From, string To, string Rate, int? Table);

internal sealed record RatesAnswer(
    IReadOnlyList<RateTableSchema> Tables,
    int FallbackDays,
    IReadOnlyList<RateSchema> Rates
);

internal sealed record RateTableSchema(int Version, string Published, string Author, string Note, int Rows);
