using Throughline.Core.Events;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Telemetry;

namespace Throughline.Server.Edge;

/// <summary>
/// A contract in which a proxy asks by an HTTP request about each of its own: read it, judge it, answer in the words that this proxy
/// understands.
/// </summary>
internal abstract class ProxyContract(EdgeService service, EdgeContract contract, ILogger logger)
{
    protected RequestReader Reader { get; } = new(service.Model);

    protected EdgeOptions Options => service.Model.Options;

    /// <summary>Answers a question.</summary>
    /// <param name="rest">The target as sent, behind the contract's own prefix.</param>
    public Task AnswerAsync(HttpContext context, ReadOnlySpan<char> rest)
    {
        EdgeExchange exchange = service.Begin(contract);
        Task? recorded = TryRead(context, rest, exchange) ? service.Judge(exchange) : service.Fail(exchange);
        if (recorded is not null || !EdgeAnswer.Passes(exchange))
            return AnswerLaterAsync(context, exchange, recorded);
        WriteAllow(context.Response, exchange);
        service.End(exchange);
        return Task.CompletedTask;
    }

    /// <summary>Fills the exchange in; false if the question is none.</summary>
    protected abstract bool Read(HttpContext context, ReadOnlySpan<char> rest, EdgeExchange exchange);

    protected abstract void WriteAllow(HttpResponse response, EdgeExchange exchange);

    protected abstract Task WriteChallengeAsync(HttpContext context, EdgeExchange exchange);

    protected abstract Task WriteDenialAsync(HttpContext context, EdgeExchange exchange, DenialDocument denial);

    /// <summary>An answer without body.</summary>
    protected static void WriteHead(HttpResponse response, int status, EdgeExchange exchange)
    {
        response.StatusCode = status;
        EdgeAnswer.WriteHeaders(response.Headers, exchange);
        if (status != StatusCodes.Status204NoContent)
            response.ContentLength = 0;
    }

    /// <summary>The whole denial: for proxies that pass on what they are answered.</summary>
    protected static Task WriteWholeAsync(HttpContext context, int status, EdgeExchange exchange, DenialDocument denial)
    {
        WriteHead(context.Response, status, exchange);
        if (denial.Body is not { Length: > 0 } body)
            return Task.CompletedTask;
        context.Response.ContentLength = null;
        context.Response.ContentType = denial.ContentType ?? "text/plain; charset=utf-8";
        return context.Response.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>Gives a challenged client the gate's own page, or sends it to the operator's, if there is one; and answers proofs.</summary>
    protected static Task WriteChallenge(HttpContext context, EdgeExchange exchange)
    {
        if (exchange.Reply is { } reply)
        {
            EdgeAnswer.WriteHeaders(context.Response.Headers, exchange);
            return reply.WriteAsync(context);
        }
        string? location = EdgeAnswer.LocationOf(exchange);
        int status = location is null ? StatusCodes.Status403Forbidden : EdgeAnswer.RedirectStatus(exchange);
        WriteHead(context.Response, status, exchange);
        if (location is not null)
            context.Response.Headers.Location = location;
        context.Response.Headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }

    private async Task AnswerLaterAsync(HttpContext context, EdgeExchange exchange, Task? recorded)
    {
        try
        {
            if (recorded is not null)
                await service.RecordedAsync(exchange, recorded);
            if (EdgeAnswer.Passes(exchange))
            {
                WriteAllow(context.Response, exchange);
                return;
            }
            if (exchange.Decision.Action == DecisionAction.Challenge)
            {
                await WriteChallengeAsync(context, exchange);
                return;
            }
            if (service.Delay(exchange, context.RequestAborted) is { } delay)
                await delay;
            await WriteDenialAsync(context, exchange, EdgeAnswer.DenialOf(exchange));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            ApiInstruments.Aborted.Add(1);
        }
        finally
        {
            service.End(exchange);
        }
    }

    private bool TryRead(HttpContext context, ReadOnlySpan<char> rest, EdgeExchange exchange)
    {
        try
        {
            return Read(context, rest, exchange);
        }
        catch (Exception error) // a defect of ours must not cost the client its answer
        {
            EdgeEvents.Unreadable(logger, contract.ToString(), error.GetType().Name, error.StackTrace);
            return false;
        }
    }
}
