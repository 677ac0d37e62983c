using System.Text;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Ingest;
using Throughline.Server.Tests.Kit;
using Throughline.Storage.Keys;
using Throughline.Testing;

namespace Throughline.Server.Tests.Ingest;

[Collection(nameof(Alone))]
public sealed class IngestSessionTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly ITenantKeys keys;
    private readonly IngestSession session = new();

    public IngestSessionTests() => keys = KeyFile.OpenOrCreate(folder.Path, "shop", TimeProvider.System);

    /// <summary>What the hot path allocates is what a request costs, not what an event costs.</summary>
    [Fact]
    public void Advance_ManyEvents_AllocatesNextToNothing()
    {
        const int Count = 10_000;
        const string More =
            ",\"identifiers\":[{\"type\":\"email\",\"value\":\"ada@example.com\"},{\"type\":\"loyalty\",\"value\":\"L-7\"}],"
            + "\"context\":{\"address\":\"203.0.113.7\",\"userAgent\":\"Mozilla/5.0\"},\"shelf\":{\"row\":3}";
        byte[] body = Encoding.UTF8.GetBytes(
            string.Join('\n', Enumerable.Range(0, Count).Select(i => TestService.Click($"event-{i}", More)))
        );
        int taken = 0;
        long bytes = ActionCost.AllocatedBytes(() => taken = Take(body), calls: 1, warm: 1);
        Assert.Equal(Count, taken);
        Assert.InRange(bytes / Count, 0, 8);
    }

    private int Take(byte[] body)
    {
        session.Begin(new(BodyForm.Lines, keys, IdentifierRules.Default, false, long.MaxValue, int.MaxValue));
        int sent = 0;
        while (true)
        {
            int count = Math.Min(body.Length - sent, session.Free().Length);
            body.AsMemory(sent, count).CopyTo(session.Free());
            session.Filled(count);
            sent += count;
            IngestStep step = session.Advance(last: count == 0);
            while (step == IngestStep.ChunkFull)
            {
                Settle();
                step = session.Advance(last: count == 0);
            }
            if (step == IngestStep.NeedMore)
                continue;
            Assert.Equal(IngestStep.End, step);
            Settle();
            int accepted = session.Results.Accepted;
            session.Finish();
            session.Clear();
            return accepted;
        }
    }

    private void Settle()
    {
        RecordBuffer chunk = session.TakeChunk();
        session.Results.Settle(new(new ApplyStatus[chunk.Count], []));
        RecordBufferPool.Return(chunk);
    }

    public void Dispose()
    {
        keys.Dispose();
        folder.Dispose();
    }
}
