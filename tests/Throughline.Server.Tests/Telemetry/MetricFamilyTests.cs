using System.Diagnostics.Metrics;
using Throughline.Server.Telemetry;
using Throughline.Testing;

namespace Throughline.Server.Tests.Telemetry;

public sealed class MetricFamilyTests
{
    [Fact]
    public void Record_TagsAgainAndAgain_SumUpBySeries_WhateverTheirOrderOfArrival()
    {
        using Meter meter = new("test");
        MetricFamily family = MetricFamily.Of(meter.CreateCounter<long>("things"));
        for (int round = 0; round < 3; round++)
        for (int i = 0; i < 40; i++) // more than are remembered by their tags
            family.Record(i, [new("kind", $"k{i}"), new("code", i % 2)]);
        family.Record(1, []);
        family.Record(5, [new("kind", "k1")]);
        Dictionary<string, double> found = family.Series.ToDictionary(x => x.Key, x => x.Value.Read().Sum);
        Assert.Equal(42, found.Count);
        Assert.Equal((1, 5), (found[""], found["kind=\"k1\""]));
        for (int i = 0; i < 40; i++)
            Assert.Equal(3 * i, found[$"kind=\"k{i}\",code=\"{i % 2}\""]);
    }

    [Fact]
    public void Record_KnownTags_AllocatesNothing()
    {
        using Meter meter = new("test");
        MetricFamily family = MetricFamily.Of(meter.CreateUpDownCounter<long>("now"));
        KeyValuePair<string, object?>[] tags = [new("method", "GET"), new("scheme", "http")];
        Assert.Equal(0, ActionCost.AllocatedBytes(() => family.Record(1, tags), warm: 1));
    }
}
