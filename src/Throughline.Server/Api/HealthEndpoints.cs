using Throughline.Server.Telemetry;
using Throughline.Server.Tenants;

namespace Throughline.Server.Api;

/// <summary>What operators' tools ask: is it alive, may it get traffic, what does it measure. Open, and silent about tenants' data.</summary>
internal sealed class HealthEndpoints(
    IHostApplicationLifetime lifetime,
    TenantRegistry registry,
    MetricCollector metrics
)
{
    /// <summary>The process answers.</summary>
    public Task AliveAsync(HttpContext context) =>
        context.Response.WriteAsJsonAsync(new Health("ok", 0), context.RequestAborted);

    /// <summary>503 from the moment on in which the service begins to stop, so that no new traffic is sent to it.</summary>
    public Task ReadyAsync(HttpContext context)
    {
        bool stopping = lifetime.ApplicationStopping.IsCancellationRequested;
        if (stopping)
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        Health health = new(stopping ? "stopping" : "ready", registry.Damaged.Count);
        return context.Response.WriteAsJsonAsync(health, context.RequestAborted);
    }

    public Task MetricsAsync(HttpContext context)
    {
        context.Response.ContentType = PrometheusText.ContentType;
        return context.Response.WriteAsync(PrometheusText.Write(metrics.Collect()), context.RequestAborted);
    }
}

/// <param name="Status">ok, ready or stopping.</param>
/// <param name="DamagedTenants">Tenants that are left out because their file cannot be used.</param>
internal sealed record Health(string Status, int DamagedTenants);
