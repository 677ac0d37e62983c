using Throughline.Core.Events;
using Throughline.Storage.InMemory;
using Throughline.Storage.Log;
using Throughline.Testing.Log;

namespace Throughline.Storage.Tests.Log;

public sealed class FaultingTenantLogTests
{
    [Theory]
    [InlineData(CommitFault.Refused, false, 1)]
    [InlineData(CommitFault.LostUnknown, true, 1)]
    [InlineData(CommitFault.DurableUnknown, true, 2)]
    public void Commit_TheFailingOne_DoesWhatItsFaultSays(CommitFault fault, bool unknown, long durable)
    {
        InMemoryTenantLog.Medium medium = new();
        RecordBuffer one = new();
        one.Append([1]);
        DateOnly day = new(2026, 11, 22);
        using FaultingTenantLog log = new(new InMemoryTenantLog(medium), failAt: 2, fault);
        log.Commit(new(one, new(), day));
        LogException e = Assert.Throws<LogException>(() => log.Commit(new(one, new(), day)));
        Assert.Equal(unknown, e.OutcomeUnknown);
        Assert.Throws<ObjectDisposedException>(() => log.Commit(new(one, new(), day)));
        Assert.Equal(durable, new InMemoryTenantLog(medium).NextPosition);
    }
}
