using System.ComponentModel;
using System.Text.Json.Nodes;

namespace Throughline.Server.Edge;

// Shapes for the OpenAPI document alone: the body is read, and the answer written, by hand. A test compares the two.

internal sealed record RequestSchema(
    string Method,
    [property: Description("Absolute, or path and query; or send path and query apart")] string? Url,
    string? Path,
    string? Query,
    string? Host,
    string? Scheme,
    string? Protocol,
    [property: Description("[name, value] pairs in their order, or an object of values")] JsonNode? Headers,
    [property: Description("The client's, IPv4 or IPv6")] string? Address,
    [property: Description("Where the headers are not sent")] string? UserAgent,
    [property: Description("Where the headers are not sent")] string? Referrer,
    string? Session,
    string? Ja3,
    string? Ja4,
    int? Asn,
    string? Country
);

internal sealed record EdgeDecisionSchema(
    string Id,
    [property: Description("allow, tag, challenge or deny")] string Action,
    int Score,
    IReadOnlyList<string> Tags,
    [property: Description(
        "no_match, rule, score, cleared, budget_exceeded or failure; of the last two the fail policy decided"
    )]
        string Cause,
    [property: Description("The rule that decided, if one did")] string? Rule,
    string Route,
    long Version,
    bool Flagged,
    IReadOnlyList<MatchSchema> Matches,
    [property: Description("Of deny")] DenialSchema? Denial,
    [property: Description("Of challenge: where the client is to be sent")] string? Location,
    [property: Description("Of challenge: what the client is to be answered, as it is")] ReplySchema? Reply
);

internal sealed record ReplySchema(
    int Status,
    [property: Description("[name, value] pairs")] IReadOnlyList<IReadOnlyList<string>> Headers,
    string Body
);

internal sealed record MatchSchema(string Rule, string Outcome, bool Enforced, string? Error);

internal sealed record DenialSchema(int Status, string? Body, string? ContentType, int DelayMs);

internal sealed record ResponseSchema(
    [property: Description("The HTTP status that the client got")] int? Status,
    int? Bytes,
    bool? LogInFailed
);

internal sealed record ResponseLineSchema(string Id, int? Status, int? Bytes, bool? LogInFailed);
