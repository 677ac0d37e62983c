using System.Collections.Concurrent;
using System.Text.Json;

namespace Throughline.Cli.Tests.Faults;

/// <summary>What the senders know: which events a 200 has answered for. Thread-safe.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, string> acknowledged = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<LoadBatch> batches = new();

    /// <summary>Ids that were acknowledged.</summary>
    public ICollection<string> Acknowledged => acknowledged.Keys;

    /// <summary>Batches that were acknowledged, in that order.</summary>
    public IReadOnlyCollection<LoadBatch> Batches => batches;

    /// <summary>Takes ids that were acknowledged to somebody else; each once.</summary>
    public void Acknowledge(IEnumerable<string> ids)
    {
        foreach (string id in ids)
            Assert.True(acknowledged.TryAdd(id, "accepted"), $"{id} is there twice");
    }

    /// <summary>Reads the answer to a batch; checks that it goes with all that was answered before.</summary>
    public void Acknowledge(LoadBatch batch, JsonElement answer)
    {
        JsonElement results = answer.GetProperty("results");
        Assert.Equal(batch.Ids.Length, results.GetArrayLength());
        bool isNew = false;
        for (int i = 0; i < batch.Ids.Length; i++)
        {
            string id = results[i].GetProperty("id").GetString()!;
            string status = results[i].GetProperty("status").GetString()!;
            Assert.Equal(batch.Ids[i], id);
            Assert.True(status is "accepted" or "duplicate", $"{id}: {results[i]}");
            if (acknowledged.TryAdd(id, status))
                isNew = true;
            else
                Assert.True(status == "duplicate", $"{id} was acknowledged before, and is {status} now");
        }
        if (isNew)
            batches.Enqueue(batch);
    }
}
