using Microsoft.AspNetCore.Http.Features;
using Throughline.Server.Api;
using Throughline.Server.Edge.Challenges;
using Throughline.Server.Telemetry;

namespace Throughline.Server.Edge;

/// <summary>
/// The door for proxies, before everything else: it goes by the target as sent, because behind a contract's prefix stands whatever
/// a client asked for, and neither routing nor the cleaning of paths may see that. Only trusted proxies are answered.
/// </summary>
internal sealed class EdgeMiddleware
{
    public const string Prefix = "/v1/edge/";

    private readonly EdgeModel model;
    private readonly ExtAuthzHttp extAuthz;
    private readonly AuthRequest authRequest;
    private readonly ForwardAuth forwardAuth;
    private readonly ExtAuthzGrpc grpc;
    private readonly string? emptyPath;

    public EdgeMiddleware(EdgeService service, ILogger logger)
    {
        model = service.Model;
        emptyPath = model.Options.EmptyPath;
        (extAuthz, authRequest, forwardAuth) = (new(service, logger), new(service, logger), new(service, logger));
        grpc = new(service, logger);
    }

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        string target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (target.StartsWith(Prefix, StringComparison.Ordinal))
            return IsTrusted(context) ? ForProxy(context, target) : Refuse(context);
        if (target == ExtAuthzGrpc.Target && HttpProtocol.IsHttp2(context.Request.Protocol))
            return IsTrusted(context) ? grpc.AnswerAsync(context) : Refuse(context);
        if (emptyPath is null || target != emptyPath)
            return next(context);
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    private Task ForProxy(HttpContext context, ReadOnlySpan<char> target)
    {
        // The gate measures its decisions itself: the web server's durations would say the same again.
        if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
            metrics.MetricsDisabled = true;
        if (TryRest(target, ExtAuthzHttp.Prefix, out ReadOnlySpan<char> rest))
            return extAuthz.AnswerAsync(context, rest);
        if (TryRest(target, AuthRequest.Target, out rest))
            return authRequest.AnswerAsync(context, rest);
        if (TryRest(target, ForwardAuth.Target, out rest))
            return forwardAuth.AnswerAsync(context, rest);
        if (TryRest(target, AuthRequest.PageTarget, out _))
            return PageAsync(context);
        return Problem.Of(ProblemReason.NoSuchRoute).WriteAsync(context);
    }

    // What the proxy brings was sealed here; whoever makes one up shows the page to himself.
    private Task PageAsync(HttpContext context)
    {
        string ticket = RequestReader.Text(context.Request.Headers, AuthRequest.TicketHeader) ?? "";
        return ChallengePage.Reply(ticket, model.Options.Challenge.Status) is { } page
            ? page.WriteAsync(context)
            : Problem.Of(ProblemReason.NoSuchRoute).WriteAsync(context);
    }

    private bool IsTrusted(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } peer && model.Trusted.Contains(peer);

    private static Task Refuse(HttpContext context)
    {
        EdgeInstruments.Strangers.Add(1);
        return Problem.Of(ProblemReason.UntrustedProxy).WriteAsync(context);
    }

    private static bool TryRest(ReadOnlySpan<char> target, string prefix, out ReadOnlySpan<char> rest)
    {
        bool fits = target.StartsWith(prefix, StringComparison.Ordinal);
        rest = fits ? target[prefix.Length..] : default;
        return fits && (rest.IsEmpty || rest[0] is '/' or '?');
    }
}
