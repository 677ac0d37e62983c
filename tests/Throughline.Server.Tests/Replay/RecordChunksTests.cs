using System.Text;
using Throughline.Server.Replay;
using Throughline.Testing;

namespace Throughline.Server.Tests.Replay;

public sealed class RecordChunksTests
{
    [Fact]
    public void AddAndRemove_AnySequence_EqualsAList()
    {
        Random random = Seeds.Random();
        RecordChunks chunks = new();
        List<byte[]> model = [];
        for (int step = 0; step < 60_000; step++)
        {
            if (model.Count > 0 && random.Next(4) == 0)
            {
                chunks.RemoveLast();
                model.RemoveAt(model.Count - 1);
            }
            else
            {
                model.Add(Encoding.ASCII.GetBytes($"record {step}"));
                chunks.Add(model[^1]);
            }
            Assert.Equal(model.Count, chunks.Count);
        }

        Assert.True(model.Count > 3 * 8192);
        for (int i = 0; i < model.Count; i++)
            Assert.True(chunks[i].SequenceEqual(model[i]), $"record {i}");
    }
}
