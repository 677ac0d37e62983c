using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Commands;

/// <summary>Every command of the product, in the order that help shows.</summary>
internal static class CommandList
{
    public static IEnumerable<CliCommand> All() =>
        [
            new DemoCommand(),
            new ServeCommand(),
            new GroupCommand(
                "tenant",
                "Create and list tenants, and issue API keys.",
                new TenantCreateCommand(),
                new TenantListCommand(),
                new TenantKeyCommand()
            ),
            new GroupCommand(
                "campaign",
                "Publish and list campaigns and their attribution rules.",
                new CampaignPutCommand(),
                new CampaignListCommand()
            ),
            new ImportCommand(),
            new SimulateCommand(),
            new ReplayCommand(),
            new WhyCommand(),
            new GroupCommand(
                "cel",
                "Check and evaluate expressions of the rule language.",
                new CelCheckCommand(),
                new CelEvalCommand(),
                new CelExplainCommand(),
                new CelConformanceCommand()
            ),
            GateCommand.Create(),
            IdentityCommand.Create(),
            AttributionCommand.Create(),
            WebhooksCommand.Create(),
            AlarmsCommand.Create(),
            new GroupCommand("audit", "Verify what is kept for auditors.", new AuditVerifyCommand()),
            new GroupCommand(
                "bench",
                "Measure the product on this machine.",
                new BenchIngestCommand(),
                new BenchCelCommand(),
                new BenchGateCommand(),
                new BenchIdentityCommand(),
                new BenchAttributionCommand()
            ),
        ];
}
