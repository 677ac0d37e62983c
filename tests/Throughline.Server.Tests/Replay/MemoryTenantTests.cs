using System.Text;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Replay;
using Throughline.Testing;

namespace Throughline.Server.Tests.Replay;

public sealed class MemoryTenantTests
{
    private static readonly TenantSettings Settings = new("memory");

    private static RecordBuffer Records(IEnumerable<string> events)
    {
        EventEncoder encoder = new(new ScratchKeys());
        RecordBuffer records = new();
        foreach (string json in events)
        {
            bool valid = EventJson.TryParse(Encoding.UTF8.GetBytes(json), out RawEvent parsed, out Rejection rejection);
            Assert.True(valid, rejection.ToString());
            encoder.Encode(parsed, backfill: true, records);
        }
        return records;
    }

    private static IEnumerable<string> Events(Random random, int count)
    {
        for (int i = 0; i < count; i++)
        {
            long time = 1_780_000_000_000 + random.Next(20 * 86_400_000 / 1000) * 1000L;
            string type = random.Next(10) == 0 ? "conversion" : "click";
            string more =
                type == "conversion"
                    ? """ "conversion":{"value":{"minor":999,"currency":"EUR"}} """
                    : """ "campaign":"c" """;
            yield return $$$"""{"id":"e-{{{i}}}","type":"{{{type}}}","time":{{{time}}},"identifiers":[{"type":"user","value":"u{{{random.Next(40)}}}"},{"type":"cookie","value":"c{{{random.Next(200)}}}"}],{{{more}}}}""";
        }
    }

    [Fact]
    public void Apply_RefusedEvents_LeaveNoTrace()
    {
        RecordBuffer records = Records(Events(Seeds.Random(), 200));
        MemoryTenant once = new(Settings, new ScratchKeys());
        MemoryTenant twice = new(Settings, new ScratchKeys());
        for (int i = 0; i < records.Count; i++)
        {
            Assert.Equal(ApplyStatus.Accepted, once.Apply(records[i]));
            Assert.Equal(ApplyStatus.Accepted, twice.Apply(records[i]));
            Assert.Equal(ApplyStatus.Duplicate, twice.Apply(records[i / 2]));
        }

        Assert.Equal(once.Machine.PageHash(), twice.Machine.PageHash());
        Assert.True(twice.Read(150).SequenceEqual(once.Read(150)));
    }

    [Fact]
    public void ByTime_AnyArrival_GivesTheSameResults()
    {
        MemoryTenant tenant = new(Settings, new ScratchKeys());
        RecordBuffer records = Records(Events(Seeds.Random(), 3000));
        for (int i = 0; i < records.Count; i++)
            tenant.Apply(records[i]);
        tenant.Settle();

        MemoryTenant other = tenant.ByTime(Settings, null, TestContext.Current.CancellationToken);

        Assert.NotEqual(default, tenant.Machine.ResultsDigest());
        Assert.Equal(tenant.Machine.ResultsDigest(), other.Machine.ResultsDigest());
    }

    [Fact]
    public void ReadResult_Kept_AreAllThatWereGiven()
    {
        MemoryTenant tenant = new(Settings, new ScratchKeys(), keepsResults: true);
        RecordBuffer records = Records(Events(Seeds.Random(), 100));
        for (int i = 0; i < records.Count; i++)
            tenant.Apply(records[i]);

        Assert.True(tenant.Machine.NextResult > 0);
        for (long sequence = 0; sequence < tenant.Machine.NextResult; sequence++)
            Assert.Equal(ResultRecord.CurrentVersion, ResultRecord.FromTrusted(tenant.ReadResult(sequence)).Version);
    }
}
