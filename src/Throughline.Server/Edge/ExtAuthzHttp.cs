using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;

namespace Throughline.Server.Edge;

/// <summary>
/// Envoy's ext_authz over HTTP: the client's method, host, path and query behind <see cref="Prefix"/>. Exactly 200 allows; any other
/// status goes to the client as it is, but one of 500 and above is an error to Envoy, which then follows its own fail policy.
/// </summary>
internal sealed class ExtAuthzHttp(EdgeService service, ILogger logger)
    : ProxyContract(service, EdgeContract.ExtAuthzHttp, logger)
{
    public const string Prefix = "/v1/edge/ext-authz";

    protected override bool Read(HttpContext context, ReadOnlySpan<char> rest, EdgeExchange exchange)
    {
        exchange.Request.Method = context.Request.Method;
        bool isPath = RequestReader.TryTarget(rest, exchange.Request);
        RequestKnowledge knowledge = Options.ExtAuthzHasAllHeaders ? RequestReader.AllHeaders : RequestKnowledge.Host;
        Reader.Read(context, context.Request.Host.Value ?? "", knowledge, exchange);
        return isPath;
    }

    protected override void WriteAllow(HttpResponse response, EdgeExchange exchange) =>
        WriteHead(response, StatusCodes.Status200OK, exchange);

    protected override Task WriteChallengeAsync(HttpContext context, EdgeExchange exchange) =>
        WriteChallenge(context, exchange);

    protected override Task WriteDenialAsync(HttpContext context, EdgeExchange exchange, DenialDocument denial) =>
        WriteWholeAsync(
            context,
            denial.Status < 500 ? denial.Status : StatusCodes.Status403Forbidden,
            exchange,
            denial
        );
}
