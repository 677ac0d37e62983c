using System.CommandLine;
using System.Globalization;
using Throughline.Cli.Attribution.Batch;
using Throughline.Cli.Attribution.Batch.Export;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;
using Throughline.Cli.Service;
using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Tenants;

namespace Throughline.Cli.Commands;

/// <summary><c>attribution files</c>: a tenant's timelines as files of <c>attribution batch</c>, and what the service says of them.</summary>
internal sealed class AttributionFilesCommand : CliCommand
{
    private const string Credits = "credits.csv";

    private readonly Option<string> target = new("--out")
    {
        Description = "The folder to write touches, conversions, refunds, matches, rules and credits to.",
        HelpName = "DIR",
        Required = true,
    };

    public AttributionFilesCommand()
        : base(
            "files",
            "Write a tenant's touches, conversions, refunds and rules as files of attribution batch, and the credit that the service published for them.",
            new Example(
                "./throughline attribution files --tenant shop --out shop-files",
                "The files; attribution batch over them gives the bytes of shop-files/credits.csv."
            )
        ) => Add(target);

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenExistingAsync(context, cancellation);
        if (service.Own is not { } own)
            throw CommandException.BadInput(
                "data_in_use",
                "A service holds the data folder: stop it, or export from a copy of the folder."
            );
        await service.RequireTenantAsync(context.Tenant, cancellation);
        string folder = Folder(context.Get(target)!);
        using CellLease lease = await own.Registry.UseAsync(TenantId.Parse(context.Tenant), cancellation);
        var cell = (TenantCell)lease.Cell;
        await cell.SettleAsync(cancellation);
        TimelineExport report = await cell.AskAsync(store => Write(store, folder), cancellation);
        context.Output.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Touches:N0} touches, {report.Conversions:N0} conversions, {report.Refunds:N0} refunds and {report.Rules:N0} rules in {folder}."
            )
        );
        context.Output.Result(report);
        return ExitCode.Done;
    }

    private static string Folder(string path)
    {
        try
        {
            return Directory.CreateDirectory(path).FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CommandException.BadInput("file_unwritable", $"'{path}' cannot be made: {error.Message}", error);
        }
    }

    private static TimelineExport Write(TenantStore store, string folder)
    {
        try
        {
            TimelineExport report = TimelineFiles.Write(new(store.Machine, store.History), folder);
            WriteCredits(store, Path.Combine(folder, Credits));
            return report;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw OutputFile.CannotWrite(folder, error);
        }
    }

    // What was published last of each conversion, in the order of their file.
    private static void WriteCredits(TenantStore store, string path)
    {
        Dictionary<Token, long> last = [];
        store.Log.ScanResults(
            0,
            (sequence, bytes) =>
            {
                ResultRecord result = ResultRecord.FromTrusted(bytes);
                if (result.Kind == ResultKind.Conversion)
                    last[result.Subject] = sequence;
                return true;
            }
        );
        CaseRows rows = new(
            store.Machine.AttributionRules,
            position => EventRecord.FromTrusted(store.History.Read(position)).Id
        );
        CreditText text = new();
        using FileStream stream = File.Create(path);
        stream.Write(CreditWriter.Header);
        foreach (ConversionFact conversion in new TimelineFacts(store.Machine, store.History).Conversions())
        {
            rows.Write(ConversionCase.Read(ResultRecord.FromTrusted(store.ReadResult(last[conversion.Id]))), text);
            stream.Write(text.Bytes);
            text.Clear();
        }
    }
}
