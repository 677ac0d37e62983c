using System.Text;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Server.Tests.Doors;

/// <summary>Whatever comes to a door, it is taken or refused, and good messages beside it are taken.</summary>
public sealed class HostileDoorTests
{
    private const string Tracker = "/v1/snowplow/com.snowplowanalytics.snowplow/tp2";

    private static readonly (string Path, string Type, string Body)[] Valid =
    [
        (
            "/v1/batch",
            "application/json",
            """
            {"batch":[{"type":"track","event":"Order Completed","messageId":"m1","userId":"u","timestamp":"2026-06-01T11:59:00.000Z",
             "context":{"ip":"8.8.8.8","device":{"id":"d"},"traits":{"email":"ada@example.com"},"campaign":{"name":"c","medium":"m"}},
             "properties":{"order_id":"o","revenue":59.900000000000006,"currency":"EUR","products":[{"id":1e2}]}},
             {"type":"identify","messageId":"m2","userId":"u","traits":{"plan":"gold","a":{"b":[1]}}}],"sentAt":"2026-06-01T13:00:00.000Z"}
            """
        ),
        (
            "/v1/cloudevents",
            "application/cloudevents-batch+json",
            """
            [{"specversion":"1.0","id":"1","source":"/s","type":"order.completed","time":"2026-06-01T11:00:00Z",
              "data":{"userId":"u","order_id":"o","revenue":1.5E1,"currency":"EUR"}},
             {"specversion":"1.0","id":"2","source":"/s","type":"io.throughline.event.v1","data_base64":"eyJ0eXBlIjoiY2xpY2sifQ=="}]
            """
        ),
        (
            Tracker,
            "application/json",
            """
            {"schema":"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4","data":[
             {"e":"pv","eid":"1","url":"https://x.example/?utm_campaign=a%20b&utm_medium=m","duid":"d","dtm":"1780315140000","stm":"1780315141000"},
             {"e":"tr","eid":"2","tr_id":"o","tr_tt":"12.34","tr_cu":"EUR","dtm":"1780315140000"},
             {"e":"ue","eid":"3","ue_pr":"{\"schema\":\"iglu:a/b/c/1\",\"data\":{\"schema\":\"iglu:com.acme/foo/jsonschema/1-0-0\",\"data\":{\"a\":1}}}",
              "cx":"eyJzY2hlbWEiOiJpZ2x1OmEvY29udGV4dHMvYy8xIiwiZGF0YSI6W119"}]}
            """
        ),
    ];

    /// <summary>Bytes changed, cut, doubled and put in at random: never a failure of the service.</summary>
    [Fact]
    public async Task Post_AnyBytes_IsTakenOrRefused()
    {
        Random random = Seeds.Random();
        await using TestService service = await TestService.StartAsync();
        Dictionary<int, int> seen = [];
        for (int round = 0; round < 900; round++)
        {
            (string path, string type, string body) = Valid[round % Valid.Length];
            byte[] bytes = Mutate(Encoding.UTF8.GetBytes(body), random);
            Answer answer = await service.SendAsync(HttpMethod.Post, path, TestService.Content(bytes, type));
            seen[answer.Status] = seen.GetValueOrDefault(answer.Status) + 1;
            Assert.True(
                answer.Status is 200 or 400,
                $"{path} answered {answer.Status} to {Convert.ToBase64String(bytes)}: {answer.Text}"
            );
        }
        Assert.True(seen.GetValueOrDefault(200) > 50 && seen.GetValueOrDefault(400) > 50, "one kind of answer alone");
    }

    [Fact]
    public async Task Post_UnchangedBodies_AreTakenWhole()
    {
        await using TestService service = await TestService.StartAsync();
        foreach ((string path, string type, string body) in Valid)
        {
            Answer answer = await service.SendAsync(
                HttpMethod.Post,
                path,
                TestService.Content(Encoding.UTF8.GetBytes(body), type)
            );
            Assert.Equal((200, 0), (answer.Status, (int)answer.Json["rejected"]!));
            Assert.Null(answer.Json["leftOut"]);
        }
    }

    /// <summary>The corpus of the door for our own events, as data of others' events.</summary>
    [Fact]
    public async Task Post_HostileData_CostsNoNeighbour()
    {
        await using TestService service = await TestService.StartAsync();
        const int BytesMax = 400_000; // more than a body may have is no matter of its content
        int taken = 0;
        foreach (HostilePayload payload in HostilePayloads.All.Where(one => one.Bytes.Length < BytesMax))
        {
            string good =
                $$"""{"type":"track","event":"a","messageId":"good-{{taken}}","timestamp":"2026-06-01T11:59:00Z"}""";
            byte[] body =
            [
                .. "{\"batch\":[{\"type\":\"track\",\"event\":\"b\",\"messageId\":\"b\",\"properties\":"u8,
                .. payload.Bytes,
                .. Encoding.UTF8.GetBytes("}," + good + "]}"),
            ];
            Answer answer = await service.SendAsync(
                HttpMethod.Post,
                "/v1/batch",
                TestService.Content(body, "application/json")
            );
            Assert.True(answer.Status is 200 or 400, $"{payload}: {answer.Status} {answer.Text}");
            if (answer.Status == 400)
                continue; // no JSON, so that nothing can be told apart
            Assert.DoesNotContain("good-", answer.Text, StringComparison.Ordinal);
            Assert.True((int)answer.Json["accepted"]! + (int)answer.Json["duplicates"]! >= 1, $"{payload}");
            taken++;
        }
        Assert.True(taken > 100, "most of the corpus is JSON");
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        List<byte> changed = [.. bytes];
        for (int times = random.Next(1, 4); times > 0; times--)
        {
            int at = random.Next(changed.Count);
            switch (random.Next(6))
            {
                case 0:
                    changed[at] = (byte)random.Next(256);
                    break;
                case 1:
                    changed[at] = (byte)"\"\\{}[],:0e-."[random.Next(12)];
                    break;
                case 2:
                    changed.RemoveRange(at, Math.Min(random.Next(1, 20), changed.Count - at));
                    break;
                case 3:
                    changed.InsertRange(at, changed[..Math.Min(at, 30)]);
                    break;
                case 4:
                    changed.InsertRange(at, "\\ud800"u8.ToArray());
                    break;
                default:
                    changed.InsertRange(
                        at,
                        Encoding.UTF8.GetBytes(new string((char)random.Next('0', ':'), random.Next(1, 400)))
                    );
                    break;
            }
            if (changed.Count == 0)
                changed.Add((byte)'{');
        }
        return [.. changed];
    }
}
