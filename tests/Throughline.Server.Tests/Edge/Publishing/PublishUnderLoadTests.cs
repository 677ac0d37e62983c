using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Edge.Publishing;

/// <summary>Publications under load: no request is dropped, and each is judged by exactly one version.</summary>
public sealed class PublishUnderLoadTests
{
    private const int Requests = 10_000;
    private const int Publications = 100;
    private const int Senders = 8;

    [Fact]
    public async Task Requests_DuringPublications_AreEachJudgedByOneVersion()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(Version(1));
        ConcurrentBag<(long Version, string Tags)> seen = [];
        int left = Requests;
        Task[] senders =
        [
            .. Enumerable
                .Range(0, Senders)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        while (Interlocked.Decrement(ref left) >= 0)
                        {
                            Answer answer = await service.PostAsync(
                                "/v1/decisions",
                                """{"method":"GET","path":"/","address":"198.51.100.7"}"""
                            );
                            Assert.Equal(200, answer.Status);
                            seen.Add(((long)answer.Json["version"]!, string.Join(' ', answer.Json["tags"]!.AsArray())));
                        }
                    })
                ),
        ];
        for (int version = 2; version <= Publications; version++)
            Assert.Equal(200, (await service.PublishAsync(Version(version))).Status);
        await Task.WhenAll(senders);
        Assert.Equal(Requests, seen.Count);
        // Each version has two rules that tag with its number: a mixture of two versions would show.
        Assert.All(seen, one => Assert.Equal($"a-{one.Version} b-{one.Version}", one.Tags));
        Assert.True(seen.DistinctBy(one => one.Version).Count() > 1, "no request came between two publications");
    }

    private static string Version(int version) =>
        $"rules:\n  - {{id: a, when: 'true', tag: a-{version}}}\n  - {{id: b, when: 'true', tag: b-{version}}}\n";
}
