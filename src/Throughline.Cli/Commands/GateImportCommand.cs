using System.CommandLine;
using System.Globalization;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Gate.Bypass;
using Throughline.Cli.Gate.Lines;
using Throughline.Cli.Import;
using Throughline.Cli.Input;
using Throughline.Cli.Service;

namespace Throughline.Cli.Commands;

/// <summary><c>gate import LOG...</c>: records of requests that went past the gate.</summary>
internal sealed class GateImportCommand : CliCommand
{
    private readonly Argument<string[]> logs = new("LOG")
    {
        Description = "Access logs of the proxies before the site, gzip or plain; - is standard input.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> field = new("--decision-field")
    {
        Description =
            "Where the decision's id is: the n-th field after the user agent, or a JSON member (resp_headers.X-Throughline-Decision).",
        HelpName = "FIELD",
        DefaultValueFactory = _ => "1",
    };

    private readonly Option<string?> rejectionsFile = new("--rejections")
    {
        Description = "Write every rejection to this file, one JSON object a line.",
        HelpName = "FILE",
    };

    public GateImportCommand()
        : base(
            "import",
            "Record requests that went past the gate: lines of access logs without a decision's id.",
            new Example(
                "./throughline gate import access.log.1.gz access.log",
                "nginx, HAProxy: the id follows the user agent."
            ),
            new Example(
                "./throughline gate import caddy.log --decision-field resp_headers.X-Throughline-Decision --json",
                "Caddy's JSON log."
            )
        )
    {
        Add(logs);
        Add(field);
        Add(rejectionsFile);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        DecisionField where =
            DecisionField.Parse(context.Get(field)!)
            ?? throw new CommandException(
                ExitCode.Usage,
                "decision_field_invalid",
                $"'{context.Get(field)}' is no field: give a number from 1 to 100, or the name of a JSON member."
            );
        string[] files = context.Get(logs)!;
        foreach (string file in files.Where(file => file != "-"))
            InputFile.Open(file).Dispose(); // a missing file is told before anything is stored
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using RejectionLog rejections = new(context.Get(rejectionsFile), files);
        string tenantFolder = Path.Combine(context.DataFolder, "tenants", context.Tenant);
        BypassImport import = new(
            service.For(context.Tenant),
            where,
            LineForm.Auto,
            new(LineIdKey.OpenOrCreate(tenantFolder)),
            rejections
        );
        await context.Output.ProgressAsync(
            "Importing",
            null,
            async progress =>
            {
                await import.RunAsync(files, progress, cancellation);
                return true;
            }
        );
        rejections.Flush();
        Report(
            context,
            new(
                import.Read,
                import.Decided,
                import.Bypassed,
                import.Duplicates,
                import.AnswersTaken,
                rejections.Count,
                rejections.First
            )
        );
        return ExitCode.Done;
    }

    private static void Report(CommandContext context, GateImportReport report)
    {
        context.Output.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Read:N0} requests: the gate decided {report.Decided:N0}; past it went {report.Bypassed:N0} new ones, {report.Duplicates:N0} were known; {report.Rejected:N0} lines rejected."
            )
        );
        foreach (InputRejection rejection in report.Rejections.Take(10))
            context.Output.Line($"  {rejection.File}:{rejection.Line}: {rejection.Reason}: {rejection.Message}");
        context.Output.Result(report);
    }
}

/// <summary>What <c>gate import</c> prints.</summary>
/// <param name="Decided">Lines with a decision's id.</param>
/// <param name="Bypassed">Records that are new.</param>
/// <param name="Duplicates">Lines without an id that were imported before.</param>
/// <param name="AnswersTaken">Answers that were news to the running service.</param>
internal sealed record GateImportReport(
    long Read,
    long Decided,
    long Bypassed,
    long Duplicates,
    long AnswersTaken,
    long Rejected,
    IReadOnlyList<InputRejection> Rejections
);
