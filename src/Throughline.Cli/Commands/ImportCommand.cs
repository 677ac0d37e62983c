using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Import;
using Throughline.Cli.Input;
using Throughline.Cli.Input.AccessLog;
using Throughline.Cli.Output;
using Throughline.Cli.Service;

namespace Throughline.Cli.Commands;

/// <summary><c>import FILE...</c>: access logs and NDJSON events into a tenant's store, as a backfill.</summary>
internal sealed class ImportCommand : CliCommand
{
    private const string Combined = "combined";
    private const string Ndjson = "ndjson";

    private readonly Argument<string[]> files = new("FILE")
    {
        Description =
            "Files in the order of their lines, gzip or plain; - is standard input. Rotated logs belong into one import.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> format = new("--format")
    {
        Description = "combined (access logs of Apache and nginx, common too) or ndjson (one event a line).",
        Required = true,
    };

    private readonly Option<string?> rejectionsFile = new("--rejections")
    {
        Description = "Write every rejection to this file, one JSON object a line.",
        HelpName = "FILE",
    };

    public ImportCommand()
        : base(
            "import",
            "Import events. A line that is known already is a duplicate: importing a file again changes nothing.",
            new Example(
                "./throughline import access.log access.log.1.gz --format combined",
                "Web-server logs as request events."
            ),
            new Example(
                "./throughline import events.ndjson --format ndjson --rejections bad.ndjson --json",
                "Events, for a script."
            )
        )
    {
        format.AcceptOnlyFromAmong(Combined, Ndjson);
        Add(files);
        Add(format);
        Add(rejectionsFile);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        string[] inputs = context.Get(files)!;
        foreach (string file in inputs.Where(file => file != "-"))
            InputFile.Open(file).Dispose(); // a missing file is told before anything is stored
        await using ServiceConnection service = await ServiceConnection.OpenNewTenantAsync(context, cancellation);
        ServiceClient client = service.For(context.Tenant);
        using var rejections = new RejectionLog(context.Get(rejectionsFile), inputs);
        using var input = new EventInput(inputs, ConverterFor(context));
        var importer = new Importer(client, rejections);
        long started = Stopwatch.GetTimestamp();
        await context.Output.ProgressAsync(
            "Importing",
            null,
            async progress =>
            {
                await importer.RunAsync(input, progress, cancellation);
                return true;
            }
        );
        rejections.Flush();
        string digest = await client.SettledDigestAsync(context.Output, cancellation);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        ImportSummary summary = new(
            context.Tenant,
            inputs,
            context.Get(format)!,
            importer.Read,
            importer.Accepted,
            importer.Duplicates,
            rejections.Count,
            rejections.First,
            importer.NewNames,
            digest,
            Figures.Seconds(seconds),
            Figures.PerSecond(importer.Read, seconds)
        );
        Report(context, summary);
        context.Output.Result(summary);
        return ExitCode.Done;
    }

    private ILineConverter ConverterFor(CommandContext context)
    {
        if (context.Get(format) == Ndjson)
            return new EventLines();
        string tenantFolder = Path.Combine(context.DataFolder, "tenants", context.Tenant);
        return new AccessLogEvents(new(LineIdKey.OpenOrCreate(tenantFolder)));
    }

    private static void Report(CommandContext context, ImportSummary summary)
    {
        context.Output.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Read {summary.Read:N0} lines: {summary.Accepted:N0} accepted, {summary.Duplicates:N0} duplicates, {summary.Rejected:N0} rejected, in {summary.Seconds:0.0} s."
            )
        );
        foreach (InputRejection rejection in summary.Rejections)
            context.Output.Line($"  {rejection.File}:{rejection.Line}: {rejection.Reason}: {rejection.Message}");
        if (summary.Rejected > summary.Rejections.Count)
            context.Output.Line("  … and more; --rejections FILE writes all of them.");
        if (summary.NewNames.Count > 0)
            context.Output.Line($"New names of nurturing events: {string.Join(", ", summary.NewNames)}");
        context.Output.Line($"Results digest {summary.ResultsDigest}");
    }
}
