using System.Text.Json;
using Throughline.Core.Events;
using Throughline.World.Truth;

namespace Throughline.World.Tests;

public sealed class GivenTruthTests
{
    private static readonly WorldOptions Options = new()
    {
        People = 400,
        Days = 20,
        Seed = 5,
    };

    private readonly Recording observed = new(Options);
    private readonly Recording given = new(Options, Rendering.GivenTruth);

    [Fact]
    public void GivenTruth_AfterTheLabels_SameEventsInTheSameOrder()
    {
        List<Recording.Entry> events = [.. given.Entries.SkipWhile(entry => entry.Truth.Type == EventType.Label)];
        Assert.DoesNotContain(events, entry => entry.Truth.Type == EventType.Label);
        Assert.Equal(
            observed.Entries.Select(entry => (entry.Truth, entry.Time, entry.Arrival)),
            events.Select(entry => (entry.Truth, entry.Time, entry.Arrival))
        );
        Assert.All(
            observed.Entries.Zip(events),
            pair => Assert.Equal(WithoutIdentifiers(pair.First), WithoutIdentifiers(pair.Second))
        );
    }

    [Fact]
    public void GivenTruth_EachEvent_NamesItsActorAndNothingElse() =>
        Assert.All(
            given.Entries.Where(entry => entry.Truth.Type != EventType.Label),
            entry =>
                Assert.Equal(
                    [("user", entry.Truth.ActorName), ("device", "truth-" + entry.Truth.ActorName)],
                    entry.Identifiers
                )
        );

    [Fact]
    public void GivenTruth_EachActor_HasOneLabelOverTheRun()
    {
        Dictionary<string, Recording.Entry> labels = given
            .Entries.Where(entry => entry.Truth.Type == EventType.Label)
            .ToDictionary(entry => entry.Identifiers.Single(one => one.Type == "device").Value);
        foreach (Recording.Entry entry in given.Entries)
        {
            JsonElement label = labels["truth-" + entry.Truth.ActorName].Json.GetProperty("label");
            string verdict = Recording.Entry.Text(label, "verdict");
            Assert.Equal(KindNames.NameOf(entry.Truth.Kind), verdict);
            Assert.InRange(entry.Time, Instant(label, "from"), Instant(label, "to"));
        }
    }

    [Fact]
    public void Truth_OfBothRenderings_IsTheSame()
    {
        Assert.Equal(observed.Truth.Events, given.Truth.Events);
        Assert.Equal(observed.Truth.Identifiers.Count, given.Truth.Identifiers.Count);
        Assert.Equal(
            observed.Truth.Conversions.Select(one => (one.Id, one.Status, one.Unattributed)),
            given.Truth.Conversions.Select(one => (one.Id, one.Status, one.Unattributed))
        );
    }

    private static long Instant(JsonElement json, string name) =>
        json.GetProperty(name).GetDateTimeOffset().ToUnixTimeMilliseconds();

    private static string WithoutIdentifiers(Recording.Entry entry) =>
        string.Join(
            '|',
            entry
                .Json.EnumerateObject()
                .Where(member => member.Name != "identifiers")
                .Select(member => member.Value.GetRawText())
        );
}
