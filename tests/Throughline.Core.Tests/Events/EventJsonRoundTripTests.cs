using Throughline.Core.Events;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Events;

/// <summary>JSON to record and back says the same event.</summary>
public sealed class EventJsonRoundTripTests
{
    public static TheoryData<string> Types => [.. EventSamples.All.Keys];

    [Theory]
    [MemberData(nameof(Types))]
    public void Write_OpenedRecord_EncodesToTheSameRecord(string type)
    {
        byte[] record = EventSamples.Encode(EventSamples.All[type]);
        string json = EventSamples.Write(record, opened: true);
        Assert.Equal(Convert.ToHexString(record), Convert.ToHexString(EventSamples.Encode(json)));
        Assert.Contains("Ada@Example.com", json);
    }

    [Fact]
    public void Write_NoIdentifierButABlockedOne_KeepsIt()
    {
        byte[] record = EventSamples.Encode(
            """
            {"id":"e-1","type":"click","time":"2026-06-01T12:00:00Z","identifiers":[{"type":"device","value":"00000000000000"}]}
            """
        );
        string json = EventSamples.Write(record, opened: true);
        Assert.Contains("""{"type":"device","value":"00000000000000"}""", json);
        Assert.Equal(Convert.ToHexString(record), Convert.ToHexString(EventSamples.Encode(json)));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Write_SealedRecord_ShowsTokensAndNoPersonalValue(string type)
    {
        string json = EventSamples.Write(EventSamples.Encode(EventSamples.All[type]), opened: false);
        Assert.Contains("""{"type":"email","token":""", json);
        Assert.Contains("""{"type":"loyalty","token":""", json);
        Assert.Contains("""address":{"token":""", json);
        foreach (string personal in new[] { "Example", "203.0", "Ada", "mail=", "utm=", "L7" })
            Assert.DoesNotContain(personal, json);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Encode_AnyType_HoldsNoPersonalValueOutsideTheSealedPart(string type)
    {
        byte[] record = EventSamples.Encode(EventSamples.All[type]);
        string clear = System.Text.Encoding.Latin1.GetString(record);
        foreach (string personal in new[] { "xample.com", "203.0.113", "Ada", "ada", "mail=", "utm=", "L7" })
            Assert.DoesNotContain(personal, clear);
    }
}
