using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Server.Ingest;
using Throughline.Server.Tenants;
using Throughline.Storage;
using Throughline.Storage.Keys;

namespace Throughline.Server.Api;

/// <summary>
/// A failed request as RFC 9457 tells it: <c>application/problem+json</c> with <c>type</c>, <c>title</c>, <c>status</c> and
/// <c>reason</c>, and where they help <c>detail</c>, <c>pointer</c> (into the document sent) and <c>offset</c> (into the body).
/// </summary>
internal sealed record Problem(int Status, string Reason, string Title)
{
    public const string ContentType = "application/problem+json";

    /// <summary>Seconds after which a client that was told 429 or 503 may come back.</summary>
    private const string RetryAfterSeconds = "1";

    public string? Detail { get; init; }

    /// <summary>The bad field as a JSON pointer; empty for the document as a whole.</summary>
    public string? Pointer { get; init; }

    /// <summary>Bytes of the decoded body before the place where it broke.</summary>
    public long? Offset { get; init; }

    /// <summary>Further members, such as all issues of a rule set.</summary>
    public System.Text.Json.Nodes.JsonObject? More { get; init; }

    public static Problem Of(ProblemReason reason, string? detail = null) =>
        new(reason.Status(), reason.Code(), reason.Title()) { Detail = detail };

    /// <summary>A document that is not valid.</summary>
    public static Problem Of(Rejection rejection) =>
        new(400, rejection.Reason.Code(), "The document is not valid.")
        {
            Detail = rejection.Message,
            Pointer = rejection.Pointer,
        };

    /// <summary>The problem that a known exception stands for; null for any other.</summary>
    public static Problem? TryOf(Exception error) =>
        error switch
        {
            IngestException refused => Of(refused.Reason, refused.Detail),
            ControlRefusedException refused => Of(refused.Rejection),
            CellBusyException => Of(ProblemReason.TenantBusy),
            CellClosedException { InnerException: { } cause } when DamageOf(cause) is { } damage => Of(
                ProblemReason.TenantDamaged,
                damage
            ),
            CellClosedException => Of(ProblemReason.TenantUnavailable),
            BadHttpRequestException bad => Of(
                bad.StatusCode == 413 ? ProblemReason.BodyTooLarge : ProblemReason.BadRequest
            ),
            // The web server's word for a chunk of more than 2^31 bytes.
            IOException { InnerException: OverflowException } => Of(ProblemReason.BadRequest),
            _ => null,
        };

    /// <summary>
    /// What is wrong with a store that no later try will open, naming the file but not the folder; null for trouble that may pass.
    /// </summary>
    private static string? DamageOf(Exception cause) =>
        cause switch
        {
            StoreDamagedException damaged => WithoutFolder(damaged.Message, damaged.File),
            KeyFileException key => WithoutFolder(key.Message, key.File),
            InvalidDataException mismatch => mismatch.Message,
            _ => null,
        };

    private static string WithoutFolder(string message, string file) =>
        message.Replace(file, Path.GetFileName(file), StringComparison.Ordinal) + ".";

    public Task WriteAsync(HttpContext context)
    {
        Prepare(context.Response);
        using (Utf8JsonWriter json = new(context.Response.BodyWriter, JsonWriting.Options))
        {
            json.WriteStartObject();
            WriteMembers(json);
            json.WriteEndObject();
        }
        return context.Response.BodyWriter.FlushAsync(context.RequestAborted).AsTask();
    }

    /// <summary>Sets status and headers.</summary>
    public void Prepare(HttpResponse response)
    {
        response.StatusCode = Status;
        response.ContentType = ContentType;
        if (Status is 429 or 503)
            response.Headers.RetryAfter = RetryAfterSeconds;
        if (Status == 401)
            response.Headers.WWWAuthenticate = "Bearer";
    }

    public void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("type", $"urn:throughline:problem:{Reason}");
        json.WriteString("title", Title);
        json.WriteNumber("status", Status);
        json.WriteString("reason", Reason);
        if (Detail is not null)
            json.WriteString("detail", Detail);
        if (Pointer is not null)
            json.WriteString("pointer", Pointer);
        if (Offset is { } offset)
            json.WriteNumber("offset", offset);
        foreach ((string name, System.Text.Json.Nodes.JsonNode? value) in More ?? [])
        {
            json.WritePropertyName(name);
            (value ?? "").WriteTo(json);
        }
    }
}
