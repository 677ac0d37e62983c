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
    [property: Description("Of an accepted nurturing event: its name, which this tenant had not seen before")]
        string? NewName,
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
    [property: Description("How many days after a conversion what is seen or said still changes its credit")]
        int? RestateDays,
    [property: Description("How many days back rules may look, horizon and restateDays included")] int? RetentionDays,
    IReadOnlyList<string>? CorsOrigins
);

internal sealed record CampaignsSchema(IReadOnlyList<CampaignVersionSchema> Campaigns);

internal sealed record CampaignVersionSchema(
    string Campaign,
    int Version,
    long WindowMs,
    string Model,
    int Priority,
    string Group,
    string? ValidFrom,
    string? ValidTo,
    bool Restate,
    string Published
);

internal sealed record ResolvedSchema(
    [property: Description("The customer's id")] string Customer,
    [property: Description("How many identifiers it has")] int Identifiers,
    string Since,
    [property: Description("The latest touch, conversion or sighting of two identifiers together")] string LastSeen,
    [property: Description("Those that count: each order once, none of a bot's")] int Conversions,
    string? LastConversion,
    [property: Description("All its identifiers, at most 1,000")] IReadOnlyList<TokenSchema> Tokens,
    [property: Description("With traits=true: by name its value, when and by which source it was told")]
        System.Text.Json.Nodes.JsonObject? Traits
);

internal sealed record IdentifiersSchema(IReadOnlyList<IdentifierSchema> Identifiers);

internal sealed record ResolvedManySchema(
    [property: Description("In the order of the identifiers; null where nobody is known")]
        IReadOnlyList<ResolvedSchema?> Results
);

internal sealed record CustomerSchema(
    string Id,
    [property: Description(
        "current; no_customer where the founder is blocked; erased where it was erased, and not seen since"
    )]
        string Status,
    [property: Description("The customer that holds the founder now")] string? Customer,
    string? Since,
    int? Size,
    IReadOnlyList<IdentifierTokenSchema>? Identifiers
);

internal sealed record IdentifierTokenSchema(string Type, string Token, string FirstSeen);

internal sealed record JourneySchema(string Customer, int Total, IReadOnlyList<JourneyEntrySchema> Entries);

internal sealed record JourneyEntrySchema(
    string Id,
    string Type,
    string Time,
    string Verdict,
    string? Campaign,
    [property: Description("Of a conversion")] string? Status,
    [property: Description("Of a conversion, in minor units")] long? Minor,
    [property: Description("Of a conversion, in minor units")] long? Attributed
);

internal sealed record DecisionSchema(
    string Id,
    string Time,
    [property: Description("allow, tag, challenge or deny")] string Action,
    [property: Description("human, good_bot, bot or unknown")] string Verdict,
    string Reason,
    [property: Description("Start of the 5 minutes that were judged as one")] string Bucket,
    string Result,
    int Revision
);

internal sealed record ConversionSchema(
    string Id,
    string Status,
    string Kind,
    string Time,
    long Minor,
    long Refunded,
    string? Currency,
    string? Customer,
    string? DuplicateOf,
    int Revision,
    [property: Description("open, or final: what is said by now does not change it any more")] string Finality,
    [property: Description("Per exclusivity group: what nobody earned")] IReadOnlyList<ShareSchema> Shares,
    IReadOnlyList<CreditSchema> Credits
);

internal sealed record ShareSchema(
    string Group,
    long Unattributed,
    long Net,
    long Value,
    string? Currency,
    [property: Description("By which the conversion's currency became this one")] RateUseSchema? Rate
);

internal sealed record RateUseSchema(
    string Rate,
    [property: Description("It is of the other direction: the value was divided by it")] bool Inverse,
    [property: Description("Whose rate it is")] string Day,
    [property: Description("The version of the table it came with")] int Table
);

internal sealed record CreditSchema(
    [property: Description("Event id")] string Touch,
    string Campaign,
    string Kind,
    string Time,
    long Minor,
    [property: Description("What is left of it after refunds")] long Net,
    string Rule
);

internal sealed record WhySchema(
    string Id,
    [property: Description("decision, customer or conversion")] string Kind,
    string Sentence,
    [property: Description("identical if the record's own inputs give the same outcome")] string Record,
    [property: Description("identical if the subject's events give the same outcome")] string Events,
    string Result,
    int Revision,
    long Cause,
    [property: Description("A tree of name, value and because")] JsonObject Explanation
);

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
