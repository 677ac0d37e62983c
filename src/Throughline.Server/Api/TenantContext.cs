using Throughline.Server.Tenants;

namespace Throughline.Server.Api;

/// <summary>Who a request is for, once it is authenticated.</summary>
internal static class TenantContext
{
    /// <summary>The tenant whose key the request carries.</summary>
    public static TenantModel Tenant(this HttpContext context) =>
        context.TenantIfKnown() ?? throw new InvalidOperationException("this route is not authenticated");

    /// <summary>The same; null if the request carries no key but where its door looks for it.</summary>
    public static TenantModel? TenantIfKnown(this HttpContext context) => context.Features.Get<TenantModel>();

    public static void SetTenant(this HttpContext context, TenantModel tenant) => context.Features.Set(tenant);

    /// <summary>The request came by a key that may stand in a page: it says what happened, and nothing about anybody else's events.</summary>
    public static bool IsByWriteKey(this HttpContext context) => context.Features.Get<WriteKeyMark>() is not null;

    public static void SetByWriteKey(this HttpContext context) => context.Features.Set(WriteKeyMark.Instance);

    private sealed class WriteKeyMark
    {
        public static readonly WriteKeyMark Instance = new();
    }
}

/// <summary>What a route asks of its caller; a route without it is open.</summary>
internal enum Access
{
    /// <summary>A tenant's API key, or the control key and the name of a tenant.</summary>
    Tenant,

    /// <summary>The control key of this data folder.</summary>
    Control,

    /// <summary>What <see cref="Tenant"/> asks for, or one of the tenant's write keys, also as the user name of Basic authentication.</summary>
    Door,

    /// <summary>What <see cref="Door"/> asks for; where no key is in the head, a write key in the body, which the door reads and checks itself.</summary>
    DoorByBody,

    /// <summary>A write key in the address, and no other: addresses end up in logs.</summary>
    DoorByAddress,
}
