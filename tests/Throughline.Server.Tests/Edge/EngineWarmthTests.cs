using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Edge;

/// <summary>A version is warmed up before it is put in force, and nothing of that is seen.</summary>
public sealed class EngineWarmthTests
{
    // One of the made-up requests', so that a list that they got into would show.
    private const string Made = "203.0.113.1";

    [Fact]
    public async Task Publish_VersionThatCountsAndLists_TouchesNeitherCountersNorLists()
    {
        await using TestService service = await GateKit.StartAsync();
        for (int version = 0; version < 3; version++)
            await service.PublishAsync(
                """
                counters:
                  - {name: hits, key: []}
                lists:
                  - {name: caught, kind: address}
                rules:
                  - {id: catch, when: "true", action: tag, tag: seen, addToList: caught, listFor: 1h}
                  - {id: second, when: "counter.hits > 1 || list.caught", action: deny}
                """
            );
        Assert.StartsWith("tag", await service.AskAsync("/", Made), StringComparison.Ordinal);
        Assert.StartsWith("deny", await service.AskAsync("/", Made), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_RuleThatMatches_IsEvaluatedOnManyRequests()
    {
        GateDocument document = new() { Rules = [new() { Id = "slow", When = "request.path.matches('^/(a|b)+$')" }] };
        GateModel model = GateModel.Create(document, 1, out _)!;
        Assert.InRange(EngineWarmth.Run(model), 16, 1000);
    }
}
