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

    /// <summary>The task of a challenged client: for <see cref="PageTarget"/>, which makes a page of it.</summary>
    public const string TicketHeader = "x-throughline-challenge";

    /// <summary>The cookie of a client that proved itself.</summary>
    public const string CookieHeader = "x-throughline-set-cookie";

    /// <summary>Where nginx fetches the page of a task.</summary>
    public const string PageTarget = "/v1/edge/challenge";

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

    // nginx takes neither body nor cookie from here: what the client is to get stands in headers, for its configuration to use.
    protected override Task WriteChallengeAsync(HttpContext context, EdgeExchange exchange)
    {
        string? location = exchange.Reply?.Header("location") ?? EdgeAnswer.LocationOf(exchange);
        bool leadsOn = location is not null || exchange.Ticket is not null;
        WriteHead(
            context.Response,
            leadsOn ? StatusCodes.Status401Unauthorized : StatusCodes.Status403Forbidden,
            exchange
        );
        int status =
            exchange.Reply?.Status
            ?? (location is null ? StatusCodes.Status403Forbidden : EdgeAnswer.RedirectStatus(exchange));
        IHeaderDictionary headers = context.Response.Headers;
        headers[StatusHeader] = status.ToString(CultureInfo.InvariantCulture);
        if (location is not null)
            headers[LocationHeader] = location;
        if (exchange.Ticket is not null)
            headers[TicketHeader] = exchange.Ticket;
        if (exchange.Reply?.Header("set-cookie") is { } cookie)
            headers[CookieHeader] = cookie;
        return Task.CompletedTask;
    }

    protected override Task WriteDenialAsync(HttpContext context, EdgeExchange exchange, DenialDocument denial)
    {
        WriteHead(context.Response, StatusCodes.Status403Forbidden, exchange);
        context.Response.Headers[StatusHeader] = denial.Status.ToString(CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    }
}
