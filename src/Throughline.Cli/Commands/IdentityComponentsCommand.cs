using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Identity.Components;
using Throughline.Cli.Import;
using Throughline.Cli.Input;
using Throughline.Cli.Output;
using Throughline.Core.Identity.Components;

namespace Throughline.Cli.Commands;

/// <summary><c>identity components EDGES...</c>: the connected components of files of edges.</summary>
internal sealed class IdentityComponentsCommand : CliCommand
{
    private const int MostThreads = 64;

    private readonly Argument<string[]> files = new("EDGES")
    {
        Description =
            "Files of edges without a header, gzip or plain; - is standard input. A line holds two identifiers, apart by a comma or a tab.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> target = new("--out")
    {
        Description = "Write identifier,component to this file. A component is named by its least identifier.",
        HelpName = "PARTITION",
        Required = true,
    };

    private readonly Option<string?> rejectionsFile = new("--rejections")
    {
        Description = "Write every line that is no edge to this file, as NDJSON.",
        HelpName = "FILE",
    };

    private readonly Option<int> threads = new("--threads")
    {
        Description = "Threads that search for components; the result is the same for any number.",
        HelpName = "N",
        DefaultValueFactory = _ => Math.Min(Environment.ProcessorCount, MostThreads),
    };

    public IdentityComponentsCommand()
        : base(
            "components",
            "Find which identifiers hang together over any number of edges.",
            new Example("./throughline identity components edges.csv --out partition.csv", "One component a group."),
            new Example(
                "./throughline identity components mon.csv.gz tue.csv.gz --out partition.csv --json",
                "Several files as one graph; edges, identifiers, components and times as numbers."
            )
        )
    {
        threads.Validators.Add(result =>
        {
            if (result.Number<int>() is < 1 or > MostThreads)
                result.AddError($"--threads is 1 to {MostThreads}.");
        });
        Add(files);
        Add(target);
        Add(rejectionsFile);
        Add(threads);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        string[] inputs = context.Get(files)!;
        foreach (string file in inputs.Where(file => file != "-" && !File.Exists(file)))
            InputFile.Open(file).Dispose(); // a missing file is told before long work
        using PartitionFile partitionFile = new(context.Get(target)!, inputs);
        using RejectionLog rejections = new(context.Get(rejectionsFile), [context.Get(target), .. inputs]);
        ComponentsReport report = await context.Output.ProgressAsync(
            "Reading edges",
            null,
            progress =>
                Task.Run(
                    () => Run(inputs, context.Get(threads), partitionFile, rejections, progress, cancellation),
                    cancellation
                )
        );
        rejections.Flush();
        Print(context.Output, report);
        context.Output.Result(report);
        return ExitCode.Done;
    }

    private static ComponentsReport Run(
        string[] inputs,
        int threads,
        PartitionFile target,
        RejectionLog rejections,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        long started = Stopwatch.GetTimestamp();
        IdentifierNumbers identifiers = new(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));
        EdgeReader reader = new(identifiers, rejections.Add);
        foreach (string file in inputs)
            reader.Read(file, progress, cancellation);
        long read = Stopwatch.GetTimestamp();
        Partition partition = ComponentSearch.Run(identifiers, reader.Edges, threads);
        long computed = Stopwatch.GetTimestamp();
        target.Write(identifiers, partition, cancellation);
        double computeSeconds = Stopwatch.GetElapsedTime(read, computed).TotalSeconds;
        return new(
            reader.Edges.Count,
            identifiers.Count,
            partition.Components,
            partition.Largest,
            rejections.Count,
            rejections.First,
            Figures.PerSecond(reader.Edges.Count, computeSeconds),
            Figures.Seconds(Stopwatch.GetElapsedTime(started, read).TotalSeconds),
            Math.Round(computeSeconds, 6, MidpointRounding.ToEven),
            Figures.Seconds(Stopwatch.GetElapsedTime(computed).TotalSeconds),
            threads
        );
    }

    private static void Print(ICommandOutput output, ComponentsReport report)
    {
        void Line(FormattableString text) => output.Line(text.ToString(CultureInfo.InvariantCulture));
        Line(
            $"{report.Components:N0} components of {report.Identifiers:N0} identifiers and {report.Edges:N0} edges, the largest of {report.Largest:N0} identifiers."
        );
        Line(
            $"Read in {report.ReadSeconds:0.000} s, found in {report.ComputeSeconds:0.000} s ({report.EdgesPerSecond:N0} edges/s), written in {report.WriteSeconds:0.000} s."
        );
        if (report.Rejected > 0)
            Line($"{report.Rejected:N0} lines are no edges and were left out:");
        foreach (InputRejection rejection in report.Rejections)
            Line($"  {rejection.File}:{rejection.Line}: {rejection.Reason}: {rejection.Message}");
    }
}
