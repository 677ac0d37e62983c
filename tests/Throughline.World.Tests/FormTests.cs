using Throughline.Core.Events;

namespace Throughline.World.Tests;

/// <summary>What is written is what the product's own reader takes.</summary>
public sealed class FormTests
{
    [Theory]
    [InlineData(Rendering.Observed)]
    [InlineData(Rendering.GivenTruth)]
    public void Lines_AreEventsOfFormV1(Rendering rendering)
    {
        Recording run = new(
            new()
            {
                People = 400,
                Days = 12,
                Seed = 11,
            },
            rendering
        );
        HashSet<EventType> types = [];
        foreach (Recording.Entry entry in run.Entries)
        {
            bool read = EventJson.TryParse(entry.Line, out RawEvent parsed, out Rejection rejection);
            Assert.True(
                read,
                $"{rejection.Reason} at {rejection.Pointer}: {System.Text.Encoding.UTF8.GetString(entry.Line)}"
            );
            Assert.Equal((entry.Truth.Type, entry.Time), (parsed.Type, parsed.Time));
            Assert.Equal(entry.Truth.EventId, System.Text.Encoding.UTF8.GetString(parsed.Id));
            Assert.True(parsed.PersonalProperties.IsEmpty);
            Assert.Equal(entry.Identifiers.Count(), parsed.IdentifierCount);
            types.Add(parsed.Type);
        }
        Assert.Superset(
            new HashSet<EventType>
            {
                EventType.Request,
                EventType.Impression,
                EventType.View,
                EventType.Click,
                EventType.Nurture,
                EventType.Conversion,
                EventType.Refund,
                EventType.Identify,
                EventType.Consent,
            },
            types
        );
    }

    [Fact]
    public void Identifiers_AsTyped_NormaliseToTheTruth()
    {
        Recording run = new(new() { People = 400, Days = 12 });
        HashSet<(string, string)> truth = [.. run.Truth.Identifiers.Select(one => (one.Type, one.Value))];
        int typed = 0;
        foreach (Recording.Entry entry in run.Once)
        {
            Assert.True(EventJson.TryParse(entry.Line, out RawEvent parsed, out _));
            for (int i = 0; i < parsed.IdentifierCount; i++)
            {
                RawIdentifier one = parsed.Identifier(i);
                string normal = System.Text.Encoding.UTF8.GetString(one.Normalised);
                Assert.Contains((one.Type, normal), truth);
                typed += one.Value.SequenceEqual(one.Normalised) ? 0 : 1;
            }
        }
        Assert.True(typed > 20, $"{typed} identifiers were typed by hand");
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SimulatedWorld(new() { People = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SimulatedWorld(new() { Days = 367 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SimulatedWorld(new() { LatePerMille = -1 }));
    }
}
