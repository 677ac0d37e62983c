using System.ComponentModel;
using System.Text.Json.Nodes;
using Throughline.Server.Api;
using Throughline.Server.Doors.CloudEvents;
using Throughline.Server.Doors.Segment;
using Throughline.Server.Doors.Snowplow;

namespace Throughline.Server.Doors;

/// <summary>The addresses at which other tools' senders are taken in, and where their mapping is.</summary>
internal static class DoorRoutes
{
    private static readonly (string Call, string? Short)[] SegmentCalls =
    [
        ("track", "t"),
        ("identify", "i"),
        ("page", "p"),
        ("screen", "s"),
        ("group", "g"),
        ("alias", "a"),
    ];

    public static void Map(IEndpointRouteBuilder routes, DoorEndpoint doors, DoorSettingsEndpoints settings)
    {
        MapSegment(routes, doors);
        CloudEventDoor cloudEvents = new();
        routes
            .MapPost(
                "/v1/cloudevents",
                (Delegate)((HttpContext context) => doors.HandleAsync(context, cloudEvents, new CloudEventAnswer()))
            )
            .For(Access.Door, "CloudEvents 1.0", "Structured, batched, or binary with the attributes in ce- headers.")
            .Takes<JsonObject>("application/cloudevents+json", "application/cloudevents-batch+json", "application/json")
            .Gives<DoorResultsSchema>(400, 408, 413, 415, 429);
        MapSnowplow(routes, doors);
        routes
            .MapGet("/v1/doors", (Delegate)settings.ShowAsync)
            .For(Access.Tenant, "How foreign events are read", "The tenant's own mapping, and the rules by default.")
            .Gives<DoorSettingsSchema>();
        routes
            .MapPut("/v1/doors", (Delegate)settings.PublishAsync)
            .For(Access.Tenant, "Set how foreign events are read", "It holds for what comes from now on.")
            .Takes<DoorMappingSchema>("application/json")
            .Gives<DoorMappingSchema>(400, 413, 415);
        routes
            .MapGet("/v1/doors/rejections", (Delegate)settings.RejectionsAsync)
            .For(
                Access.Tenant,
                "What the doors have refused lately",
                $"The latest {RejectionBook.KeptMax} since the service has started, the latest first."
            )
            .Gives<DoorRejectionsSchema>();
    }

    private static void MapSnowplow(IEndpointRouteBuilder routes, DoorEndpoint doors)
    {
        const string Post = "/com.snowplowanalytics.snowplow/tp2";
        const string Get = "/i";
        SnowplowDoor door = new();
        Delegate post = (HttpContext context) => doors.HandleAsync(context, door, new DoorAnswer());
        Delegate get = (HttpContext context) =>
            doors.HandleAsync(context, door, new PixelAnswer(), SnowplowDoor.OfQuery(context.Request));
        // For trackers that take a host and no path; not described, since their addresses are not ours.
        routes.MapPost(Post, post).For(Access.Door, "Snowplow", "").ExcludeFromDescription();
        routes.MapGet(Get, get).For(Access.Door, "Snowplow", "").ExcludeFromDescription();
        foreach (
            (string root, Access access) in (ReadOnlySpan<(string, Access)>)
                [("/v1/snowplow", Access.Door), ($"/v1/snowplow/{{{Authentication.AddressKey}}}", Access.DoorByAddress)]
        )
        {
            routes
                .MapPost(root + Post, post)
                .For(access, "Snowplow: a payload of events", "As trackers send them by POST.")
                .Takes<SnowplowPayloadSchema>("application/json")
                .Gives<DoorResultsSchema>(400, 408, 413, 415, 429);
            routes
                .MapGet(root + Get, get)
                .For(access, "Snowplow: the pixel", "One event in the query; answered with a picture.")
                .Produces(200, contentType: "image/gif");
        }
    }

    private static void MapSegment(IEndpointRouteBuilder routes, DoorEndpoint doors)
    {
        SegmentDoor batch = new(null);
        foreach (string address in (string[])["/v1/batch", "/v1/b"])
            routes
                .MapPost(
                    address,
                    (Delegate)((HttpContext context) => doors.HandleAsync(context, batch, new DoorAnswer()))
                )
                .For(Access.DoorByBody, "Segment: a batch of calls", "As senders of Segment and RudderStack send them.")
                .Takes<SegmentBatchSchema>("application/json", "text/plain")
                .Gives<DoorResultsSchema>(400, 408, 413, 415, 429);
        foreach ((string call, string? letter) in SegmentCalls)
        {
            SegmentDoor door = new(call);
            foreach (string address in (string[])[$"/v1/{call}", $"/v1/{letter}"])
                routes
                    .MapPost(
                        address,
                        (Delegate)((HttpContext context) => doors.HandleAsync(context, door, new DoorAnswer()))
                    )
                    .For(
                        Access.DoorByBody,
                        $"Segment: {call}",
                        "One call, as senders of Segment and RudderStack send it."
                    )
                    .Takes<JsonObject>("application/json", "text/plain")
                    .Gives<DoorResultsSchema>(400, 408, 413, 415, 429);
        }
    }
}

internal sealed record SegmentBatchSchema(
    IReadOnlyList<JsonObject> Batch,
    string? SentAt,
    JsonObject? Context,
    [property: Description("A write key, where no key is in the head")] string? WriteKey
);

internal sealed record SnowplowPayloadSchema(string Schema, IReadOnlyList<JsonObject> Data);

internal sealed record DoorResultsSchema(
    bool Success,
    int Accepted,
    int Duplicates,
    [property: Description("Messages that the mapping says are nothing")] int Ignored,
    int Rejected,
    [property: Description("At most 100")] IReadOnlyList<DoorRejectionSchema>? Rejections,
    [property: Description("Parts without which events were taken, at most 100")] IReadOnlyList<DoorPartSchema>? LeftOut
);

internal sealed record DoorRejectionSchema(
    [property: Description("Which message of the body, from 0")] int Index,
    string? Id,
    string Reason,
    [property: Description("JSON pointer into the body")] string Pointer,
    string Message
);

internal sealed record DoorPartSchema(int Index, string Reason, string Pointer, string Message);

internal sealed record DoorMappingSchema(
    int Version,
    [property: Description("Of amounts that come without one")] string? Currency,
    int? ClockToleranceMs,
    [property: Description("nurture (default) or ignore: events that no rule names")] string? Others,
    [property: Description("Foreign identifiers and their types here; null for none")] JsonObject? Identifiers,
    [property: Description("Rules by name of the event")] JsonObject? Events
);

internal sealed record DoorSettingsSchema(
    DoorMappingSchema Mapping,
    [property: Description("Rules that hold unless the mapping has one of the name")] JsonObject Defaults
);

internal sealed record DoorRejectionsSchema(IReadOnlyList<BookedRejectionSchema> Rejections);

internal sealed record BookedRejectionSchema(
    string Received,
    string Door,
    string? Id,
    string Reason,
    string Pointer,
    string Message,
    [property: Description("The event was taken without this part")] bool Partial
);
