using Throughline.Core.Gate.Rules;

namespace Throughline.Server.Edge;

/// <summary>
/// Traefik's ForwardAuth and Caddy's forward_auth: the request in X-Forwarded-* headers, which both overwrite. Any 2xx allows; whatever
/// else is answered goes to the client whole.
/// </summary>
internal sealed class ForwardAuth(EdgeService service, ILogger logger)
    : ProxyContract(service, EdgeContract.ForwardAuth, logger)
{
    public const string Target = "/v1/edge/forward-auth";

    protected override bool Read(HttpContext context, ReadOnlySpan<char> rest, EdgeExchange exchange)
    {
        IHeaderDictionary headers = context.Request.Headers;
        string? target = RequestReader.Text(headers, "x-forwarded-uri");
        string? host = RequestReader.Text(headers, "x-forwarded-host");
        exchange.Request.Method = RequestReader.Text(headers, "x-forwarded-method") ?? "";
        bool isPath = target is not null && RequestReader.TryTarget(target, exchange.Request);
        Reader.Read(context, host ?? context.Request.Host.Value ?? "", RequestReader.AllHeaders, exchange);
        return isPath && exchange.Request.Method.Length > 0;
    }

    protected override void WriteAllow(HttpResponse response, EdgeExchange exchange) =>
        WriteHead(response, StatusCodes.Status200OK, exchange);

    protected override Task WriteChallengeAsync(HttpContext context, EdgeExchange exchange) =>
        WriteChallenge(context, exchange);

    protected override Task WriteDenialAsync(HttpContext context, EdgeExchange exchange, DenialDocument denial) =>
        WriteWholeAsync(context, denial.Status, exchange, denial);
}
