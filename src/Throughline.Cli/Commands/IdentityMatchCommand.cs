using System.CommandLine;
using System.Globalization;
using System.Text;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Identity.Matching;
using Throughline.Cli.Output;
using Throughline.Core.Events;
using Throughline.Core.Identity.Matching;
using Throughline.Core.Identity.Matching.Cluster;

namespace Throughline.Cli.Commands;

/// <summary><c>identity match RECORDS...</c>: finds records of one person, writes links with tiers and scores, explains a pair.</summary>
internal sealed class IdentityMatchCommand : CliCommand
{
    private readonly MatchInput input = new();

    private readonly Option<string> output = new("--out")
    {
        Description =
            "Write the links there: if the name ends with .csv, all of them as CSV; else those that the groups follow, as link events for import.",
        HelpName = "FILE",
    };

    private readonly Option<string> type = new("--type")
    {
        Description = "In link events: the identifier type of the records' ids.",
        HelpName = "TYPE",
        DefaultValueFactory = _ => "record",
    };

    private readonly Option<string> source = new("--source")
    {
        Description = "In link events: the name of the matcher, which a strategy may ask for.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "identity-match",
    };

    private readonly Option<string?> time = new("--time")
    {
        Description =
            "In link events: when it was matched, RFC 3339; now unless given. The same time gives the same events.",
        HelpName = "TIME",
    };

    private readonly Option<string> clusters = new("--clusters")
    {
        Description = "Write the groups there: CSV with the columns record and cluster.",
        HelpName = "FILE",
    };

    private readonly Option<string[]> explain = new("--explain")
    {
        Description = "Show how the score of these two records comes about, step by step.",
        HelpName = "ID",
        Arity = new ArgumentArity(2, 2),
        AllowMultipleArgumentsPerToken = true,
    };

    public IdentityMatchCommand()
        : base(
            "match",
            "Find records that are of one person or organisation, and how sure that is.",
            new Example(
                "./throughline identity match people.csv --id id --map name.full=name,email=email,phone=phone --out links.ndjson",
                "Writes links between records, with tier and score."
            ),
            new Example(
                "./throughline identity match people.csv --id id --map email=email --type crm --source nightly --out links.ndjson && ./throughline import links.ndjson --format ndjson",
                "Gives the links to the customer graph; the identity strategy says which it believes."
            ),
            new Example(
                "./throughline identity match people.csv --id id --map name.full=name,email=email --explain 17 42",
                "Why these two are, or are not, one."
            )
        )
    {
        input.AddTo(this);
        Add(output);
        Add(type);
        Add(source);
        Add(time);
        Add(clusters);
        Add(explain);
    }

    public override Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        LinkOrigin origin = OriginOf(context);
        OutputFile.RefuseOneOf(context.Get(output), output.Name, input.Files(context));
        OutputFile.RefuseOneOf(context.Get(clusters), clusters.Name, [context.Get(output), .. input.Files(context)]);
        (MatchResult result, MatchStrategy strategy, double seconds) = input.Run(context, cancellation);
        if (context.Get(explain) is { Length: 2 } pair)
            return Task.FromResult(Explain(context, result, pair[0], pair[1]));
        if (context.Get(output) is { } links)
            LinkFile.WriteLinks(links, result, strategy, origin);
        if (context.Get(clusters) is { } groups)
            LinkFile.WriteClusters(groups, result);

        MatchLink[] found = [.. result.Links];
        int clusterCount = result.Clusters.Select(x => x.Value).Distinct(StringComparer.Ordinal).Count();
        context.Output.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Records:N0} records, {found.Length:N0} links, {clusterCount:N0} clusters; {result.ComparedPairs:N0} pairs compared in {seconds:0.00} s"
            )
        );
        foreach (MatchTier tier in strategy.Tiers)
            context.Output.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {tier.Name}: {found.Count(x => x.Tier == tier.Name):N0} links of {tier.Bits} bits or more"
                )
            );
        context.Output.Result(
            new
            {
                result.Records,
                links = found.Length,
                kept = found.Count(x => x.Fate == LinkFate.Kept),
                groupsDisagree = found.Count(x => x.Fate == LinkFate.GroupsDisagree),
                ambiguous = found.Count(x => x.Fate == LinkFate.Ambiguous),
                tiers = strategy.Tiers.ToDictionary(x => x.Name, x => found.Count(y => y.Tier == x.Name)),
                clusters = clusterCount,
                result.ComparedPairs,
                blocks = result.Blocks,
                seconds,
                strategy = new { strategy.Name, strategy.Version },
            }
        );
        return Task.FromResult(ExitCode.Done);
    }

    private LinkOrigin OriginOf(CommandContext context)
    {
        string name = context.Get(type)!;
        if (!IdentifierNormaliser.IsTypeName(Encoding.UTF8.GetBytes(name)))
            throw CommandException.BadInput(
                "bad_identifier_type",
                $"'{name}' is no identifier type: [a-z][a-z0-9_]{{0,31}}."
            );
        if (context.Get(source) is not { Length: > 0 and <= EventLimits.Name } from)
            throw CommandException.BadInput("bad_value", $"--source has 1 to {EventLimits.Name} characters.");
        long when = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        if (
            context.Get(time) is { } text
            && EventTime.TryParse(Encoding.UTF8.GetBytes(text), out when) != TimeStatus.Ok
        )
            throw CommandException.BadInput("bad_time", $"'{text}' is no time as RFC 3339 has it, with an offset.");
        return new(name, from, when);
    }

    private static ExitCode Explain(CommandContext context, MatchResult result, string a, string b)
    {
        PairExplanation why =
            result.Explain(a, b)
            ?? throw CommandException.BadInput("not_found", $"'{a}' and '{b}' are not the ids of two records.");
        context.Output.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{why.A} and {why.B}: {why.Score:0.0} bits, {why.Tier}; {(why.SameGroup ? "in one cluster" : "in different clusters")}"
            )
        );
        context.Output.Line("  compared        level            m          u     bits    total");
        foreach (ExplanationStep step in why.Steps)
            context.Output.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {step.Comparison, -15} {step.Level, -10} {Share(step.M), 10} {Share(step.U), 10} {step.Bits, 8:+0.0;-0.0;0.0} {step.Total, 8:0.0}"
                )
            );
        context.Output.Result(why);
        return ExitCode.Done;
    }

    private static string Share(double? share) =>
        share is { } value ? value.ToString("0.#######", CultureInfo.InvariantCulture) : "";
}
