using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Throughline.Cli.CommandLine;
using Throughline.Core.Identity.Matching;
using Throughline.Core.Identity.Matching.Block;

namespace Throughline.Cli.Identity.Matching;

/// <summary>What the commands that match records have in common: which records, which columns, which strategy.</summary>
internal sealed class MatchInput
{
    private readonly Argument<string[]> files = new("RECORDS")
    {
        Description = "Files of records: CSV with a header, or JSON objects one a line; gzip is unpacked.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> id = new("--id")
    {
        Description = "The column that holds the record's id; several, separated by commas, are joined by a colon.",
        HelpName = "COL[,COL]",
        Required = true,
    };

    private readonly Option<string[]> map = new("--map")
    {
        Description =
            "Which columns hold what; several may feed one field, and a path such as FEATURES[].EMAIL_ADDRESS reaches into JSON. "
            + $"Fields: {string.Join(", ", MatchFields.All)}.",
        HelpName = "FIELD=COLUMN,...",
        Required = true,
    };

    private readonly Option<string> strategy = new("--strategy")
    {
        Description = "How to match: a strategy file, or default.",
        HelpName = "FILE",
        DefaultValueFactory = _ => StrategyFile.Default,
    };

    public void AddTo(Command command)
    {
        command.Add(files);
        command.Add(id);
        command.Add(map);
        command.Add(strategy);
    }

    /// <summary>The files that it reads.</summary>
    public IReadOnlyList<string> Files(CommandContext context) =>
        [
            .. context.Get(files)!,
            .. context.Get(strategy) is { } file and not StrategyFile.Default ? [file] : (string[])[],
        ];

    public (MatchResult Result, MatchStrategy Strategy, double Seconds) Run(
        CommandContext context,
        CancellationToken cancellation
    )
    {
        MatchStrategy how = StrategyFile.Open(context.Get(strategy)!);
        RecordFiles reader = new(FieldMap.ParseId(context.Get(id)!), FieldMap.Parse(context.Get(map)!));
        IReadOnlyList<SourceRecord> records = reader.Read(context.Get(files)!, cancellation);
        long start = Stopwatch.GetTimestamp();
        MatchResult result = RecordMatcher.Run(records, how);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        foreach (BlockReport block in result.Blocks.Where(x => x.Skipped > 0))
            context.Output.Note(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{block.Skipped} blocks of {block.Pass} were too big to compare, the largest of {block.LargestSkipped:N0} records"
                )
            );
        return (result, how, seconds);
    }
}
