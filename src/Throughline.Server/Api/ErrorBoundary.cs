using Microsoft.AspNetCore.Connections;
using Throughline.Server.Telemetry;

namespace Throughline.Server.Api;

/// <summary>
/// Makes a problem document of everything that goes wrong outside of a handler's own words: known exceptions, unknown ones
/// (logged without what the client sent), and the bare 404, 405 and 415 of routing.
/// </summary>
internal sealed class ErrorBoundary(ILogger logger)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception error) when (IsAbort(context, error))
        {
            ApiInstruments.Aborted.Add(1);
            return;
        }
        catch (Exception error)
        {
            if (context.Response.HasStarted)
            {
                Log(context, error);
                context.Abort(); // a half answer must not look whole
                return;
            }
            context.Response.Clear();
            if (Problem.TryOf(error) is not { } problem)
            {
                Log(context, error);
                problem = Problem.Of(ProblemReason.Internal);
            }
            await problem.WriteAsync(context);
            return;
        }
        if (!context.Response.HasStarted && BareReason(context.Response) is { } reason)
            await Problem.Of(reason).WriteAsync(context);
    }

    private static bool IsAbort(HttpContext context, Exception error) =>
        context.RequestAborted.IsCancellationRequested && error is OperationCanceledException or IOException
        || error is ConnectionResetException or ConnectionAbortedException;

    private static ProblemReason? BareReason(HttpResponse response) =>
        response.ContentType is not null
            ? null
            : response.StatusCode switch
            {
                StatusCodes.Status404NotFound => ProblemReason.NoSuchRoute,
                StatusCodes.Status405MethodNotAllowed => ProblemReason.MethodNotAllowed,
                StatusCodes.Status415UnsupportedMediaType => ProblemReason.UnsupportedMediaType,
                _ => null,
            };

    private void Log(HttpContext context, Exception error)
    {
        ApiInstruments.Failures.Add(1);
        string route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";
        string types = string.Join(" < ", Chain(error).Select(inner => inner.GetType().Name));
        ApiEvents.Failed(logger, context.Request.Method, route, types, context.TraceIdentifier, error.StackTrace);
    }

    private static IEnumerable<Exception> Chain(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
            yield return error;
    }
}
