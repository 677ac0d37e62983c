using System.Diagnostics;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Replay;

namespace Throughline.Cli.Bench;

/// <summary>How fast the machine alone takes events, in memory, and how many bytes its state holds for each thing.</summary>
internal static class MachineBench
{
    private const int Stretch = 100_000;

    public static (Stretches Speed, IReadOnlyDictionary<string, double> BytesPerRow) Run(
        long events,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        var keys = new ScratchKeys();
        var tenant = new MemoryTenant(new("bench"), keys);
        var world = new EncodedWorld(keys, events);
        var records = new RecordBuffer();
        var speed = new Stretches();
        while (speed.Events < events)
        {
            cancellation.ThrowIfCancellationRequested();
            records.Clear();
            int count = world.Append(records, (int)Math.Min(Stretch, events - speed.Events));
            if (count == 0)
                break;
            long started = Stopwatch.GetTimestamp();
            for (int i = 0; i < count; i++)
                tenant.Apply(records[i]);
            speed.Add(count, started);
            progress.Report(speed.Events);
        }
        return (speed, BytesPerRow(tenant.Machine));
    }

    /// <summary>Arrays and their indexes together, divided by the rows of the array.</summary>
    private static Dictionary<string, double> BytesPerRow(TenantMachine machine)
    {
        var sizes = machine.Sizes().ToList();
        double Of(string array, params string[] beside)
        {
            long rows = sizes.Where(size => size.Name == array).Sum(size => size.Rows);
            long bytes = sizes.Where(size => size.Name == array || beside.Contains(size.Name)).Sum(size => size.Bytes);
            return rows == 0 ? 0 : Math.Round((double)bytes / rows, 2, MidpointRounding.ToEven);
        }
        return new()
        {
            ["identifier"] = Of("identity.identifiers", "identity.identifiers.index"),
            ["link"] = Of("identity.links", "identity.links.index"),
            ["touch"] = Of("attribution.touches"),
        };
    }
}
