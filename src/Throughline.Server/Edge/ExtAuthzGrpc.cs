using Google.Protobuf;
using Throughline.Cel.Library;
using Throughline.Core.Events;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge.Challenges;
using Throughline.Server.Edge.Envoy;
using Throughline.Server.Telemetry;
using HttpRequest = Throughline.Server.Edge.Envoy.HttpRequest;
using Struct = Google.Protobuf.WellKnownTypes.Struct;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Throughline.Server.Edge;

/// <summary>
/// Envoy's ext_authz over gRPC, <c>Authorization/Check</c>: any status, body and headers of a denial reach the client, and the decision
/// goes into Envoy's dynamic metadata, too.
/// </summary>
internal sealed class ExtAuthzGrpc(EdgeService service, ILogger logger)
{
    public const string Target = "/envoy.service.auth.v3.Authorization/Check";

    /// <summary>Envoy's heads are at most 60 KiB; bodies are not asked for.</summary>
    private const int MessageMax = 1 << 20;

    private const int OverwriteOrAdd = 2;

    private readonly RequestReader reader = new(service.Model);

    public async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = GrpcFrames.ContentType;
        (byte[]? message, GrpcStatus status) = await GrpcFrames.ReadAsync(
            context.Request.BodyReader,
            MessageMax,
            context.RequestAborted
        );
        if (message is null || !TryParse(message, out CheckRequest check))
        {
            GrpcFrames.WriteStatus(context.Response, message is null ? status : GrpcStatus.InvalidArgument);
            return;
        }
        EdgeExchange exchange = service.Begin(EdgeContract.ExtAuthzGrpc);
        try
        {
            Task? recorded = TryRead(context, check, exchange) ? service.Judge(exchange) : service.Fail(exchange);
            if (recorded is not null)
                await service.RecordedAsync(exchange, recorded);
            if (
                exchange.Decision.Action == DecisionAction.Deny
                && service.Delay(exchange, context.RequestAborted) is { } delay
            )
                await delay;
            GrpcFrames.Write(context.Response.BodyWriter, Answer(exchange));
            GrpcFrames.WriteStatus(context.Response, GrpcStatus.Ok);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
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

    private static bool TryParse(byte[] message, out CheckRequest check)
    {
        try
        {
            check = CheckRequest.Parser.ParseFrom(message);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            check = new();
            return false;
        }
    }

    private bool TryRead(HttpContext context, CheckRequest check, EdgeExchange exchange)
    {
        try
        {
            return Read(context, check, exchange);
        }
        catch (Exception error) // a defect of ours must not cost the client its answer
        {
            EdgeEvents.Unreadable(logger, nameof(EdgeContract.ExtAuthzGrpc), error.GetType().Name, error.StackTrace);
            return false;
        }
    }

    private bool Read(HttpContext context, CheckRequest check, EdgeExchange exchange)
    {
        if (check.Attributes?.Request?.Http is not { } http)
        {
            reader.Complete(exchange, _ => null); // at least whose it is, if hosts do not matter
            return false;
        }
        EdgeRequest request = exchange.Request;
        request.Method = http.Method;
        bool isPath = RequestReader.TryTarget(http.Path, request);
        (request.Host, request.Scheme, request.Protocol) = (
            http.Host,
            TextOrNull(http.Scheme),
            TextOrNull(http.Protocol)
        );
        request.Knowledge = RequestReader.AllHeaders;
        AddHeaders(http, request);
        string? nearest = check.Attributes.Source?.Address?.SocketAddress?.Address;
        reader.ReadAddress(
            context.Connection.RemoteIpAddress,
            HeaderOf(http, service.Model.Options.AddressHeader),
            nearest is not null && ClientAddress.TryParse(nearest, out IpAddress address) ? address : null,
            request
        );
        reader.Complete(exchange, name => HeaderOf(http, name));
        return isPath && request.Method.Length > 0;
    }

    private static string? TextOrNull(string text) => text.Length == 0 ? null : text;

    // Where the operator asked for raw headers they are in a list, in which one name may stand twice.
    private static void AddHeaders(HttpRequest http, EdgeRequest request)
    {
        foreach (HeaderValue header in http.HeaderMap?.Headers ?? [])
            if (HeaderNames.OfClient(header.Key) is { } name)
                request.Headers.Add(new(name, ValueOf(header)));
        if (request.Headers.Count > 0)
            return;
        foreach ((string sent, string value) in http.Headers)
            if (HeaderNames.OfClient(sent) is { } name)
                request.Headers.Add(new(name, value));
    }

    private static string? HeaderOf(HttpRequest http, string name)
    {
        if (http.Headers.TryGetValue(name.ToLowerInvariant(), out string? value))
            return value;
        foreach (HeaderValue header in http.HeaderMap?.Headers ?? [])
            if (header.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
                return ValueOf(header);
        return null;
    }

    private static string ValueOf(HeaderValue header) =>
        header.Value.Length > 0 ? header.Value : header.RawValue.ToStringUtf8();

    private static CheckResponse Answer(EdgeExchange exchange)
    {
        CheckResponse answer = new() { Status = new(), DynamicMetadata = Metadata(exchange) };
        if (EdgeAnswer.Passes(exchange))
        {
            answer.OkResponse = new();
            AddDecision(answer.OkResponse.Headers, exchange);
            return answer;
        }
        bool isChallenge = exchange.Decision.Action == DecisionAction.Challenge;
        answer.Status.Code = (int)(isChallenge ? GrpcStatus.Unauthenticated : GrpcStatus.PermissionDenied);
        answer.DeniedResponse = new() { Status = new() { Code = StatusCodes.Status403Forbidden } };
        AddDecision(answer.DeniedResponse.Headers, exchange);
        if (exchange.Reply is { } reply)
            Give(answer.DeniedResponse, reply);
        else if (!isChallenge)
            Deny(answer.DeniedResponse, EdgeAnswer.DenialOf(exchange));
        else if (EdgeAnswer.LocationOf(exchange) is { } location)
            Redirect(answer.DeniedResponse, location, EdgeAnswer.RedirectStatus(exchange));
        return answer;
    }

    private static void Deny(DeniedHttpResponse response, DenialDocument denial)
    {
        response.Status.Code = denial.Status;
        if (denial.Body is not { Length: > 0 } body)
            return;
        response.Body = body;
        Add(response.Headers, "content-type", denial.ContentType ?? "text/plain; charset=utf-8");
    }

    private static void Give(DeniedHttpResponse response, ChallengeReply reply)
    {
        response.Status.Code = reply.Status;
        response.Body = reply.Body;
        foreach ((string name, string value) in reply.Headers)
            Add(response.Headers, name, value);
    }

    private static void Redirect(DeniedHttpResponse response, string location, int status)
    {
        response.Status.Code = status;
        Add(response.Headers, "location", location);
        Add(response.Headers, "cache-control", "no-store");
    }

    private static void AddDecision(ICollection<HeaderValueOption> headers, EdgeExchange exchange)
    {
        Add(headers, EdgeAnswer.DecisionHeader, exchange.IdText);
        Add(headers, EdgeAnswer.ActionHeader, EdgeAnswer.ActionOf(exchange));
        Add(headers, EdgeAnswer.ScoreHeader, EdgeAnswer.ScoreOf(exchange));
        Add(headers, EdgeAnswer.TagsHeader, EdgeAnswer.TagsOf(exchange));
    }

    private static void Add(ICollection<HeaderValueOption> headers, string name, string value) =>
        headers.Add(
            new()
            {
                Header = new() { Key = name, Value = value },
                AppendAction = OverwriteOrAdd,
            }
        );

    private static Struct Metadata(EdgeExchange exchange)
    {
        Struct fields = new();
        fields.Fields["decision"] = Value.ForString(exchange.IdText);
        fields.Fields["action"] = Value.ForString(EdgeAnswer.ActionOf(exchange));
        fields.Fields["score"] = Value.ForNumber(exchange.Decision.Score);
        fields.Fields["tags"] = Value.ForList([.. exchange.Decision.Tags.Select(Value.ForString)]);
        return fields;
    }
}
