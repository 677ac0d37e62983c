using System.Text;
using Throughline.Core.Events;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Events;

/// <summary>What reading and encoding one event may cost: pinned in allocated bytes, which are the same on every machine.</summary>
public sealed class EventPathCostTests
{
    private const int Rounds = 200;

    public static TheoryData<string> Types => [.. EventSamples.All.Keys];

    [Theory]
    [MemberData(nameof(Types))]
    public void TryParseAndEncode_WarmInstances_AllocateNothing(string type)
    {
        byte[] json = Encoding.UTF8.GetBytes(EventSamples.All[type]);
        var raw = new RawEvent();
        var encoder = new EventEncoder(new TestEventKeys());
        var target = new RecordBuffer();
        long perEvent = PerRound(() => ParseAndEncode(json, raw, encoder, target));

        Assert.True(perEvent <= 16, $"{type}: {perEvent} bytes an event");
    }

    [Fact]
    public void TryParse_RefusedEvent_AllocatesLittle()
    {
        byte[] json = Encoding.UTF8.GetBytes(
            """{"id":"e-1","type":"click","time":"2026-06-01T12:00:00Z","refund":{}}"""
        );
        var raw = new RawEvent();
        long perEvent = PerRound(() => Assert.False(EventJson.TryParse(json, IdentifierRules.Default, raw, out _)));

        Assert.True(perEvent <= 1024, $"{perEvent} bytes a refusal");
    }

    private static void ParseAndEncode(byte[] json, RawEvent raw, EventEncoder encoder, RecordBuffer target)
    {
        target.Clear();
        Assert.True(EventJson.TryParse(json, IdentifierRules.Default, raw, out _));
        encoder.Encode(raw, backfill: false, target);
    }

    private static long PerRound(Action action) => ActionCost.AllocatedBytes(action, Rounds, warm: 1) / Rounds;
}
