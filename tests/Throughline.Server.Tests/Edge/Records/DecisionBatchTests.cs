using Throughline.Core.Events;
using Throughline.Server.Tenants;
using Throughline.Testing;

namespace Throughline.Server.Tests.Edge.Records;

/// <summary>Decisions wait beside one another, not each in objects of its own.</summary>
public sealed class DecisionBatchTests
{
    [Fact]
    public void Add_Warm_AllocatesNothing()
    {
        DecisionBatch batch = new();
        byte[] record = new byte[200];
        DecisionEntry entry = new("1-2-3", 0, null, "agent", DecisionAction.Allow, 0);
        int held = 0;
        void Fill()
        {
            for (int i = 0; i < 1000; i++)
                batch.Add(entry, record);
            held = batch.Count;
            batch.Clear();
        }
        Assert.Equal(0, ActionCost.AllocatedBytes(Fill, calls: 1, warm: 2));
        Assert.Equal(1000, held);
    }

    [Fact]
    public void Record_OfEach_IsTheOneThatWasAdded()
    {
        DecisionBatch batch = new();
        for (byte i = 0; i < 100; i++)
            batch.Add(
                new(new string('x', i), i, null, null, DecisionAction.Deny, i),
                Enumerable.Repeat(i, i).ToArray()
            );
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal((i, i), (batch[i].Id.Length, batch[i].Score));
            Assert.Equal(Enumerable.Repeat((byte)i, i), batch.Record(i).ToArray());
        }
    }
}
