using System.CommandLine;
using System.Globalization;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Identity.Matching;
using Throughline.Core.Identity.Matching;

namespace Throughline.Cli.Commands;

/// <summary><c>identity evaluate RECORDS...</c>: matches records and compares the groups with the true ones.</summary>
internal sealed class IdentityEvaluateCommand : CliCommand
{
    private readonly MatchInput input = new();

    private readonly Option<string> truth = new("--truth")
    {
        Description = "CSV with the columns record and cluster: which records truly are one.",
        HelpName = "FILE",
        Required = true,
    };

    public IdentityEvaluateCommand()
        : base(
            "evaluate",
            "Match records and say how many pairs and groups are right: precision, recall, F1.",
            new Example(
                "./throughline identity evaluate people.csv --id id --map name.given=first,name.family=last,birthDate=dob --truth truth.csv",
                "How good the default strategy is on these records."
            ),
            new Example(
                "./throughline identity evaluate a.jsonl b.jsonl --id SOURCE,ID --map email=FEATURES[].EMAIL --strategy mine.json --truth truth.csv --json",
                "The same of a strategy of your own, as JSON."
            )
        )
    {
        input.AddTo(this);
        Add(truth);
    }

    public override Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        string file = context.Get(truth)!;
        Dictionary<string, string> expected = TruthFile.Read(file);
        (MatchResult result, MatchStrategy strategy, double seconds) = input.Run(context, cancellation);
        Dictionary<string, string> found = result.Clusters.ToDictionary(StringComparer.Ordinal);
        PartitionScore score = PartitionScore.Of(found, expected);
        if (score.Records == 0)
            throw CommandException.BadInput(
                "truth_of_others",
                $"{file} names none of the records: it has '{expected.Keys.FirstOrDefault()}', the records have '{found.Keys.FirstOrDefault()}'."
            );
        int untold = found.Keys.Count(x => !expected.ContainsKey(x));
        if (untold > 0)
            context.Output.Note($"{untold} records are not in {file} and were left out of the figures");
        context.Output.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"precision {score.Precision:0.0000}, recall {score.Recall:0.0000}, F1 {score.F1:0.0000}; {score.ExactClusters:N0} of {score.Clusters:N0} clusters exactly; {score.Records:N0} records, {result.ComparedPairs:N0} pairs compared in {seconds:0.00} s"
            )
        );
        context.Output.Result(
            new
            {
                score.Precision,
                score.Recall,
                score.F1,
                score.ExactClusters,
                score.Clusters,
                score.FoundClusters,
                score.Records,
                score.TruePairs,
                score.FoundPairs,
                score.CorrectPairs,
                recordsWithoutTruth = untold,
                truthWithoutRecord = expected.Keys.Count(x => !found.ContainsKey(x)),
                result.ComparedPairs,
                skippedBlocks = result.Blocks.Sum(x => x.Skipped),
                seconds,
                strategy = new { strategy.Name, strategy.Version },
            }
        );
        return Task.FromResult(ExitCode.Done);
    }
}
