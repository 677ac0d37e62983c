using Throughline.Server.Tenants;

namespace Throughline.Server.Api;

/// <summary>Who a request is for, once it is authenticated.</summary>
internal static class TenantContext
{
    /// <summary>The tenant whose key the request carries.</summary>
    public static TenantModel Tenant(this HttpContext context) =>
        context.Features.Get<TenantModel>() ?? throw new InvalidOperationException("this route is not authenticated");

    public static void SetTenant(this HttpContext context, TenantModel tenant) => context.Features.Set(tenant);
}

/// <summary>What a route asks of its caller; a route without it is open.</summary>
internal enum Access
{
    /// <summary>A tenant's API key, or the control key and the name of a tenant.</summary>
    Tenant,

    /// <summary>The control key of this data folder.</summary>
    Control,
}
