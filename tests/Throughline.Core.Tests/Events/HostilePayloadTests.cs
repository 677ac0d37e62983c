using System.Diagnostics;
using System.Text;
using Throughline.Core.Events;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Events;

/// <summary>Every hostile payload is refused with the right reason and field, quickly, and leaves the reader usable.</summary>
public sealed class HostilePayloadTests
{
    [Fact]
    public void All_HasManyDistinctCasesOfEveryDoorReason()
    {
        RejectionReason[] later =
        [
            RejectionReason.TooEarly,
            RejectionReason.TooLate,
            RejectionReason.IdConflict,
            RejectionReason.TooManyNames,
        ];
        Assert.True(HostilePayloads.All.Count >= 300, $"{HostilePayloads.All.Count} payloads");
        Assert.Equal(HostilePayloads.All.Count, HostilePayloads.All.Select(payload => payload.Name).Distinct().Count());
        Assert.Equal(
            Enum.GetValues<RejectionReason>().Except(later).Order(),
            HostilePayloads.All.Select(payload => payload.Reason).Distinct().Order()
        );
    }

    [Fact]
    public void TryParse_HostilePayload_IsRefusedWithItsReasonAndPointer()
    {
        var failures = new StringBuilder();
        var reused = new RawEvent();
        foreach (HostilePayload payload in HostilePayloads.All)
        {
            string? failure = Check(payload, reused);
            if (failure is not null)
                failures.AppendLine($"{payload.Name}: {failure}");
        }
        Assert.True(failures.Length == 0, failures.ToString());
    }

    [Fact]
    public void TryParse_AfterEachHostilePayload_ReadsTheNeighbourWhole()
    {
        byte[] good = Encoding.UTF8.GetBytes(EventSamples.All["request"]);
        var reused = new RawEvent();
        var encoder = new EventEncoder(new TestEventKeys());
        var buffer = new RecordBuffer();
        byte[] expected = EventSamples.Encode(EventSamples.All["request"]);
        foreach (HostilePayload payload in HostilePayloads.All)
        {
            Assert.False(EventJson.TryParse(payload.Bytes, IdentifierRules.Default, reused, out _), payload.Name);
            Assert.True(EventJson.TryParse(good, IdentifierRules.Default, reused, out _), payload.Name);
            buffer.Clear();
            encoder.Encode(reused, backfill: false, buffer);
            Assert.True(buffer[0].SequenceEqual(expected), payload.Name);
        }
    }

    private static string? Check(HostilePayload payload, RawEvent reused)
    {
        bool read = false;
        Rejection rejection = default;
        TimeSpan took;
        try
        {
            took = ActionCost.ProcessorTime(() =>
                read = EventJson.TryParse(payload.Bytes, IdentifierRules.Default, reused, out rejection)
            );
        }
        catch (Exception e)
        {
            return e.ToString();
        }
        if (read)
            return "was accepted";
        if (rejection.Reason != payload.Reason || (payload.Pointer is not null && rejection.Pointer != payload.Pointer))
            return $"{rejection}, expected {payload.Reason} at {payload.Pointer ?? "any field"}";
        if (rejection.Pointer is null || (rejection.Pointer.Length > 0 && rejection.Pointer[0] != '/'))
            return $"no JSON pointer: {rejection.Pointer}";
        if (string.IsNullOrEmpty(rejection.Message) || !rejection.Message.EndsWith('.'))
            return $"no sentence: {rejection.Message}";
        return took > TimeSpan.FromMilliseconds(500) ? $"took {took.TotalMilliseconds} ms" : null;
    }
}
