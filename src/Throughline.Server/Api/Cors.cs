using Throughline.Server.Ingest;
using Throughline.Server.Tenants;

namespace Throughline.Server.Api;

/// <summary>
/// Cross-origin requests by configuration: origins of the service as a whole and of each tenant; none by default. A
/// preflight carries no key, so it is answered for any tenant's origin; the answer itself is readable only for origins of the
/// tenant whose key was sent.
/// </summary>
internal sealed class Cors(TenantRegistry registry, IReadOnlyList<string> origins)
{
    private const string Methods = "GET, POST, PUT";
    private const string ExposedHeaders = "Retry-After, Preference-Applied";

    private static readonly string RequestHeaders =
        $"Authorization, {Authentication.KeyHeader}, Content-Type, Content-Encoding, Prefer, {EventsEndpoint.BackfillHeader}, SP-Anonymous";

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        string origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0)
            return next(context);
        if (HttpMethods.IsOptions(context.Request.Method) && IsPreflight(context.Request) && IsOfAnybody(origin))
            return Preflight(context.Response, origin);
        context.Response.OnStarting(() => Permit(context, origin));
        return next(context);
    }

    private static Task Preflight(HttpResponse response, string origin)
    {
        response.StatusCode = StatusCodes.Status204NoContent;
        response.Headers.AccessControlAllowOrigin = origin;
        response.Headers.AccessControlAllowMethods = Methods;
        response.Headers.AccessControlAllowHeaders = RequestHeaders;
        response.Headers.AccessControlMaxAge = "600";
        response.Headers.Vary = "Origin";
        return Task.CompletedTask;
    }

    private Task Permit(HttpContext context, string origin)
    {
        TenantModel? tenant = context.Features.Get<TenantModel>();
        if (tenant is null ? IsOfAnybody(origin) : IsOf(tenant, origin))
        {
            context.Response.Headers.AccessControlAllowOrigin = origin;
            context.Response.Headers.AccessControlExposeHeaders = ExposedHeaders;
        }
        context.Response.Headers.Vary = "Origin";
        return Task.CompletedTask;
    }

    private static bool IsPreflight(HttpRequest request) => request.Headers.AccessControlRequestMethod.Count > 0;

    private bool IsOf(TenantModel tenant, string origin) =>
        origins.Contains(origin, StringComparer.Ordinal)
        || tenant.Choices.CorsOrigins.Contains(origin, StringComparer.Ordinal);

    private bool IsOfAnybody(string origin) =>
        origins.Contains(origin, StringComparer.Ordinal) || registry.IsCorsOrigin(origin);
}
