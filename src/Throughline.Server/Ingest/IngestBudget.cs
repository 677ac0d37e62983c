using System.Collections.Concurrent;
using Throughline.Server.Api;
using Throughline.Server.Tenants;

namespace Throughline.Server.Ingest;

/// <summary>
/// Counts the bytes of bodies under way, of the process and of each tenant, so that memory has a bound and one tenant
/// cannot take the others' share.
/// </summary>
internal sealed class IngestBudget(ServerLimits limits)
{
    private readonly ServerLimits limits = limits;

    /// <summary>What a request costs before its first byte: its buffers.</summary>
    private const long RequestBytes = 32 * 1024;

    private readonly ConcurrentDictionary<TenantId, TenantShare> shares = new();
    private long inFlight;

    public long InFlight => Volatile.Read(ref inFlight);

    /// <summary>Starts a request's account.</summary>
    /// <exception cref="IngestException">There is no room.</exception>
    public Account Open(TenantId tenant)
    {
        Account account = new(this, shares.GetOrAdd(tenant, static _ => new()));
        account.Add(RequestBytes);
        return account;
    }

    internal sealed class TenantShare
    {
        public long InFlight;
    }

    /// <summary>One request's bytes. Not for use by several threads at once.</summary>
    internal sealed class Account : IDisposable
    {
        private readonly IngestBudget budget;
        private readonly TenantShare share;
        private long held;

        internal Account(IngestBudget budget, TenantShare share)
        {
            this.budget = budget;
            this.share = share;
        }

        /// <exception cref="IngestException">There is no room for so many more.</exception>
        public void Add(long bytes)
        {
            long ofTenant = Interlocked.Add(ref share.InFlight, bytes);
            long ofProcess = Interlocked.Add(ref budget.inFlight, bytes);
            held += bytes;
            if (ofTenant <= budget.limits.InFlightBytesPerTenantMax && ofProcess <= budget.limits.InFlightBytesMax)
                return;
            Dispose();
            throw new IngestException(
                ofTenant > budget.limits.InFlightBytesPerTenantMax ? ProblemReason.TenantBusy : ProblemReason.Overloaded
            );
        }

        public void Dispose()
        {
            Interlocked.Add(ref share.InFlight, -held);
            Interlocked.Add(ref budget.inFlight, -held);
            held = 0;
        }
    }
}
