using System.ComponentModel;
using System.Text.Json.Nodes;

namespace Throughline.Server.Api;

// Shapes for the OpenAPI document alone: bodies are read, and the hot answers written, by hand. A test compares the two.

[Description("An event of form v1; docs/guide/event-v1.schema.json has all its fields.")]
internal sealed record EventSchema(string Id, string Type, JsonNode Time);

internal sealed record EventResultsSchema(
    IReadOnlyList<EventResultSchema> Results,
    int Accepted,
    int Duplicates,
    int Rejected
);

internal sealed record EventResultSchema(
    string? Id,
    [property: Description("accepted, duplicate, rejected or queued")] string Status,
    [property: Description("Of a rejected event: a code of a closed set")] string? Reason,
    [property: Description("JSON pointer of the bad field")] string? Pointer,
    string? Message,
    [property: Description("Place in the body; only with results=rejected")] int? Index
);

internal sealed record IdentifierSchema(string Type, string Value);

internal sealed record BlockedValueSchema(string Type, string Value, bool Blocked);

internal sealed record CampaignSchema(
    [property: Description("A whole number and s, m, h or d: 7d")] string Window,
    [property: Description("last_touch (default) or linear")] string? Model,
    int? Priority,
    string? Group,
    [property: Description("RFC 3339 text or milliseconds")] JsonNode? ValidFrom,
    [property: Description("RFC 3339 text or milliseconds")] JsonNode? ValidTo,
    bool? Restate
);

internal sealed record TenantSchema(
    string Id,
    string? Region,
    string? CallingCode,
    int? HorizonDays,
    IReadOnlyList<string>? CorsOrigins
);

internal sealed record CampaignsSchema(IReadOnlyList<JsonObject> Campaigns);

internal sealed record CustomerSchema(string Customer);

internal sealed record JourneySchema(string Customer);

internal sealed record DecisionSchema(string Id);

internal sealed record ConversionSchema(string Id);

internal sealed record WhySchema(string Id);

[Description("RFC 9457")]
internal sealed record ProblemSchema(
    string Type,
    string Title,
    int Status,
    [property: Description("A code of a closed set")] string Reason,
    string? Detail,
    [property: Description("JSON pointer into the document sent")] string? Pointer,
    [property: Description("Bytes of the decoded body before the place where it broke")] long? Offset
);
