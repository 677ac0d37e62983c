using System.Globalization;
using Throughline.Core.Gate.Rules;

namespace Throughline.Server.Edge;

/// <summary>
/// nginx's auth_request: method and target in headers that its configuration sets. 204 allows, 401 and 403 refuse, anything else is an error
/// to nginx and it passes no body on: 403 is a denial, whose status is in <see cref="StatusHeader"/>, and 401 a challenge, with
/// the page in <see cref="LocationHeader"/>.
/// </summary>
internal sealed class AuthRequest(EdgeService service, ILogger logger)
    : ProxyContract(service, EdgeContract.AuthRequest, logger)
{
    public const string Target = "/v1/edge/auth-request";
    public const string StatusHeader = "x-throughline-status";
    public const string LocationHeader = "x-throughline-location";

    protected override bool Read(HttpContext context, ReadOnlySpan<char> rest, EdgeExchange exchange)
    {
        IHeaderDictionary headers = context.Request.Headers;
        string? target = RequestReader.Text(headers, "x-original-uri");
        exchange.Request.Method = RequestReader.Text(headers, "x-original-method") ?? "GET";
        bool isPath = target is not null && RequestReader.TryTarget(target, exchange.Request);
        Reader.Read(context, context.Request.Host.Value ?? "", RequestReader.AllHeaders, exchange);
        return isPath;
    }

    protected override void WriteAllow(HttpResponse response, EdgeExchange exchange) =>
        WriteHead(response, StatusCodes.Status204NoContent, exchange);

    protected override Task WriteChallengeAsync(HttpContext context, EdgeExchange exchange)
    {
        string? location = EdgeAnswer.LocationOf(exchange);
        bool isRedirect = location is not null;
        WriteHead(
            context.Response,
            isRedirect ? StatusCodes.Status401Unauthorized : StatusCodes.Status403Forbidden,
            exchange
        );
        context.Response.Headers[StatusHeader] = (
            isRedirect ? EdgeAnswer.RedirectStatus(exchange) : StatusCodes.Status403Forbidden
        ).ToString(CultureInfo.InvariantCulture);
        if (isRedirect)
            context.Response.Headers[LocationHeader] = location;
        return Task.CompletedTask;
    }

    protected override Task WriteDenialAsync(HttpContext context, EdgeExchange exchange, DenialDocument denial)
    {
        WriteHead(context.Response, StatusCodes.Status403Forbidden, exchange);
        context.Response.Headers[StatusHeader] = denial.Status.ToString(CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    }
}
