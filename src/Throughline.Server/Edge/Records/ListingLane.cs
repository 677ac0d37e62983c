using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Telemetry;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge.Records;

/// <summary>
/// What rules of one tenant put into lists, on its way into the log: looked up at once, durable a little later, so that no decision waits.
/// The first is stored at once, others in batches, <see cref="Pause"/> apart. A client that goes on matching is renewed in the log only once a
/// tenth of its time has passed: after a restart an entry may end so much early.
/// </summary>
internal sealed class ListingLane : IAsyncDisposable
{
    /// <summary>Entries that wait at most; what comes beyond counts until it expires, but not over a restart.</summary>
    public const int WaitingMax = 65_536;

    /// <summary>Between two batches: with what is in memory it bounds what a killed process loses.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private const int RenewalParts = 10;

    private readonly TenantId tenant;
    private readonly TenantRegistry registry;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim wake = new(0);
    private readonly Task loop;
    private Dictionary<Key, Listing> waiting = [];
    private Dictionary<Key, long> stored = []; // until when, of those that need no renewal yet
    private List<TaskCompletionSource> asked = [];
    private TaskCompletionSource? hurry;
    private bool isSignalled;
    private bool isClosing;
    private long toldAt;

    public ListingLane(TenantId tenant, TenantRegistry registry, TimeProvider clock, ILogger logger)
    {
        (this.tenant, this.registry, this.clock, this.logger) = (tenant, registry, clock, logger);
        loop = Task.Run(RunAsync);
    }

    /// <summary>Takes what one decision or answer has listed; never waits.</summary>
    public void Add(IReadOnlyList<Listing> listings)
    {
        lock (gate)
            foreach (Listing listing in listings)
                Add(listing);
    }

    /// <summary>Completes when all that was added so far is stored, or lost. From then on every listing is stored, renewal or not: somebody else
    /// changes the lists.</summary>
    public async Task DrainAsync()
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (isClosing)
                return;
            asked.Add(done);
            hurry?.TrySetResult();
            Signal();
        }
        await done.Task;
        lock (gate)
            stored.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            isClosing = true;
            hurry?.TrySetResult();
            Signal();
        }
        await loop;
        wake.Dispose();
    }

    private void Add(in Listing listing)
    {
        if (!listing.IsTaken)
        {
            GateInstruments.ListFull.Add(1);
            if (toldAt != 0 && clock.GetElapsedTime(toldAt) < TimeSpan.FromMinutes(1))
                return;
            toldAt = Math.Max(1, clock.GetTimestamp());
            GateEvents.ListFull(logger, tenant.Value, listing.List.Name, listing.List.EntriesMax);
            return;
        }
        Key key = new(listing.List, listing.Source, listing.Address.Bits, listing.Address.IsV6);
        if (stored.TryGetValue(key, out long until) && listing.ExpiresAt - until < listing.ForMs / RenewalParts)
            return;
        if (waiting.Count >= WaitingMax && !waiting.ContainsKey(key))
        {
            GateInstruments.ListingsLost.Add(1);
            return;
        }
        waiting[key] = listing;
        Signal();
    }

    private async Task RunAsync()
    {
        for (bool goesOn = true; goesOn; )
        {
            await wake.WaitAsync();
            List<TaskCompletionSource> served;
            lock (gate)
                (isSignalled, goesOn, served, asked) = (false, !isClosing, asked, []);
            await StoreAsync();
            served.ForEach(one => one.SetResult());
            if (goesOn && served.Count == 0)
                await PauseAsync();
        }
        lock (gate)
            isSignalled = true; // nobody wakes it again
    }

    // Until it is over, or somebody is in a hurry.
    private async Task PauseAsync()
    {
        Task told;
        lock (gate)
        {
            if (isClosing || asked.Count > 0)
                return;
            hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);
            told = hurry.Task;
        }
        using CancellationTokenSource over = new();
        await Task.WhenAny(told, Task.Delay(Pause, clock, over.Token));
        await over.CancelAsync();
    }

    private void Signal()
    {
        if (isSignalled)
            return;
        isSignalled = true;
        wake.Release();
    }

    private async Task StoreAsync()
    {
        Dictionary<Key, Listing> batch;
        lock (gate)
        {
            if (waiting.Count == 0)
                return;
            (batch, waiting) = (waiting, []);
            Remember(batch);
        }
        try
        {
            using (CellLease lease = await registry.UseAsync(tenant, CancellationToken.None))
                await lease.Cell.Gate.ChangeListsAsync(Changes(batch.Values), CancellationToken.None);
            GateInstruments.ListingsStored.Add(batch.Count);
        }
        catch (Exception error) // the lane goes on whatever happens to a batch
        {
            lock (gate)
                foreach (Key key in batch.Keys)
                    stored.Remove(key); // the next match stores it
            GateInstruments.ListingsLost.Add(batch.Count);
            GateEvents.ListingsLost(logger, tenant.Value, batch.Count, error.GetType().Name, error.Message);
        }
    }

    private void Remember(Dictionary<Key, Listing> batch)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (stored.Count + batch.Count > WaitingMax)
            stored = stored.Where(one => one.Value > now).ToDictionary();
        if (stored.Count + batch.Count > WaitingMax)
            stored.Clear(); // then some are stored again before it is due
        foreach ((Key key, Listing listing) in batch)
            stored[key] = listing.ExpiresAt;
    }

    private static List<GateListChange> Changes(IEnumerable<Listing> batch) =>
        [
            .. batch
                .GroupBy(listing => (listing.List, listing.Source))
                .Select(group => new GateListChange(
                    group.Key.List.Name,
                    group.Key.List.Kind,
                    ListChangeKind.Add,
                    group.Key.Source,
                    [
                        .. group.Select(listing => new ListEntryDocument(
                            listing.Address.Text,
                            listing.ExpiresAt,
                            listing.Source,
                            listing.Reason
                        )),
                    ]
                )),
        ];

    private readonly record struct Key(GateList List, string Source, UInt128 Bits, bool IsV6);
}
