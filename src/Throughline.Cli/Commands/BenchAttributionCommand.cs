using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Throughline.Cli.Attribution.Batch;
using Throughline.Cli.Bench;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;
using Throughline.Cli.Service;

namespace Throughline.Cli.Commands;

/// <summary><c>bench attribution</c>: how fast this machine attributes, in batch and live.</summary>
internal sealed class BenchAttributionCommand : CliCommand
{
    private readonly Option<long> touches = new("--touches")
    {
        Description = "Touches of the batch.",
        HelpName = "N",
        DefaultValueFactory = _ => 10_000_000,
    };

    private readonly Option<long> conversions = new("--conversions")
    {
        Description = "Conversions of the batch, and customers that both are drawn from.",
        HelpName = "N",
        DefaultValueFactory = _ => 1_000_000,
    };

    private readonly Option<long> events = new("--events")
    {
        Description = "Events that a service is sent live; 0 leaves that out.",
        HelpName = "N",
        DefaultValueFactory = _ => 2_000_000,
    };

    private readonly Option<int> rounds = new("--rounds")
    {
        Description = "How often the batch is run; the best round counts.",
        HelpName = "N",
        DefaultValueFactory = _ => 3,
    };

    private readonly Option<int> threads = new("--threads")
    {
        Description = "Threads of the batch.",
        HelpName = "N",
        DefaultValueFactory = _ => Math.Min(Environment.ProcessorCount, BatchOptions.MostThreads),
    };

    private readonly Option<string?> files = new("--files")
    {
        Description =
            "Make the files here, unless they are there, and leave them and the results for others to compare.",
        HelpName = "DIR",
    };

    public BenchAttributionCommand()
        : base(
            "attribution",
            "Measure attribution in batch over made files of 200 campaigns, 3 kinds of touch and windows of 1 to 31 days: reading (readSeconds), the best touch of each conversion (best.computeSeconds, .writeSeconds, .reasons) and time decay over all eligible touches (decay); and live, with journeys of 30 touches: durable events over HTTP (stream.eventsPerSecond), from a conversion in to its credit out (stream.conversionToCreditMs), and reports of them all (stream.reports). Works in a folder of its own below --data, which it removes, or in --files.",
            new Example(
                "./throughline bench attribution",
                "Ten million touches, a million conversions: two minutes and 2 GB of memory."
            ),
            new Example(
                "./throughline bench attribution --touches 100000 --conversions 10000 --events 50000 --json",
                "A short run, for a script."
            )
        )
    {
        foreach (Option option in (Option[])[touches, conversions, events, rounds, threads, files])
            Add(option);
        touches.Validators.Add(result => RequirePositive(result, result.Number<long>()));
        conversions.Validators.Add(result => RequirePositive(result, result.Number<long>()));
        events.Validators.Add(result =>
        {
            if (result.Number<long>() < 0)
                result.AddError("--events is 0 or more.");
        });
        rounds.Validators.Add(result => RequirePositive(result, result.Number<int>()));
        threads.Validators.Add(result => RequirePositive(result, result.Number<int>()));
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        string? kept = context.Get(files);
        string own = Path.Combine(context.DataFolder, $"bench-{Environment.ProcessId}");
        Directory.CreateDirectory(own);
        try
        {
            string folder = kept is null ? own : Path.GetFullPath(kept);
            AttributionReport report = await MeasureAsync(context, folder, kept is not null, cancellation);
            if (context.Get(events) > 0)
                report = report with { Stream = await StreamAsync(context, Path.Combine(own, "live"), cancellation) };
            Print(context.Output, report);
            context.Output.Result(report);
            return ExitCode.Done;
        }
        finally
        {
            Directory.Delete(own, recursive: true);
        }
    }

    private static void RequirePositive(OptionResult option, long? value)
    {
        if (value < 1)
            option.AddError($"{option.Option.Name} must be at least 1.");
    }

    private async Task<AttributionReport> MeasureAsync(
        CommandContext context,
        string folder,
        bool keeps,
        CancellationToken cancellation
    )
    {
        (long touchCount, long conversionCount) = (context.Get(touches), context.Get(conversions));
        AttributionData made = new(folder, touchCount, conversionCount);
        await context.Output.ProgressAsync(
            "Making files",
            touchCount,
            progress =>
                Task.Run(
                    () =>
                    {
                        made.Make(progress, cancellation);
                        return true;
                    },
                    cancellation
                )
        );
        (double read, QueryFigures best, QueryFigures decay, Cost cost) = await context.Output.ProgressAsync(
            "In batch",
            null,
            _ =>
                Task.Run(
                    () =>
                        AttributionBatchBench.Run(
                            made,
                            folder,
                            context.Get(threads),
                            context.Get(rounds),
                            cancellation
                        ),
                    cancellation
                )
        );
        return new(
            touchCount,
            conversionCount,
            AttributionData.Campaigns,
            AttributionData.Kinds.Length,
            read,
            best,
            decay,
            cost,
            null,
            keeps ? folder : null,
            context.Get(threads),
            Environment.ProcessorCount
        );
    }

    private async Task<StreamFigures> StreamAsync(CommandContext context, string folder, CancellationToken cancellation)
    {
        StreamFigures live;
        await using (ServiceProcess process = await ServiceProcess.StartAsync(folder, cancellation))
        {
            await using ServiceConnection service = await ServiceConnection.OpenAsync(
                folder,
                context.Command,
                cancellation
            );
            CostMeter meter = new(() => process.Worked);
            live = await context.Output.ProgressAsync(
                "Live",
                context.Get(events),
                progress => AttributionStreamBench.RunAsync(service, meter, context.Get(events), progress, cancellation)
            );
        }
        return live with { Cost = live.Cost.WithDisk(folder) };
    }

    private static void Print(ICommandOutput output, AttributionReport report)
    {
        void Line(FormattableString text) => output.Line(text.ToString(CultureInfo.InvariantCulture));
        Line(
            $"{report.Touches:N0} touches, {report.Conversions:N0} conversions, {report.Campaigns} campaigns, {report.Threads} threads on {report.Processors} processors"
        );
        Line($"Read            {report.ReadSeconds, 8:0.000} s");
        foreach (
            (string name, QueryFigures query) in new[] { ("Best touch", report.Best), ("Time decay", report.Decay) }
        )
            Line(
                $"{name, -15} {query.ComputeSeconds, 8:0.000} s, written in {query.WriteSeconds:0.000} s: {query.Attributed:N0} conversions attributed, {query.Rows:N0} rows"
            );
        if (report.Stream is { } live)
            Line(
                $"Live            {live.EventsPerSecond, 8:N0} events/s with journeys of {live.TouchesPerJourney} touches; conversion to credit {live.ConversionToCreditMs.P50:0.0} ms (p50), {live.ConversionToCreditMs.P99:0.0} ms (p99)"
            );
        if (report.Stream?.Reports is { } reports)
            Line(
                $"Reports         {reports.Conversions:N0} conversions by campaign {reports.ByCampaignSeconds:0.00} s, by touch date {reports.ByTouchDateSeconds:0.00} s, by creative {reports.ByCreativeSeconds:0.00} s; paths {reports.PathsSeconds:0.00} s, funnel {reports.FunnelSeconds:0.00} s"
            );
        foreach (Cost? cost in (Cost?[])[report.Cost, report.Stream?.Cost])
            if (cost is not null)
                Line(cost.Line());
    }
}
