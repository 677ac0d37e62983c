using System.CommandLine;
using System.Globalization;
using Throughline.Cli.Bench;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;
using Throughline.Cli.Service;

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

    public BenchIdentityCommand()
        : base(
            "identity",
            "Measure linking and resolving (linkResolveEventsPerSecond, resolveUs, resolveBesideWriterUs, resolveHttpMs), durable links (durableLinksPerSecond), un-merging (unmergeUs, unmergeByBlockUs), changes in one component of a million links (constrained.insertUs, .removeUs, .longestStallMs, .dominoMs), components (componentEdgesPerSecond) and their memory (bytesPerIdentifier, diskBytesPerIdentifier). Works in a folder of its own below --data, which it removes.",
            new Example("./throughline bench identity", "Ten million identifiers: some minutes and 6 GB of memory."),
            new Example("./throughline bench identity --identifiers 1000000 --json", "A short run, for a script.")
        )
    {
        Add(identifiers);
        Add(edges);
        identifiers.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() < LeastIdentifiers)
                result.AddError($"--identifiers must be at least {LeastIdentifiers}.");
        });
        edges.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
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
        int edgeCount = context.Get(edges);
        double components = await context.Output.ProgressAsync(
            "Components",
            null,
            _ => Task.Run(() => ComponentsBench.Run(edgeCount, cancellation), cancellation)
        );
        IdentityMemoryFigures memory = await context.Output.ProgressAsync(
            "In memory",
            count / IdentityEvents.IdentifiersPerCustomer * IdentityEvents.EventsPerCustomer,
            progress => Task.Run(() => IdentityMemoryBench.Run(count, progress, cancellation), cancellation)
        );
        GC.Collect(); // what the machine in memory held
        IdentityChangeFigures changes = await context.Output.ProgressAsync(
            "Changes",
            null,
            _ => Task.Run(() => IdentityChangeBench.Run(count, cancellation), cancellation)
        );
        GC.Collect();
        await using ServiceConnection service = await ServiceConnection.OpenAsync(
            folder,
            context.Command,
            cancellation
        );
        IdentityStoreFigures store = await context.Output.ProgressAsync(
            "In a service",
            count,
            progress => IdentityStoreBench.RunAsync(service, folder, count, progress, cancellation)
        );
        return new(
            count,
            memory.EventsPerSecond,
            memory.LastToFirstMillion,
            memory.Alone,
            memory.Beside,
            store.HttpMs,
            store.LinksPerSecond,
            changes.SeparateUs,
            changes.BlockUs,
            changes.Constrained,
            edgeCount,
            components,
            memory.Bytes,
            store.DiskBytes,
            Environment.ProcessorCount
        );
    }

    private static void Print(ICommandOutput output, IdentityReport report)
    {
        void Line(FormattableString text) => output.Line(text.ToString(CultureInfo.InvariantCulture));
        Line($"{report.Identifiers:N0} identifiers, {report.Processors} processors");
        Line($"Linked and resolved in memory {report.LinkResolveEventsPerSecond, 12:N0} events/s on one of them");
        Line(
            $"Resolved in the process       {report.ResolveUs.P99, 12:0.00} us (p99), {report.ResolveUs.P50:0.00} us (p50)"
        );
        Line(
            $"… while the writer links      {report.ResolveBesideWriterUs.P99, 12:0.00} us (p99), {report.ResolveBesideWriterUs.P50:0.00} us (p50)"
        );
        Line(
            $"Resolved over HTTP            {report.ResolveHttpMs.P99, 12:0.00} ms (p99), {report.ResolveHttpMs.P50:0.00} ms (p50)"
        );
        Line($"Links made durable            {report.DurableLinksPerSecond, 12:N0} links/s");
        Line(
            $"50 identifiers un-merged      {report.UnmergeUs.P99, 12:0.0} us (p99) by separate, {report.UnmergeByBlockUs.P99:0.0} us by a block"
        );
        Line(
            $"{report.Constrained.Links:N0} links in one component: {report.Constrained.InsertUs.P99:0.0} us (p99) for one more, {report.Constrained.RemoveUs.P99:0.0} us for one less"
        );
        Line(
            $"Longest stall of the writer   {report.Constrained.LongestStallMs, 12:0.00} ms there, {report.Constrained.DominoMs:0.00} ms for a chain that turns over"
        );
        Line(
            $"Components                    {report.ComponentEdgesPerSecond, 12:N0} edges/s of {report.ComponentEdges:N0}"
        );
        Line(
            $"Bytes an identifier           {report.BytesPerIdentifier, 12:0.0} in memory, {report.DiskBytesPerIdentifier:0.0} on disk with its events"
        );
    }
}
