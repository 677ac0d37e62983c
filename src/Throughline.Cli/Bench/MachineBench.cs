using System.Diagnostics;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Replay;

namespace Throughline.Cli.Bench;

/// <summary>How fast the machine alone takes events, in memory, and how many bytes its state holds for each thing.</summary>
internal static class MachineBench
{
    // Events of a machine that is thrown away: the compiler optimises the code from what it sees there, as in a service that
    // has run for a second.
    private const int WarmUp = 300_000;
    private const int Stretch = 10_000; // as many as a busy writer takes at a time

    public static (Stretches Speed, IReadOnlyDictionary<string, double> BytesPerRow, Cost Cost) Run(
        long events,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        Measure(WarmUp, new Progress<long>(), cancellation);
        return Measure(events, progress, cancellation);
    }

    private static (Stretches Speed, IReadOnlyDictionary<string, double> BytesPerRow, Cost Cost) Measure(
        long events,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        var keys = new ScratchKeys();
        var history = new MadeHistory();
        var machine = new TenantMachine(new("bench"), history);
        var world = new EncodedWorld(keys, events);
        var results = new RecordBuffer();
        var speed = new Stretches();
        CostMeter meter = new();
        while (speed.Events < events)
        {
            cancellation.ThrowIfCancellationRequested();
            int most = (int)Math.Min(Math.Min(Stretch, events - speed.Events), speed.LeftOfWindow);
            int count = meter.Aside(() => world.Append(history.Begin(), most));
            if (count == 0)
                break;
            long started = Stopwatch.GetTimestamp();
            Apply(machine, history, count, results);
            speed.Add(count, started);
            history.TakeRetired(machine);
            progress.Report(speed.Events);
        }
        Cost cost = meter.Of("in memory", speed.Events).WithMemory(machine.Sizes().Sum(size => size.Bytes));
        return (speed, BytesPerRow(machine), cost);
    }

    // A method of its own, so that it is compiled for the loop from its first call on.
    private static void Apply(TenantMachine machine, MadeHistory history, int count, RecordBuffer results)
    {
        for (int i = 0; i < count; i++)
        {
            history.Apply(machine, i, results);
            results.Clear();
        }
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
            ["identifier"] = Of("identity.identifiers", "identity.counts", "identity.identifiers.index"),
            ["link"] = Of("identity.links", "identity.links.index"),
            ["touch"] = Of("attribution.touches"),
        };
    }
}
