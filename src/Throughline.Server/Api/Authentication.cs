using System.Text;
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

    /// <summary>The part of an address that holds a write key.</summary>
    public const string AddressKey = "key";
    private const string Scheme = "Bearer ";
    private const string Basic = "Basic ";
    private const int BasicLengthMax = 512;

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<AccessMetadata>() is not { } asked)
            return next(context);
        bool allowed = asked.Access switch
        {
            Access.Control => control.Matches(KeyOf(context.Request)),
            Access.Door => TryDoor(context),
            Access.DoorByBody => TryDoor(context) || !HasKey(context.Request),
            Access.DoorByAddress => TryWriter(
                registry,
                context,
                (string?)context.Request.RouteValues[AddressKey] ?? ""
            ),
            _ => TryTenant(context, KeyOf(context.Request)),
        };
        if (allowed)
            return next(context);
        ApiInstruments.Unauthorized.Add(1);
        return Problem.Of(ProblemReason.Unauthorized).WriteAsync(context);
    }

    /// <summary>Lets a request in by a write key, which may stand in a page.</summary>
    public static bool TryWriter(TenantRegistry registry, HttpContext context, ReadOnlySpan<char> key)
    {
        if (!registry.TryAuthenticateWriter(key, out TenantId id) || registry.Find(id) is not { } tenant)
            return false;
        context.SetTenant(tenant);
        context.SetByWriteKey();
        return true;
    }

    private bool TryDoor(HttpContext context) =>
        TryTenant(context, DoorKeyOf(context.Request)) || TryWriter(registry, context, DoorKeyOf(context.Request));

    private static bool HasKey(HttpRequest request) =>
        request.Headers.Authorization.Count > 0 || request.Headers.ContainsKey(KeyHeader);

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

    /// <summary>The user name of Basic authentication is a key where senders know no other way (RFC 7617); its password is not looked at.</summary>
    private static string DoorKeyOf(HttpRequest request)
    {
        string authorization = request.Headers.Authorization.ToString();
        if (
            !authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)
            || authorization.Length > BasicLengthMax
        )
            return KeyOf(request);
        Span<byte> decoded = stackalloc byte[BasicLengthMax];
        if (!Convert.TryFromBase64String(authorization[Basic.Length..].Trim(), decoded, out int length))
            return "";
        int colon = decoded[..length].IndexOf((byte)':');
        return Encoding.ASCII.GetString(decoded[..(colon < 0 ? length : colon)]);
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
