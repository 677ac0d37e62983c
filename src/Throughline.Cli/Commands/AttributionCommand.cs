using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Commands;

/// <summary><c>attribution</c>: the commands of those who want to know what a campaign earned, and by which rule.</summary>
internal static class AttributionCommand
{
    public static GroupCommand Create() =>
        new(
            "attribution",
            "Say what each campaign earned, and check the models that say so.",
            AttributionRulesCommand.Create(),
            AttributionDraftsCommand.Create(),
            AttributionRatesCommand.Create(),
            new AttributionBatchCommand(),
            new AttributionCompareCommand(),
            new AttributionReportCommand(),
            new AttributionFilesCommand(),
            new AttributionFitCommand(),
            new AttributionIncrementalityCommand(),
            new AttributionPathsCommand(),
            new AttributionExportCommand(),
            new AttributionExamplesCommand(),
            new AttributionJourneyCommand(),
            new AttributionFunnelCommand(),
            new AttributionVolumeCommand(),
            AttributionSpendCommand.Create(),
            new AttributionConformanceCommand()
        );
}
