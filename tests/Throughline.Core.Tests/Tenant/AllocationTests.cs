using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Tenant;

/// <summary>
/// What an event allocates in the machine. Growing state must allocate pages now and then; everything else on the hot path
/// allocates nothing. Nothing runs beside it: a collection that another thread causes would be told of as this one's.
/// </summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests
{
    private const string Browser =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36";
    private const int Events = 30_000;

    [Theory]
    [InlineData(EventType.Request, 0.995, 0, 100)]
    [InlineData(EventType.Click, 0.995, 0, 125)]
    [InlineData(EventType.Conversion, 0.99, 256, 350)]
    public void Apply_OfKnownIdentifiers_AllocatesNoMoreThanPinned(
        EventType type,
        double quietShare,
        long quietBytes,
        double bytesPerEvent
    )
    {
        List<byte[]> records = [.. Enumerable.Range(0, 2 * Events).Select(i => Make(i, type))];
        Log log = new(records);
        TenantMachine machine = new(new("test"), log);
        RecordBuffer results = new();
        CampaignRule rule = new(
            "a",
            1,
            3_600_000,
            CreditModel.Linear,
            0,
            CampaignRule.DefaultGroup,
            0,
            long.MaxValue,
            true,
            0,
            0
        );
        machine.Apply(
            new Fact("rule", EventType.Control, 0) { Document = ControlDocument.Campaign(rule) }.Encode(),
            results
        );
        int quiet = 0;
        long total = 0;
        long most = 0;
        for (int i = 0; i < records.Count; i++)
        {
            results.Clear();
            long before = GC.GetAllocatedBytesForCurrentThread();
            machine.Apply(records[i], results);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (i < Events)
                continue; // warm-up
            quiet += allocated <= quietBytes ? 1 : 0;
            total += allocated;
            most = Math.Max(most, allocated);
        }
        string figures =
            $"{type}: {(double)quiet / Events:P2} of events at most {quietBytes} bytes, {(double)total / Events:F1} bytes per event, most {most}";
        TestContext.Current.TestOutputHelper?.WriteLine(figures);
        Assert.True((double)quiet / Events >= quietShare && (double)total / Events <= bytesPerEvent, figures);
    }

    // 200 people, each with a cookie and an e-mail address, in one hour.
    private static byte[] Make(int i, EventType type)
    {
        int person = i % 200;
        return new Fact($"e{i}", type, FactGenerator.Start + i * 60)
        {
            Identifiers = [("cookie", $"c{person}"), ("email", $"m{person}")],
            Address = $"192.0.2.{person}",
            UserAgent = Browser,
            Campaign = type == EventType.Click ? "a" : null,
            Minor = type == EventType.Conversion ? 100 : null,
        }.Encode();
    }

    private sealed class Log(List<byte[]> records) : IHistory
    {
        public ReadOnlySpan<byte> Read(long position) => records[(int)position - 1];

        public bool TryFindId(Token id, long before, out long position)
        {
            position = 0;
            return false;
        }
    }
}
