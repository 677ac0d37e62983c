using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Decide;

/// <summary>What counters of one version share (keys, conditions, items, the search for their cells) changes none of their values.</summary>
public sealed class CounterReadingTests
{
    private static readonly string[][] Keys =
    [
        ["request.ip"],
        ["ua.text", "request.ip"],
        [],
        ["request.asn"], // not known of any request here
    ];

    private static readonly string?[] Conditions =
    [
        null,
        "request.path == '/a'",
        "request.path == '/a' && request.method == 'GET'",
        "request.query.contains('q=')",
        "request.asn > 5", // fails
        "request.path.matches('^/[ab]$')",
    ];

    private static readonly string[] ResponseConditions = ["response.status >= 400", "response.status == 200"];
    private static readonly string[] Items = ["request.path", "request.query", "string(request.asn)"];

    [Fact]
    public void Decide_CountersOfOneVersion_AreWhatEachIsAlone()
    {
        Random chance = Seeds.Random();
        for (int round = 0; round < 20; round++)
        {
            CounterDocument[] counters = [.. Enumerable.Range(0, 12).Select(i => Counter(chance, i))];
            EngineKit together = Kit(counters);
            EngineKit[] alone = [.. counters.Select(x => Kit([x]))];
            for (int turn = 0; turn < 60; turn++)
            {
                EdgeRequest request = EngineKit.Request(
                    chance.Next(2) == 0 ? "/a" : "/b",
                    chance.Next(2) == 0 ? "203.0.113.7" : "203.0.113.8",
                    GateKit.Noon + (turn * 400)
                );
                request.Query = chance.Next(2) == 0 ? "q=1" : "";
                int status = chance.Next(2) == 0 ? 200 : 404;
                together.Decide(request);
                double[] decided = [.. together.Inputs.Counters];
                together.Answer(status);
                for (int i = 0; i < counters.Length; i++)
                {
                    alone[i].Decide(request);
                    Assert.Equal(alone[i].Inputs.Counters[0], decided[i]);
                    alone[i].Answer(status);
                    Assert.Equal(alone[i].Inputs.Counters[0], together.Inputs.Counters[i]);
                }
            }
        }
    }

    [Fact]
    public void Decide_ConditionThatFails_LeavesItsCounterAloneUnknown()
    {
        CounterDocument hits = new() { Name = "hits", Key = ["request.ip"] };
        EngineKit kit = Kit([
            hits,
            hits with
            {
                Name = "faulty",
                Where = "request.asn > 5",
            },
            hits with
            {
                Name = "held",
                Where = "request.path == '/'",
            },
        ]);
        kit.Decide(EngineKit.Request());
        kit.Decide(EngineKit.Request());
        Assert.Equal([2, double.NaN, 2], kit.Inputs.Counters);
    }

    private static CounterDocument Counter(Random chance, int number)
    {
        CounterKind[] kinds =
        [
            CounterKind.Count,
            CounterKind.Distinct,
            CounterKind.Sum,
            CounterKind.Ratio,
            CounterKind.Bucket,
            CounterKind.DistinctBucket,
        ];
        CounterKind kind = kinds[chance.Next(kinds.Length)];
        bool isResponse = chance.Next(3) == 0;
        string? where = Conditions[chance.Next(Conditions.Length)];
        if (isResponse && chance.Next(2) == 0)
            where = ResponseConditions[chance.Next(ResponseConditions.Length)];
        return new()
        {
            Name = $"c{(char)('a' + number)}",
            Phase = isResponse ? RulePhase.Response : RulePhase.Request,
            Key = Keys[chance.Next(Keys.Length)],
            Kind = kind,
            WindowMs = 1000 * (1 + chance.Next(8)),
            LeakMs = 700,
            Capacity = 4,
            Where = where ?? (kind == CounterKind.Ratio ? "request.query == ''" : null),
            Of = kind switch
            {
                CounterKind.Distinct or CounterKind.DistinctBucket => Items[chance.Next(Items.Length)],
                CounterKind.Sum => "size(request.path + request.query)",
                _ => null,
            },
        };
    }

    private static EngineKit Kit(CounterDocument[] counters) =>
        new(GateKit.Model(new GateDocument { Counters = counters }));
}
