using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Throughline.Cli.Attribution.Batch;
using Throughline.Cli.Attribution.Batch.Reports;
using Throughline.Cli.Attribution.Reports;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;
using Throughline.Cli.Service;
using Throughline.Core.Attribution.Reports;
using Throughline.Core.Events;

namespace Throughline.Cli.Commands;

/// <summary><c>attribution report</c>: what touches earned and cost, of a tenant or of files.</summary>
internal sealed class AttributionReportCommand : CliCommand
{
    private const string Touch = "touch";
    private const string Day = "day";

    private readonly BatchOptions files = new();

    private readonly Option<string> by = new("--by")
    {
        Description =
            "What to split by: campaign, channel, creative, placement, kind (of touch), conversion (its kind); several with commas, or none.",
        HelpName = "PARTS",
        DefaultValueFactory = _ => "campaign",
    };

    private readonly Option<string> date = new("--date")
    {
        Description =
            "Whose day (UTC): that of the conversion, or of the touch, which grows until its window has passed.",
        HelpName = "OF",
        DefaultValueFactory = _ => "conversion",
    };

    private readonly Option<string> step = new("--step")
    {
        Description = "Days apart (day), or all together (all).",
        HelpName = "STEP",
        DefaultValueFactory = _ => Day,
    };

    private readonly Option<string?> from = TimeOption.From("Of a tenant: 30 days before --to unless told otherwise.");
    private readonly Option<string?> to = TimeOption.To("Of a tenant: the end of the last event's day.");

    private readonly Option<string?> kind = new("--conversion-kind")
    {
        Description = "Only conversions of this kind.",
        HelpName = "KIND",
    };

    private readonly Option<string?> spend = new("--spend")
    {
        Description =
            "Of files: CSV with the columns date, campaign (or what else the report is split by), minor, currency: what advertising cost.",
        HelpName = "FILE",
    };

    private readonly Option<string?> target = new("--out")
    {
        Description = "Write the report to this file, as CSV; of files it must be there.",
        HelpName = "FILE",
    };

    public AttributionReportCommand()
        : base(
            "report",
            "Add up what campaigns, channels or creatives earned, and with their cost what a conversion cost (CPA) and money returned (ROAS).",
            new Example(
                "./throughline attribution report --tenant shop --by campaign,kind --step all",
                "Of a tenant: the last 30 days together, by campaign and kind of touch."
            ),
            new Example(
                "./throughline attribution report --touches touches.csv --conversions conversions.csv --rules rules.yaml --out report.csv",
                "Of files: by campaign and the conversion's day."
            ),
            new Example(
                "./throughline attribution report --touches touches.csv --conversions conversions.csv --rules rules.yaml --by channel --date touch --spend spend.csv --out report.csv --json",
                "By channel and the touch's day, with cost; totals as numbers."
            )
        )
    {
        by.Validators.Add(result =>
        {
            if (!TryParts(result.GetValueOrDefault<string>()!, out _))
                result.AddError(
                    $"--by is none, or of {string.Join(", ", Enum.GetValues<ReportPart>().Select(NameOf))} some, each once, separated by commas."
                );
        });
        date.AcceptOnlyFromAmong("conversion", Touch);
        step.AcceptOnlyFromAmong(Day, "all");
        files.AddTo(this, needsFiles: false);
        foreach (Option option in (Option[])[by, date, step, from, to, kind, spend, target])
            Add(option);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        if (!files.HasFiles(context))
            return await OfTenantAsync(context, cancellation);
        if (context.Get(target) is not { } path)
            throw new CommandException(ExitCode.Usage, "out_missing", "A report of files needs --out FILE.");
        try
        {
            ReportReport report = await FileReport.RunAsync(
                context,
                files,
                Asked(context),
                path,
                context.Get(spend),
                cancellation
            );
            CreditReportText.Print(context.Output, report);
            context.Output.Result(report);
            return ExitCode.Done;
        }
        catch (ReportTooLargeException error)
        {
            throw CommandException.BadInput("report_too_large", error.Message, error);
        }
        catch (OverflowException error)
        {
            throw CommandException.BadInput(
                "report_too_large",
                "A sum of money is beyond 2^63 - 1 minor units: ask for fewer days, or find the conversions whose value is none (attribution batch).",
                error
            );
        }
    }

    private async Task<ExitCode> OfTenantAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Get(spend) is not null)
            throw new CommandException(
                ExitCode.Usage,
                "spend_of_files",
                "--spend is for a report of files; a tenant is told by 'attribution spend put FILE'."
            );
        CreditReportOptions options = Asked(context);
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        string parameters = Parameters.Of(
            ("by", context.Get(by)),
            ("date", context.Get(date)),
            ("step", context.Get(step)),
            ("from", context.Get(from)),
            ("to", context.Get(to)),
            ("conversion", context.Get(kind))
        );
        using JsonDocument answer = await service.AskLongAsync(
            context,
            "Adding up",
            null,
            HttpMethod.Get,
            $"v1/attribution/report{parameters}",
            default,
            cancellation
        );
        CreditReport report = answer.Deserialize<CreditReport>(JsonSerializerOptions.Web)!;
        if (context.Get(target) is { } path)
            new CreditFile(path).Write(
                Encoding.UTF8.GetBytes(CreditRowsCsv.Write(report, options.By, options.ByDay)),
                null,
                cancellation
            );
        CreditReportText.Print(context.Output, report, options.By);
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }

    private CreditReportOptions Asked(CommandContext context)
    {
        TryParts(context.Get(by)!, out IReadOnlyList<ReportPart> parts);
        return new(
            context.Get(date) == Touch ? ReportDate.Touch : ReportDate.Conversion,
            parts,
            context.Get(step) == Day,
            TimeOption.Of(context, from) ?? long.MinValue,
            TimeOption.Of(context, to) ?? long.MaxValue,
            context.Get(kind)
        );
    }

    private static bool TryParts(string text, out IReadOnlyList<ReportPart> parts)
    {
        SortedSet<ReportPart> found = [];
        foreach (string word in text == "none" ? [] : text.Split(','))
        {
            ReportPart[] named = [.. Enum.GetValues<ReportPart>().Where(part => NameOf(part) == word)];
            if (named.Length == 0 || !found.Add(named[0]))
            {
                parts = [];
                return false;
            }
        }
        parts = [.. found];
        return true;
    }

    private static string NameOf(ReportPart part) => JsonNamingPolicy.SnakeCaseLower.ConvertName(part.ToString());
}
