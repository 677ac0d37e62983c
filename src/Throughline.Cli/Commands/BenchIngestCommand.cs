using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Throughline.Cli.Bench;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;
using Throughline.Cli.Service;
using Throughline.Server.Tenants;

namespace Throughline.Cli.Commands;

/// <summary><c>bench ingest</c>: how fast this machine takes events in, and what they cost in memory.</summary>
internal sealed class BenchIngestCommand : CliCommand
{
    private readonly Option<long> events = new("--events")
    {
        Description = "How many events each run takes: over HTTP, through the writer, in memory.",
        HelpName = "N",
        DefaultValueFactory = _ => 3_000_000,
    };

    private readonly Option<int> ackSeconds = new("--ack-seconds")
    {
        Description = "How long single events are sent at 1,000 a second.",
        HelpName = "N",
        DefaultValueFactory = _ => 15,
    };

    private readonly Option<int> tenants = new("--tenants")
    {
        Description = "How many idle tenants are weighed.",
        HelpName = "N",
        DefaultValueFactory = _ => 1000,
    };

    public BenchIngestCommand()
        : base(
            "ingest",
            "Measure ingest on the demo's mix of events. Works in a folder of its own below --data, which it removes.",
            new Example("./throughline bench ingest", "Three million events a run: some minutes."),
            new Example("./throughline bench ingest --events 20000000 --json", "The long run, for a script.")
        )
    {
        Add(events);
        Add(ackSeconds);
        Add(tenants);
        events.Validators.Add(result => RequirePositive(result, result.Number<long>()));
        ackSeconds.Validators.Add(result => RequirePositive(result, result.Number<int>()));
        tenants.Validators.Add(result => RequirePositive(result, result.Number<int>()));
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        string folder = Path.Combine(context.DataFolder, $"bench-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        try
        {
            BenchReport report = await MeasureAsync(context, folder, cancellation);
            Print(context.Output, report);
            context.Output.Result(report);
            return ExitCode.Done;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void RequirePositive(OptionResult option, long? value)
    {
        if (value < 1)
            option.AddError($"{option.Option.Name} must be at least 1.");
    }

    private async Task<BenchReport> MeasureAsync(CommandContext context, string folder, CancellationToken cancellation)
    {
        ICommandOutput output = context.Output;
        long count = context.Get(events);
        int seconds = context.Get(ackSeconds);
        int idle = context.Get(tenants);
        // Memory first, before the other runs leave theirs.
        IdleMemory memory = await output.ProgressAsync(
            "Idle tenants",
            idle,
            progress => IdleBench.RunAsync(Path.Combine(folder, "idle"), idle, progress, cancellation)
        );
        (Stretches http, AckTimes acks, Cost overHttp, (double Native, double Segment) doors) = await OverHttpAsync(
            output,
            Path.Combine(folder, "http"),
            count,
            seconds,
            cancellation
        );
        (Stretches writer, Recovery restart, Cost written) = await output.ProgressAsync(
            "Through the writer",
            count,
            progress => WriterBench.RunAsync(folder, count, progress, cancellation)
        );
        (Stretches machine, IReadOnlyDictionary<string, double> bytes, Cost applied) = await output.ProgressAsync(
            "In memory",
            count,
            progress => Task.Run(() => MachineBench.Run(count, progress, cancellation), cancellation)
        );
        IReadOnlyList<KindCost> kinds = await output.ProgressAsync(
            "By kind",
            count,
            progress => Task.Run(() => KindBench.Run(count, progress, cancellation), cancellation)
        );
        return new(
            count,
            http.PerSecond,
            writer.PerSecond,
            machine.PerSecond,
            http.LastToFirst,
            writer.LastToFirst,
            machine.LastToFirst,
            acks,
            doors.Native,
            doors.Segment,
            bytes["identifier"],
            bytes["link"],
            bytes["touch"],
            Figures.Seconds(restart.Elapsed.TotalSeconds),
            restart.Replayed,
            memory.Tenants,
            memory.IdleMegabytes,
            memory.OpenMegabytes,
            [overHttp, written, applied],
            kinds,
            Environment.ProcessorCount
        );
    }

    private static async Task<(
        Stretches Speed,
        AckTimes Acks,
        Cost Cost,
        (double Native, double Segment) Doors
    )> OverHttpAsync(ICommandOutput output, string folder, long count, int seconds, CancellationToken cancellation)
    {
        Stretches speed;
        Cost cost;
        await using (ServiceProcess process = await ServiceProcess.StartAsync(folder, cancellation))
        {
            await using ServiceConnection measured = await ServiceConnection.OpenAsync(folder, "bench", cancellation);
            CostMeter meter = new(() => process.Worked);
            speed = await output.ProgressAsync(
                "Over HTTP",
                count,
                progress => HttpBench.RunAsync(measured, count, progress, cancellation)
            );
            using (await measured.For(HttpBench.Tenant).GetAsync("v1/state?settled=true", cancellation)) { }
            cost = meter.Of("over HTTP, durable", speed.Events);
        }
        cost = cost.WithDisk(folder);
        await using ServiceConnection service = await ServiceConnection.OpenAsync(folder, "bench", cancellation);
        AckTimes acks = await output.ProgressAsync(
            "Single events at 1,000 a second",
            null,
            progress => AckBench.RunAsync(service, seconds, progress, cancellation)
        );
        (double Native, double Segment) doors = await output.ProgressAsync(
            "Clicks in our form and in Segment's",
            null,
            progress => DoorBench.RunAsync(service, Math.Min(count, DoorBench.EventsMax), progress, cancellation)
        );
        return (speed, acks, cost, doors);
    }

    private static void Print(ICommandOutput output, BenchReport report)
    {
        void Line(FormattableString text) => output.Line(text.ToString(CultureInfo.InvariantCulture));
        Line($"{report.Events:N0} events of the demo's mix, {report.Processors} processors");
        Line($"Over HTTP, durable       {report.HttpEventsPerSecond, 12:N0} events/s");
        Line($"Clicks in our own form   {report.NativeClicksPerSecond, 12:N0} events/s, over HTTP in batches of 500");
        Line($"The same in Segment's    {report.SegmentClicksPerSecond, 12:N0} events/s");
        Line($"Through the writer       {report.WriterEventsPerSecond, 12:N0} events/s");
        Line($"In memory                {report.MachineEventsPerSecond, 12:N0} events/s");
        if (report.LastToFirstMillion is { } share)
            Line(
                $"Last to first million    {share, 12:0.00} over HTTP, {report.WriterLastToFirstMillion:0.00} writer, {report.MachineLastToFirstMillion:0.00} in memory"
            );
        Line($"Acknowledgment           {report.AckMs.P50, 12:0.0} ms (p50), {report.AckMs.P99:0.0} ms (p99)");
        Line(
            $"Bytes in memory          {report.BytesPerIdentifier, 12:0.0} an identifier, {report.BytesPerLink:0.0} a link, {report.BytesPerTouch:0.0} a touch"
        );
        Line(
            $"Restart after a crash    {report.RestartSeconds, 12:0.0} s, {report.RestartReplayed:N0} events replayed"
        );
        Line(
            $"{report.IdleTenants:N0} idle tenants       {report.IdleTenantsMegabytes, 12:0.0} MB, {report.OpenTenantsMegabytes:0.0} MB before the service closed them"
        );
        foreach (Cost cost in report.Cost)
            Line(cost.Line());
        foreach (KindCost kind in report.Kinds)
            Line(
                $"{kind.Kind, -12} {kind.Events, 12:N0} {kind.EncodeUs, 8:0.00} us to encode, {kind.ApplyUs, 6:0.00} us to apply; {kind.EventBytes:N0} bytes, {kind.ResultBytes:N0} of results"
            );
    }
}
