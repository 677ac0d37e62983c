using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Api;
using Throughline.Server.Edge.Challenges;

namespace Throughline.Server.Edge;

/// <summary>A decision as the API tells it: what to do, and why.</summary>
internal static class DecisionAnswer
{
    private static readonly string[] Outcomes = NamesOf<MatchOutcome>();
    private static readonly string[] Causes = NamesOf<DecisionCause>();

    public static Task WriteAsync(HttpContext context, EdgeExchange exchange)
    {
        context.Response.ContentType = "application/json";
        EdgeAnswer.WriteHeaders(context.Response.Headers, exchange);
        using (Utf8JsonWriter json = new(context.Response.BodyWriter, JsonWriting.Options))
            Write(json, exchange);
        return context.Response.BodyWriter.FlushAsync(context.RequestAborted).AsTask();
    }

    private static void Write(Utf8JsonWriter json, EdgeExchange exchange)
    {
        GateDecision decision = exchange.Decision;
        json.WriteStartObject();
        json.WriteString("id", exchange.IdText);
        json.WriteString("action", EdgeAnswer.ActionOf(exchange));
        json.WriteNumber("score", decision.Score);
        json.WriteStartArray("tags");
        foreach (string tag in decision.Tags)
            json.WriteStringValue(tag);
        json.WriteEndArray();
        json.WriteString("cause", Causes[(int)decision.Cause]);
        if (exchange.Rule is { } rule)
            json.WriteString("rule", rule.Id);
        json.WriteString("route", decision.Route.Id);
        json.WriteNumber("version", decision.Version);
        json.WriteBoolean("flagged", decision.IsFlagged);
        WriteMatches(json, exchange);
        if (decision.Action == DecisionAction.Deny)
            Write(json, EdgeAnswer.DenialOf(exchange));
        if (exchange.Reply is { } reply)
            Write(json, reply);
        else if (decision.Action == DecisionAction.Challenge && EdgeAnswer.LocationOf(exchange) is { } location)
            json.WriteString("location", location);
        json.WriteEndObject();
    }

    private static void WriteMatches(Utf8JsonWriter json, EdgeExchange exchange)
    {
        json.WriteStartArray("matches");
        foreach (RuleMatch match in exchange.Decision.Matches)
        {
            json.WriteStartObject();
            json.WriteString("rule", exchange.Model!.Document.Rules[match.Rule].Id);
            json.WriteString("outcome", Outcomes[(int)match.Outcome]);
            json.WriteBoolean("enforced", match.Enforced);
            if (match.Error is not null)
                json.WriteString("error", match.Error);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ChallengeReply reply)
    {
        json.WriteStartObject("reply");
        json.WriteNumber("status", reply.Status);
        json.WriteStartArray("headers");
        foreach ((string name, string value) in reply.Headers)
        {
            json.WriteStartArray();
            json.WriteStringValue(name);
            json.WriteStringValue(value);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteString("body", reply.Body);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, DenialDocument denial)
    {
        json.WriteStartObject("denial");
        json.WriteNumber("status", denial.Status);
        if (denial.Body is not null)
            json.WriteString("body", denial.Body);
        if (denial.ContentType is not null)
            json.WriteString("contentType", denial.ContentType);
        json.WriteNumber("delayMs", denial.DelayMs);
        json.WriteEndObject();
    }

    private static string[] NamesOf<T>()
        where T : struct, Enum => [.. Enum.GetNames<T>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];
}
