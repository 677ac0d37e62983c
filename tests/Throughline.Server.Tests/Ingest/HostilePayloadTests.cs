using System.Text;
using System.Text.Json.Nodes;
using Throughline.Core.Events;
using Throughline.Server.Tests.Kit;
using Throughline.Testing.Events;

namespace Throughline.Server.Tests.Ingest;

/// <summary>The whole corpus at the door: each payload gets its reason, alone and between neighbours, and costs nobody anything.</summary>
public sealed class HostilePayloadTests
{
    [Fact]
    public async Task Post_EachAlone_IsRefused()
    {
        await using TestService service = await TestService.StartAsync();
        Assert.True(HostilePayloads.All.Count >= 300);
        // White space around an event is the body's, not the event's.
        foreach (
            HostilePayload payload in HostilePayloads.All.Where(payload => payload.Name != "64 KiB of white space")
        )
        {
            Answer answer = await service.PostEventsAsync(TestService.Content(payload.Bytes, "application/json"));
            Assert.True(answer.Status is 400 or 413 or 200, $"{payload}: {answer.Status}");
            if (answer.Status == 200) // an array of no event, or of refused ones
                Assert.Equal(0, (int)answer.Json["accepted"]!);
            else
                Assert.NotEmpty(answer.Reason!);
        }
        Assert.Equal(0, service.Alpha.EventCount);
    }

    [Fact]
    public async Task Post_EachInALineBetweenGoodOnes_IsRefusedAlone()
    {
        await using TestService service = await TestService.StartAsync();
        HostilePayload[] payloads =
        [
            .. HostilePayloads.All.Where(payload => payload.FitsInLine && !IsBlank(payload.Bytes)),
        ];
        List<byte> body = [];
        for (int i = 0; i < payloads.Length; i++)
            body.AddRange([
                .. payloads[i].Bytes,
                (byte)'\n',
                .. Encoding.UTF8.GetBytes(TestService.Click($"good-{i}")),
                (byte)'\n',
            ]);
        Answer answer = await service.PostEventsAsync(TestService.Content([.. body], "application/x-ndjson"));
        Assert.Equal(200, answer.Status);
        JsonArray results = answer.Json["results"]!.AsArray();
        Assert.Equal(2 * payloads.Length, results.Count);
        for (int i = 0; i < payloads.Length; i++)
        {
            Assert.Equal(
                (payloads[i].Name, payloads[i].Reason.Code()),
                (payloads[i].Name, (string?)results[2 * i]!["reason"])
            );
            Assert.Equal(
                ($"good-{i}", "accepted"),
                ((string?)results[2 * i + 1]!["id"], (string?)results[2 * i + 1]!["status"])
            );
        }
        Assert.Equal(payloads.Length, service.Alpha.EventCount);
    }

    /// <summary>In an array a payload may break the array itself, but what came before it is stored and answered.</summary>
    [Fact]
    public async Task Post_EachInAnArray_NeverCostsTheOneBefore()
    {
        await using TestService service = await TestService.StartAsync();
        for (int i = 0; i < HostilePayloads.All.Count; i++)
        {
            byte[] before = Encoding.UTF8.GetBytes($"[{TestService.Click($"before-{i}")},");
            byte[] after = Encoding.UTF8.GetBytes($",{TestService.Click($"after-{i}")}]");
            byte[] body = [.. before, .. HostilePayloads.All[i].Bytes, .. after];
            Answer answer = await service.PostEventsAsync(TestService.Content(body, "application/json"));
            Assert.True(answer.Status is 200 or 400, $"{HostilePayloads.All[i]}: {answer.Status} {answer.Text}");
            JsonArray results = answer.Json["results"]!.AsArray();
            Assert.Equal("accepted", (string?)results[0]!["status"]);
            if (answer.Status == 200)
                Assert.Equal("accepted", (string?)results[^1]!["status"]);
        }
    }

    private static bool IsBlank(byte[] bytes) => bytes.All(one => one is (byte)' ' or (byte)'\t');
}
