using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Server.Tenants;

namespace Throughline.Server.Api;

/// <summary>Tenants, for commands of the user who runs the service: they hold the control key of the data folder.</summary>
internal sealed class TenantEndpoints(TenantRegistry registry)
{
    private const int IdSegment = 2; // /v1/tenants/{id}/keys
    private const int OriginsMax = 20;

    public Task ListAsync(HttpContext context) =>
        context.Response.WriteAsJsonAsync(
            new TenantList([.. registry.Tenants.Select(TenantSummary.Of)]),
            context.RequestAborted
        );

    public async Task CreateAsync(HttpContext context)
    {
        (JsonDocument? body, Problem? problem) = await DocumentBody.ReadAsync(context);
        using (body)
        {
            problem ??=
                TryCreate(body!.RootElement, out CreatedTenant? created) ?? await AnswerAsync(context, created!);
            if (problem is not null)
                await problem.WriteAsync(context);
        }
    }

    public Task IssueKeyAsync(HttpContext context)
    {
        if (
            !TenantId.TryParse(RouteText.Segment(context, IdSegment), out TenantId id)
            || registry.Find(id) is not { } tenant
        )
            return Problem.Of(ProblemReason.NotFound).WriteAsync(context);
        if (tenant.KeyCount >= TenantRegistry.MaxKeys)
            return Problem
                .Of(ProblemReason.BadRequest, $"A tenant has at most {TenantRegistry.MaxKeys} keys.")
                .WriteAsync(context);
        bool writeOnly = context.Request.Query["scope"] == "write";
        if (!writeOnly && context.Request.Query.ContainsKey("scope"))
            return Problem.Of(ProblemReason.BadRequest, "The scope is write, or not given.").WriteAsync(context);
        context.Response.StatusCode = StatusCodes.Status201Created;
        return context.Response.WriteAsJsonAsync(
            new IssuedKey(id.Value, registry.IssueKey(id, writeOnly)),
            context.RequestAborted
        );
    }

    private Problem? TryCreate(JsonElement body, out CreatedTenant? created)
    {
        created = null;
        ObjectReader reader = new(body);
        string id = reader.Text("id", max: 63);
        string callingCode = reader.Text("callingCode", max: 3, otherwise: "");
        TenantChoices choices = new()
        {
            Region = reader.Text("region", max: 32, otherwise: new TenantChoices().Region),
            CallingCode = callingCode.Length == 0 ? null : callingCode,
            HorizonDays = reader.Integer(
                "horizonDays",
                1,
                TenantChoices.MaxHorizonDays,
                TenantChoices.DefaultHorizonDays
            ),
            RestateDays = Days(reader, "restateDays"),
            RetentionDays = Days(reader, "retentionDays"),
            CorsOrigins = reader.Texts("corsOrigins", OriginsMax),
        };
        if (!TenantId.TryParse(id, out TenantId tenant))
            reader.Fail(RejectionReason.BadValue, "id", $"The id must match {TenantId.Form}.");
        else if (TenantFile.Fault(choices) is { } fault)
            reader.Fail(RejectionReason.BadValue, fault.Split(' ')[0], $"{fault}.");
        if (!reader.Finish(out Rejection rejection))
            return Problem.Of(rejection);
        try
        {
            created = registry.Create(tenant, choices);
            return null;
        }
        catch (TenantExistsException)
        {
            return Problem.Of(ProblemReason.TenantExists);
        }
    }

    // 0: none.
    private static int? Days(ObjectReader reader, string name) =>
        reader.Integer(name, 0, TenantChoices.MaxDays, 0) is > 0 and var days ? days : null;

    private static async Task<Problem?> AnswerAsync(HttpContext context, CreatedTenant created)
    {
        context.Response.StatusCode = StatusCodes.Status201Created;
        await context.Response.WriteAsJsonAsync(
            new IssuedKey(created.Tenant.Id.Value, created.ApiKey),
            context.RequestAborted
        );
        return null;
    }
}

/// <param name="Tenant">The tenant's id.</param>
/// <param name="ApiKey">Shown this once; only its hash is kept.</param>
internal sealed record IssuedKey(string Tenant, string ApiKey);

internal sealed record TenantList(IReadOnlyList<TenantSummary> Tenants);

internal sealed record TenantSummary(
    string Id,
    string Region,
    DateTimeOffset Created,
    int Keys,
    int HorizonDays,
    int? RestateDays,
    int? RetentionDays,
    string? CallingCode,
    IReadOnlyList<string> CorsOrigins
)
{
    public static TenantSummary Of(TenantModel tenant) =>
        new(
            tenant.Id.Value,
            tenant.Choices.Region,
            tenant.Created,
            tenant.KeyCount,
            tenant.Choices.HorizonDays,
            tenant.Choices.RestateDays,
            tenant.Choices.RetentionDays,
            tenant.Choices.CallingCode,
            tenant.Choices.CorsOrigins
        );
}
