using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Demo;
using Throughline.Cli.Output;
using Throughline.Cli.Service;
using Throughline.World;
using Throughline.World.Files;

namespace Throughline.Cli.Commands;

/// <summary><c>simulate</c>: a world with known truth, into files or straight into a tenant's store.</summary>
internal sealed class SimulateCommand : CliCommand
{
    private readonly WorldSize size = new();

    private readonly Option<ulong> seed = new("--seed")
    {
        Description = "Chooses the world; equal options give equal bytes on every machine.",
        HelpName = "S",
        DefaultValueFactory = _ => new WorldOptions().Seed,
    };

    private readonly Option<string?> target = new("--out")
    {
        Description = "Write events.ndjson, campaigns.ndjson and the truth files to this folder.",
        HelpName = "DIR",
    };

    private readonly Option<bool> withoutBots = new("--no-bots")
    {
        Description = "The same people without bots: a control, in which nothing may be found.",
    };

    private readonly Option<bool> ingest = new("--ingest") { Description = "Send campaigns and events to the tenant." };

    public SimulateCommand()
        : base(
            "simulate",
            "Generate a seeded world of people and bots whose truth is known.",
            new Example(
                "./throughline simulate --people 500 --days 7 --seed 4 --out world",
                "Events and truth as files."
            ),
            new Example("./throughline simulate --people 500 --days 7 --ingest --tenant play", "Straight into a store.")
        )
    {
        size.AddTo(this);
        Add(seed);
        Add(withoutBots);
        Add(target);
        Add(ingest);
        Validators.Add(result =>
        {
            if (result.GetValue(target) is null == !result.GetValue(ingest))
                result.AddError("Give --out DIR or --ingest, one of them.");
        });
    }

    public override Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        SimulatedWorld world = Worlds.Create(
            size.Of(context) with
            {
                Seed = context.Get(seed),
                Bots = !context.Get(withoutBots),
            }
        );
        return context.Get(target) is { } folder
            ? WriteAsync(context, world, folder, cancellation)
            : IngestAsync(context, world, cancellation);
    }

    private static async Task<ExitCode> WriteAsync(
        CommandContext context,
        SimulatedWorld world,
        string folder,
        CancellationToken cancellation
    )
    {
        long events = await context.Output.ProgressAsync(
            "Simulating",
            null,
            progress => Task.Run(() => Write(world, folder, progress, cancellation), cancellation)
        );
        context.Output.Line(
            string.Create(CultureInfo.InvariantCulture, $"Wrote {events:N0} events and their truth to {folder}.")
        );
        context.Output.Result(
            new
            {
                events,
                people = world.Options.People,
                days = world.Options.Days,
                seed = world.Options.Seed,
                folder,
            }
        );
        return ExitCode.Done;
    }

    private static long Write(
        SimulatedWorld world,
        string folder,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        try
        {
            return WorldFiles.Write(world, folder, Rendering.Observed, progress.Report, cancellation);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw OutputFile.CannotWrite(folder, error);
        }
    }

    private static async Task<ExitCode> IngestAsync(
        CommandContext context,
        SimulatedWorld world,
        CancellationToken cancellation
    )
    {
        await using ServiceConnection service = await ServiceConnection.OpenNewTenantAsync(context, cancellation);
        ServiceClient client = service.For(context.Tenant);
        long started = Stopwatch.GetTimestamp();
        var sender = new WorldSender(client, world);
        await sender.PublishCampaignsAsync(cancellation);
        await context.Output.ProgressAsync(
            "Sending",
            null,
            progress => sender.SendAsync(world.Run(keepTruth: false), gate: null, progress, cancellation)
        );
        string digest = await client.SettledDigestAsync(context.Output, cancellation);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        context.Output.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Sent {sender.Sent:N0} events: {sender.Accepted:N0} accepted, {sender.Duplicates:N0} duplicates, {sender.Rejected:N0} rejected, in {seconds:0.0} s."
            )
        );
        context.Output.Result(
            new
            {
                events = sender.Sent,
                accepted = sender.Accepted,
                duplicates = sender.Duplicates,
                rejected = sender.Rejected,
                seconds = Figures.Seconds(seconds),
                eventsPerSecond = Figures.PerSecond(sender.Sent, seconds),
                resultsDigest = digest,
            }
        );
        return ExitCode.Done;
    }
}
