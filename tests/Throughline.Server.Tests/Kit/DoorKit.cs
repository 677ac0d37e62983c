using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Throughline.Core.Events;
using Throughline.Server.Doors;
using Throughline.Server.Doors.Mapping;

namespace Throughline.Server.Tests.Kit;

/// <summary>What a door makes of messages, without a service: events of form v1 that the check of events has let through.</summary>
internal static class DoorKit
{
    /// <summary>When messages come in.</summary>
    public static readonly long Received = TestService.Now.ToUnixTimeMilliseconds();

    /// <summary>The one event of a body.</summary>
    public static JsonObject One(IDoor door, string body, DoorModel? model = null) =>
        Assert.Single(All(door, body, model));

    /// <summary>The events of a body; every message must be valid and whole.</summary>
    public static IReadOnlyList<JsonObject> All(
        IDoor door,
        string body,
        DoorModel? model = null,
        HttpRequest? http = null
    )
    {
        DoorRequest request = new(
            http ?? new DefaultHttpContext().Request,
            model ?? DoorModel.Default,
            Received,
            ByWriteKey: false
        );
        using DoorBatch batch = door.Open(Encoding.UTF8.GetBytes(body), request)!;
        List<JsonObject> events = [];
        DoorFact fact = new();
        EventDraft draft = new();
        for (int i = 0; i < batch.Count; i++)
        {
            fact.Clear();
            Assert.True(batch.TryRead(i, fact, out Rejection rejection), rejection.ToString());
            byte[] json = FactWriter.Write(fact, request.Model, draft).ToArray();
            Assert.True(EventJson.TryParse(json, out _, out rejection), $"{rejection} {Encoding.UTF8.GetString(json)}");
            events.Add(JsonNode.Parse(json)!.AsObject());
        }
        return events;
    }

    /// <summary>Compares as JSON, whatever the order of members.</summary>
    public static void AssertJson(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"{expected}\n{actual?.ToJsonString()}");

    /// <summary>A mapping as a tenant writes it.</summary>
    public static DoorModel Model(string document)
    {
        using JsonDocument parsed = JsonDocument.Parse(document);
        Assert.True(
            DoorDocument.TryRead(parsed.RootElement, out DoorModel model, out Rejection rejection),
            rejection.ToString()
        );
        return model;
    }
}
