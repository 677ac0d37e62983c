using System.Text;
using Throughline.Core.Events;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Events;

/// <summary>Traits in an event: names in the clear, values sealed, one form whatever order they were sent in.</summary>
public sealed class EventTraitsTests
{
    private const string Ordered = """ "a\"b":true,"age":4.20,"plan":"gold","städte":"Köln" """;
    private const string Shuffled = """ "plan":"gold","st\u00e4dte":"K\u00f6ln","age":4.20,"a\u0022b":true """;

    [Fact]
    public void Encode_AnyOrderAndEscapes_GivesTheSameRecord_WhichRoundTrips()
    {
        byte[] record = EventSamples.Encode(Event(Ordered));
        Assert.Equal(record, EventSamples.Encode(Event(Shuffled)));
        Assert.Equal(record, EventSamples.Encode(EventSamples.Write(record, opened: true)));
        Assert.Null(Check(record));
    }

    [Fact]
    public void Encode_Traits_KeepsNamesInTheClear_AndValuesSealed()
    {
        EventRecord record = EventRecord.FromTrusted(EventSamples.Encode(Event(Ordered)));
        Assert.Equal("a\"b\nage\nplan\nstädte", record.Text(EventField.Purposes));
        Assert.Equal("crm", record.Text(EventField.Host));
        Assert.Contains(
            """ "traits":{"a\"b":true,"age":4.20,"plan":"gold","städte":"Köln"}""".TrimStart(),
            Encoding.UTF8.GetString(TestEventKeys.Open(record)),
            StringComparison.Ordinal
        );
        string closed = EventSamples.Write(record.Bytes.ToArray(), opened: false);
        Assert.Contains("\"plan\":null", closed, StringComparison.Ordinal);
        Assert.DoesNotContain("gold", closed, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_OtherValueOfATrait_IsOtherContent()
    {
        EventRecord one = EventRecord.FromTrusted(EventSamples.Encode(Event(Ordered)));
        EventRecord two = EventRecord.FromTrusted(
            EventSamples.Encode(Event(Ordered.Replace("gold", "blue", StringComparison.Ordinal)))
        );
        Assert.Equal(one.Id, two.Id);
        Assert.NotEqual(one.Content, two.Content);
    }

    private static string? Check(byte[] record) =>
        EventRecord.TryFromUntrusted(record, out _, out string error) ? null : error;

    private static string Event(string traits) =>
        $$"""
            {"id":"e-1","type":"identify","time":"2026-06-01T12:00:00Z","traitsSource":"crm",
            "identifiers":[{"type":"user","value":"u"}],"traits":{{{traits}}} }
            """;
}
