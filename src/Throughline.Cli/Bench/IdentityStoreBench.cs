using System.Diagnostics;
using Throughline.Cli.Service;
using Throughline.Core.Events;
using Throughline.Server.Tenants;

namespace Throughline.Cli.Bench;

/// <summary>
/// Links made durable through a tenant's writer, and resolving over HTTP: a service is given customers of four identifiers each
/// until it knows so many, then links of a customer at random with a new device, one an event, and then questions.
/// </summary>
internal static class IdentityStoreBench
{
    public const string Tenant = "bench-identity";

    private const int Batch = 2048;
    private const int BatchesInFlight = 4;
    private const int Stretch = 64; // batches at most that are made ahead of the clock
    private const int Rounds = 4; // stretches of links
    private const int Questions = 20_000; // at most

    public static async Task<IdentityStoreFigures> RunAsync(
        ServiceConnection service,
        string folder,
        long identifiers,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        await service.EnsureTenantAsync(Tenant, cancellation);
        long customers = identifiers / IdentityEvents.IdentifiersPerCustomer;
        int stretch = (int)Math.Clamp(customers / Batch, 1, Stretch);
        Random chance = new(1);
        Stretches stored = new();
        Stretches links = new();
        double disk;
        Cost cost;
        using (CellLease lease = await service.Own!.Registry.UseAsync(TenantId.Parse(Tenant), cancellation))
        {
            IdentityEvents events = new(lease.Cell.Keys);
            CostMeter meter = new();
            List<RecordBuffer> made = [.. Enumerable.Range(0, stretch).Select(_ => new RecordBuffer())];
            for (long customer = 0; customer < customers; )
            {
                long first = customer;
                customer = meter.Aside(() => Make(events, made, first, customers));
                long from = Stopwatch.GetTimestamp();
                await SubmitAsync(lease.Cell, made, cancellation);
                stored.Add(made.Sum(batch => batch.Count), from);
                progress.Report(customer * IdentityEvents.IdentifiersPerCustomer);
            }
            await SettleAsync(service, cancellation);
            cost = meter.Of("identify events of four identifiers, durable", stored.Events);
            disk = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
            for (int round = 0; round < Rounds; round++)
            {
                foreach (RecordBuffer batch in made)
                {
                    batch.Clear();
                    for (int i = 0; i < Batch; i++)
                        events.Link(batch, chance.NextInt64(customers));
                }
                long started = Stopwatch.GetTimestamp();
                await SubmitAsync(lease.Cell, made, cancellation);
                links.Add(stretch * Batch, started);
            }
        }
        Latencies http = await AskAsync(service, customers, chance, cancellation);
        return new(
            stored.PerSecond,
            links.PerSecond,
            http,
            Math.Round(disk / (customers * IdentityEvents.IdentifiersPerCustomer), 1, MidpointRounding.ToEven),
            cost with
            {
                DiskBytesPerMillion = (long)(disk * 1e6 / cost.Events),
            }
        );
    }

    // Gives the customer after the last.
    private static long Make(IdentityEvents events, List<RecordBuffer> made, long customer, long customers)
    {
        foreach (RecordBuffer batch in made)
        {
            batch.Clear();
            for (int i = 0; i < Batch && customer < customers; i++)
                events.Whole(batch, customer++);
        }
        return customer;
    }

    private static async Task SubmitAsync(ITenantCell cell, List<RecordBuffer> made, CancellationToken cancellation)
    {
        Queue<Task<SubmitReceipt>> inFlight = [];
        foreach (RecordBuffer batch in made.Where(batch => batch.Count > 0))
        {
            if (inFlight.Count == BatchesInFlight)
                Check(await inFlight.Dequeue());
            inFlight.Enqueue(cell.SubmitAsync(batch, cancellation).AsTask());
        }
        foreach (Task<SubmitReceipt> last in inFlight)
            Check(await last);
    }

    private static void Check(SubmitReceipt receipt)
    {
        if (receipt.Statuses.Any(status => status != Core.Tenant.ApplyStatus.Accepted))
            throw new InvalidOperationException("an event of the bench was not accepted");
    }

    private static async Task SettleAsync(ServiceConnection service, CancellationToken cancellation)
    {
        using var state = await service.For(Tenant).GetAsync("v1/state?settled=true", cancellation);
    }

    private static async Task<Latencies> AskAsync(
        ServiceConnection service,
        long customers,
        Random chance,
        CancellationToken cancellation
    )
    {
        ServiceClient client = service.For(Tenant);
        var ticks = new long[Math.Min(Questions, customers)];
        for (int i = -ticks.Length / 4; i < ticks.Length; i++) // the first ones warm up
        {
            byte[] question = IdentityEvents.Question(chance.NextInt64(customers));
            long started = Stopwatch.GetTimestamp();
            using var answer = await client.SendAsync(HttpMethod.Post, "v1/customers/resolve", question, cancellation);
            if (i >= 0)
                ticks[i] = Stopwatch.GetTimestamp() - started;
        }
        return Latencies.Of(ticks, 1e3);
    }
}

/// <summary>What <see cref="IdentityStoreBench"/> measured.</summary>
/// <param name="StoredPerSecond">Events of a customer's four identifiers each, until all are stored.</param>
/// <param name="HttpMs">A question and its whole answer, one after another over one connection; milliseconds.</param>
/// <param name="DiskBytes">Of the data folder, once the identifiers are stored, by identifier: their events too.</param>
internal sealed record IdentityStoreFigures(
    double StoredPerSecond,
    double LinksPerSecond,
    Latencies HttpMs,
    double DiskBytes,
    Cost Cost
);
