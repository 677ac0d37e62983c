using Throughline.Server.Telemetry;
using Throughline.Server.Tenants;

namespace Throughline.Server.Api;

/// <summary>
/// Lets a request in by its key: <c>Authorization: Bearer KEY</c> or <c>X-Api-Key: KEY</c>. A key that is missing, malformed or
/// unknown is answered alike. The control key (left in the data folder for commands of the same user) may act for
/// any tenant that <c>Throughline-Tenant</c> names.
/// </summary>
internal sealed class Authentication(TenantRegistry registry, ControlKey control)
{
    public const string TenantHeader = "Throughline-Tenant";
    public const string KeyHeader = "X-Api-Key";
    private const string Scheme = "Bearer ";

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<AccessMetadata>() is not { } asked)
            return next(context);
        string key = KeyOf(context.Request);
        bool allowed = asked.Access == Access.Control ? control.Matches(key) : TryTenant(context, key);
        if (allowed)
            return next(context);
        ApiInstruments.Unauthorized.Add(1);
        return Problem.Of(ProblemReason.Unauthorized).WriteAsync(context);
    }

    private bool TryTenant(HttpContext context, string key)
    {
        TenantModel? tenant = null;
        if (registry.TryAuthenticate(key, out TenantId id))
            tenant = registry.Find(id);
        else if (control.Matches(key) && TenantId.TryParse(context.Request.Headers[TenantHeader], out id))
            tenant = registry.Find(id);
        if (tenant is not null)
            context.SetTenant(tenant);
        return tenant is not null;
    }

    private static string KeyOf(HttpRequest request)
    {
        string authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return authorization[Scheme.Length..].Trim();
        return request.Headers[KeyHeader].ToString();
    }
}

/// <summary>Marks a route with what it asks for.</summary>
internal sealed record AccessMetadata(Access Access);
