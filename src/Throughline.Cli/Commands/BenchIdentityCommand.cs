using System.CommandLine;
using System.Globalization;
using Throughline.Cli.Bench;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;
using Throughline.Cli.Service;
using Throughline.Core.State;
using Throughline.Storage.Pages;

namespace Throughline.Cli.Commands;

/// <summary><c>bench identity</c>: how fast this machine links, resolves and finds components.</summary>
internal sealed class BenchIdentityCommand : CliCommand
{
    private const long LeastIdentifiers = 10_000;

    private readonly Option<long> identifiers = new("--identifiers")
    {
        Description = "How many identifiers are stored before questions are asked, in memory and in a service.",
        HelpName = "N",
        DefaultValueFactory = _ => 10_000_000,
    };

    private readonly Option<int> edges = new("--edges")
    {
        Description = "How many edges the batch search for components takes.",
        HelpName = "N",
        DefaultValueFactory = _ => 10_000_000,
    };

    private readonly Option<StatePages> statePages = new("--state-pages")
    {
        Description = "Where states are: in memory, or in mapped files, as with serve.",
        HelpName = "memory|mapped",
    };

    private readonly Option<bool> serviceOnly = new("--service-only")
    {
        Description = "Measures the service alone, whose log is on disk: what is made in memory would need much of it.",
    };

    public BenchIdentityCommand()
        : base(
            "identity",
            "Measure linking and resolving (linkResolveEventsPerSecond and its floor plainTableEventsPerSecond, resolveUs, resolveBesideWriterUs, resolveHttpMs), durable events and links (durableEventsPerSecond, durableLinksPerSecond), un-merging (unmergeUs, unmergeByBlockUs), changes in one component of a million links (constrained.insertUs, .removeUs, .longestStallMs, .dominoMs), components (componentEdgesPerSecond) and their memory (bytesPerIdentifier, diskBytesPerIdentifier; with mapped pages mappedBytes, residentBytes). Works in a folder of its own below --data, which it removes.",
            new Example("./throughline bench identity", "Ten million identifiers: some minutes and 6 GB of memory."),
            new Example("./throughline bench identity --identifiers 1000000 --json", "A short run, for a script."),
            new Example(
                "./throughline bench identity --state-pages mapped --service-only",
                "A state that may be larger than memory, behind a service."
            )
        )
    {
        Add(identifiers);
        Add(edges);
        Add(statePages);
        Add(serviceOnly);
        identifiers.Validators.Add(result =>
        {
            if (result.Number<long>() < LeastIdentifiers)
                result.AddError($"--identifiers must be at least {LeastIdentifiers}.");
        });
        edges.Validators.Add(result =>
        {
            if (result.Number<int>() < 1)
                result.AddError("--edges must be at least 1.");
        });
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        string folder = Path.Combine(context.DataFolder, $"bench-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        try
        {
            IdentityReport report = await MeasureAsync(context, folder, cancellation);
            Print(context.Output, report);
            context.Output.Result(report);
            return ExitCode.Done;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<IdentityReport> MeasureAsync(
        CommandContext context,
        string folder,
        CancellationToken cancellation
    )
    {
        long count = context.Get(identifiers);
        StatePages pages = context.Get(statePages);
        InProcess? alone = context.Get(serviceOnly)
            ? null
            : await MeasureInProcessAsync(context, folder, count, pages, cancellation);
        GC.Collect(); // what the machines in memory held
        await using ServiceConnection service = await ServiceConnection.OpenAsync(
            folder,
            context.Command,
            cancellation,
            pages
        );
        IdentityStoreFigures store = await context.Output.ProgressAsync(
            "In a service",
            count,
            progress => IdentityStoreBench.RunAsync(service, folder, count, progress, cancellation)
        );
        bool isMapped = pages == StatePages.Mapped;
        return new(
            count,
            alone?.Memory.EventsPerSecond,
            alone?.Memory.LastToFirstMillion,
            alone?.Memory.PlainPerSecond,
            alone?.Memory.Alone,
            alone?.Memory.Beside,
            store.HttpMs,
            store.StoredPerSecond,
            store.LinksPerSecond,
            alone?.Changes.SeparateUs,
            alone?.Changes.BlockUs,
            alone?.Changes.Constrained,
            context.Get(edges),
            alone?.Components,
            alone?.Memory.Bytes,
            store.DiskBytes,
            isMapped ? "mapped" : "memory",
            isMapped ? MappedPages.AllUsedBytes : null,
            isMapped ? MappedPages.AllResidentBytes : null,
            alone is null
                ? store.Cost
                : store.Cost with
                {
                    MemoryBytesPerMillion = (long)(alone.Memory.Bytes * IdentityEvents.IdentifiersPerCustomer * 1e6),
                },
            Environment.ProcessorCount
        );
    }

    private async Task<InProcess> MeasureInProcessAsync(
        CommandContext context,
        string folder,
        long count,
        StatePages pages,
        CancellationToken cancellation
    )
    {
        int edgeCount = context.Get(edges);
        double components = await context.Output.ProgressAsync(
            "Components",
            null,
            _ => Task.Run(() => ComponentsBench.Run(edgeCount, cancellation), cancellation)
        );
        using MappedPages? mapped = pages == StatePages.Mapped ? MappedPages.Create(folder) : null;
        IdentityMemoryFigures memory = await context.Output.ProgressAsync(
            "In memory",
            count / IdentityEvents.IdentifiersPerCustomer * IdentityEvents.EventsPerCustomer,
            progress =>
                Task.Run(
                    () =>
                        IdentityMemoryBench.Run(
                            count,
                            (IPageSource?)mapped ?? new MemoryPages(),
                            progress,
                            cancellation
                        ),
                    cancellation
                )
        );
        GC.Collect(); // what the machine in memory held
        IdentityChangeFigures changes = await context.Output.ProgressAsync(
            "Changes",
            null,
            _ => Task.Run(() => IdentityChangeBench.Run(count, cancellation), cancellation)
        );
        return new(components, memory, changes);
    }

    private sealed record InProcess(double Components, IdentityMemoryFigures Memory, IdentityChangeFigures Changes);

    private static void Print(ICommandOutput output, IdentityReport report)
    {
        void Line(FormattableString text) => output.Line(text.ToString(CultureInfo.InvariantCulture));
        Line($"{report.Identifiers:N0} identifiers, {report.Processors} processors, state pages {report.StatePages}");
        if (report is { ResolveUs: { } resolve, ResolveBesideWriterUs: { } beside })
        {
            Line($"Linked and resolved in memory {report.LinkResolveEventsPerSecond, 12:N0} events/s on one of them");
            Line($"… their tokens in a plain table {report.PlainTableEventsPerSecond, 10:N0} events/s: the floor");
            Line($"Resolved in the process       {resolve.P99, 12:0.00} us (p99), {resolve.P50:0.00} us (p50)");
            Line($"… while the writer links      {beside.P99, 12:0.00} us (p99), {beside.P50:0.00} us (p50)");
        }
        Line(
            $"Resolved over HTTP            {report.ResolveHttpMs.P99, 12:0.00} ms (p99), {report.ResolveHttpMs.P50:0.00} ms (p50)"
        );
        Line($"Made durable                  {report.DurableEventsPerSecond, 12:N0} events/s of four identifiers");
        Line($"Links made durable            {report.DurableLinksPerSecond, 12:N0} links/s");
        if (report is { UnmergeUs: { } separate, UnmergeByBlockUs: { } block, Constrained: { } constrained })
        {
            Line(
                $"50 identifiers un-merged      {separate.P99, 12:0.0} us (p99) by separate, {block.P99:0.0} us by a block"
            );
            Line(
                $"{constrained.Links:N0} links in one component: {constrained.InsertUs.P99:0.0} us (p99) for one more, {constrained.RemoveUs.P99:0.0} us for one less"
            );
            Line(
                $"Longest stall of the writer   {constrained.LongestStallMs, 12:0.00} ms there, {constrained.DominoMs:0.00} ms for a chain that turns over"
            );
            Line(
                $"Components                    {report.ComponentEdgesPerSecond, 12:N0} edges/s of {report.ComponentEdges:N0}"
            );
        }
        if (report.BytesPerIdentifier is { } bytes)
            Line($"Bytes an identifier           {bytes, 12:0.0} in memory");
        Line($"Bytes an identifier on disk   {report.DiskBytesPerIdentifier, 12:0.0} with its events");
        Line(report.Cost.Line());
        if (report is { MappedBytes: { } mapped })
            Line($"Mapped state                  {mapped, 12:N0} bytes, {report.ResidentBytes:N0} of them in memory");
    }
}
