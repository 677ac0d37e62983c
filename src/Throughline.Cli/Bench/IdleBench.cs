using System.Diagnostics;
using Throughline.Cli.Service;
using Throughline.Server;
using Throughline.Server.Tenants;

namespace Throughline.Cli.Bench;

/// <summary>Memory of tenants that were used and are used no more.</summary>
/// <param name="OpenMegabytes">While their cells are still open.</param>
/// <param name="ClosedMegabytes">Once the service has closed them as idle.</param>
internal sealed record IdleMemory(int Tenants, double OpenMegabytes, double ClosedMegabytes);

/// <summary>Creates tenants, lets each take a few events, and looks at what the process holds more than before.</summary>
internal static class IdleBench
{
    private const int EventsEach = 10;
    private static readonly TimeSpan IdleAfter = TimeSpan.FromMinutes(2);

    public static async Task<IdleMemory> RunAsync(
        string folder,
        int tenants,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        var clock = new ShiftedClock();
        ServeOptions options = ServiceConnection.OptionsFor(folder, "bench") with
        {
            IdleAfter = IdleAfter,
            Clock = clock,
        };
        await using ServiceConnection service = ServiceConnection.Over(
            await ServiceConnection.StartAsync(options, cancellation),
            folder
        );
        TenantRegistry registry = service.Own!.Registry;
        await UseAsync(service, "idle-first", cancellation); // code and pools that every later tenant shares
        double before = Megabytes();
        for (int i = 0; i < tenants; i++)
        {
            await UseAsync(service, $"idle-{i}", cancellation);
            progress.Report(i + 1);
        }
        double open = Megabytes();
        clock.Shift(2 * IdleAfter);
        while (registry.OpenCells > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellation);
        return new(tenants, Rounded(open - before), Rounded(Megabytes() - before));
    }

    private static async Task UseAsync(ServiceConnection service, string tenant, CancellationToken cancellation)
    {
        service.Own!.Registry.Create(TenantId.Parse(tenant), new());
        using var batch = new PlainClicks(0, EventsEach);
        await service.For(tenant).SendAsync(batch, backfill: false, cancellation);
    }

    private static double Rounded(double megabytes) => Math.Round(Math.Max(megabytes, 0), 1, MidpointRounding.ToEven);

    // What the process holds of the machine's memory, after garbage is gone.
    private static double Megabytes()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / 1e6;
    }

    /// <summary>The machine's clock, moved ahead once.</summary>
    private sealed class ShiftedClock : TimeProvider
    {
        private long shift;

        public void Shift(TimeSpan by) => Volatile.Write(ref shift, (long)(by.TotalSeconds * TimestampFrequency));

        public override long GetTimestamp() => System.GetTimestamp() + Volatile.Read(ref shift);
    }
}
