using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using Throughline.Cli.Attribution.Reports;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;
using Throughline.Cli.Service;
using Throughline.Server.Attribution.Reports;

namespace Throughline.Cli.Commands;

/// <summary><c>attribution export</c>: current credit row by row, into a file.</summary>
internal sealed class AttributionExportCommand : CliCommand
{
    private const string Csv = "csv";

    private readonly Option<string> what = new("--what")
    {
        Description =
            "Credited touches and what nobody earned (credits), or every candidate with its reason (explanations).",
        HelpName = "ROWS",
        DefaultValueFactory = _ => "credits",
    };

    private readonly Option<string> form = new("--form")
    {
        Description = "csv or ndjson.",
        HelpName = "FORM",
        DefaultValueFactory = _ => Csv,
    };

    private readonly Option<string> target = new("--out")
    {
        Description = "The file; it appears when all rows are there.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string?> from = TimeOption.From("Of conversions; all unless told otherwise.");
    private readonly Option<string?> to = TimeOption.To("All unless told otherwise.");

    private readonly Option<long?> since = new("--since")
    {
        Description = "Only what changed after an earlier export: its nextResult.",
        HelpName = "RESULT",
    };

    private readonly Option<bool> resume = new("--resume")
    {
        Description = "Go on with an export into the same file that was broken off.",
    };

    public AttributionExportCommand()
        : base(
            "export",
            "Write a tenant's current credit, or the reasons for it, into a file, row by row.",
            new Example("./throughline attribution export --tenant shop --out credits.csv", "What each touch earned."),
            new Example(
                "./throughline attribution export --tenant shop --what explanations --form ndjson --from 2026-06-01 --out why.ndjson --resume",
                "Every candidate with its reason, from June on; goes on where it was broken off."
            )
        )
    {
        what.AcceptOnlyFromAmong("credits", "explanations");
        form.AcceptOnlyFromAmong(Csv, "ndjson");
        foreach (Option option in (Option[])[what, form, target, from, to, since, resume])
            Add(option);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        string path = context.Get(target)!;
        string Asked(string? after) =>
            $"v1/attribution/export{Parameters.Of(("what", context.Get(what)), ("form", context.Get(form)), ("from", context.Get(from)), ("to", context.Get(to)), ("since", Text(context.Get(since))), ("after", after))}";
        ExportFile file = new(path, context.Get(form) == Csv, $"{context.Tenant} {Asked(null)}");
        ExportReport report = await context.Output.ProgressAsync(
            "Exporting",
            null,
            async _ =>
            {
                long bytes;
                HttpResponseHeaders headers;
                await using (OutputStream stream = file.Open(context.Get(resume), out string? after))
                {
                    long before = stream.Length;
                    // A file that is gone on with has its header already.
                    await using Stream rows =
                        before > 0 && context.Get(form) == Csv ? new WithoutFirstLine(stream) : stream;
                    headers = await service.For(context.Tenant).CopyAsync(Asked(after), rows, cancellation);
                    bytes = stream.Length;
                }
                file.Complete();
                return new ExportReport(
                    path,
                    bytes,
                    Number(headers, CreditExportHeaders.Position),
                    Number(headers, CreditExportHeaders.NextResult)
                );
            }
        );
        context.Output.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Bytes:N0} bytes in {path}, as of position {report.Position}. What changes after that: --since {report.NextResult}."
            )
        );
        context.Output.Result(report);
        return ExitCode.Done;
    }

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static long Number(HttpResponseHeaders headers, string name) =>
        long.Parse(headers.GetValues(name).Single(), CultureInfo.InvariantCulture);
}

/// <summary>What <c>attribution export</c> did.</summary>
/// <param name="Bytes">Of the file.</param>
/// <param name="Position">All events before it are in the file.</param>
/// <param name="NextResult">For <c>--since</c>.</param>
internal sealed record ExportReport(string File, long Bytes, long Position, long NextResult);
