using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Demo;
using Throughline.Cli.Output;
using Throughline.Cli.Service;
using Throughline.Server;
using Throughline.World;

namespace Throughline.Cli.Commands;

/// <summary><c>demo</c>: everything once, on a simulated shop, with figures; then the service goes on.</summary>
internal sealed class DemoCommand : CliCommand
{
    private readonly Option<bool> once = new("--once") { Description = "End after the report instead of serving on." };

    private readonly WorldSize size = new();

    private readonly Option<string> url = new("--url")
    {
        Description = "Where to listen; port 0 takes a free one.",
        HelpName = "URL",
        DefaultValueFactory = _ => "http://127.0.0.1:0",
    };

    public DemoCommand()
        : base(
            "demo",
            "Simulate a month of a shop, take it in over HTTP, and compare bots, customers and credit with the truth.",
            new Example("./throughline demo", "Twenty thousand people; the service then runs on for you to try."),
            new Example("./throughline demo --once --json", "The figures alone, for a script.")
        )
    {
        Add(once);
        size.AddTo(this);
        Add(url);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        SimulatedWorld world = Worlds.Create(size.Of(context));
        ServeOptions options = ServiceConnection.OptionsFor(context.DataFolder, "demo") with
        {
            Urls = [context.Get(url)!],
        };
        await using ServiceConnection service = ServiceConnection.Over(
            await ServiceConnection.StartAsync(options, cancellation),
            context.DataFolder
        );
        string key =
            await service.EnsureTenantAsync(context.Tenant, cancellation)
            ?? await service.IssueKeyAsync(context.Tenant, cancellation);
        DemoReport report = await new DemoRun(service, context.Tenant, world, context.Output).RunAsync(cancellation);
        if (!context.Get(once))
            report = report with { Address = service.Address.ToString() };
        Print(context.Output, report, world, service.Address, key);
        context.Output.Result(report);
        if (!context.Get(once))
            await ServeCommand.WaitAsync(cancellation);
        bool holds = report.Attribution.ExactShareGivenTruth == 1 && WhyText.IsIdentical(report.Why);
        return holds ? ExitCode.Done : ExitCode.CheckFailed;
    }

    private static void Print(ICommandOutput output, DemoReport report, SimulatedWorld world, Uri address, string key)
    {
        void Line(FormattableString text) => output.Line(text.ToString(CultureInfo.InvariantCulture));
        GateMeasure gate = report.Gate;
        IdentityMeasure identity = report.Identity;
        AttributionMeasure attribution = report.Attribution;
        Line($"");
        Line($"{world.Options.People:N0} simulated people and their bots, {world.Options.Days} days");
        Line(
            $"Events       {report.Events:N0} ({report.Decisions:N0} of them decisions of the edge) sent over HTTP at {report.EventsPerSecond:N0}/s: {report.Accepted:N0} accepted, {report.Duplicates:N0} duplicates, {report.Rejected:N0} rejected"
        );
        Line(
            $"Bots         {gate.Bots:N0} events called a bot's: precision {gate.Precision:P1}, recall {gate.Recall:P1}"
        );
        Line(
            $"Customers    {identity.Customers:N0} of {identity.Identifiers:N0} identifiers: pairwise F1 {identity.PairwiseF1:0.000} (precision {identity.Precision:P1}, recall {identity.Recall:P1})"
        );
        Line(
            $"Conversions  {attribution.Conversions:N0}, {attribution.Attributed:N0} attributed; credit equals the truth for {attribution.ExactShare:P1}"
        );
        Line($"             with identity and verdicts set to the truth for {attribution.ExactShareGivenTruth:P1}");
        foreach (MissCause miss in attribution.Causes)
            Line($"             {miss.Conversions, 6:N0} missed: {miss.Cause} ({miss.Details})");
        Line($"Took         {report.Seconds:0.0} s");
        Line($"");
        Line($"Why this credit?");
        foreach (string line in WhyText.Of(report.Why))
            Line($"  {line}");
        Line($"");
        if (report.Address is null)
            return;
        Line($"The service runs on at {address} until Ctrl-C. Try:");
        Line($"  curl -H 'Authorization: Bearer {key}' {address}v1/why/{report.Why.GetProperty("id").GetString()}");
    }
}
