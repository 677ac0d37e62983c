using Throughline.Cli.CommandLine;
using Throughline.Cli.Input;
using Throughline.Core.Attribution.Rates;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Attribution.Timeline;
using Throughline.Server.Attribution;
using Throughline.Server.Edge.Rules;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>The rules of a file, as if they had always been published; those of its <c>publications</c> when these say.</summary>
internal sealed class BatchRules
{
    private const int MostShown = 10;

    private readonly AttributionDocument document;
    private readonly string[] expressions;

    private readonly RateBook rates = new();

    private BatchRules(AttributionDocument document, RateTable? rates)
    {
        this.document = document;
        if (rates is not null)
            this.rates.Add(rates, 0, default);
        expressions =
        [
            .. document
                .Rules.SelectMany(rule => new[] { rule.Eligible, rule.Value, rule.DedupExpression })
                .OfType<string>(),
        ];
    }

    /// <exception cref="CommandException">The file cannot be read, or a rule of it is wrong: the message says where.</exception>
    /// <param name="ratesFile">A file of exchange rates, if there is one.</param>
    /// <param name="tablesFile">A document of weight tables that the rules name, if there is one.</param>
    public static BatchRules Open(string file, string? ratesFile = null, string? tablesFile = null)
    {
        AttributionDocument? tables = tablesFile is null
            ? null
            : AttributionRuleFile.Read(Text(tablesFile), tablesFile, out IReadOnlyList<YamlIssue> wrong)
                ?? throw Bad("bad_tables", wrong);
        AttributionDocument document =
            AttributionRuleFile.Read(
                Text(file),
                file,
                out IReadOnlyList<YamlIssue> issues,
                isDated: true,
                table => tables?.Tables.Any(x => (x.Name, x.Version) == table) == true
            ) ?? throw Bad("bad_rules", issues);
        if (tables is not null)
            document = document with { Tables = [.. document.Tables, .. tables.Tables] };
        RateTable? rates = ratesFile is null
            ? null
            : RateFile.Read(Text(ratesFile), ratesFile, out issues) ?? throw Bad("bad_rates", issues);
        return new(document, rates);
    }

    private static string Text(string file)
    {
        try
        {
            using StreamReader reader = new(InputFile.Open(file));
            return reader.ReadToEnd();
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw InputFile.CannotRead(file, error);
        }
    }

    private static CommandException Bad(string reason, IReadOnlyList<YamlIssue> issues)
    {
        string more = issues.Count > MostShown ? $"; and {issues.Count - MostShown} more" : "";
        return CommandException.BadInput(reason, string.Join("; ", issues.Take(MostShown)) + more);
    }

    /// <summary>Whether an expression may read a column beyond those that every file has: it names it, or reads properties at all.</summary>
    public bool ReadsColumn(string name) =>
        Array.Exists(
            expressions,
            text =>
                name is BatchFacts.Creative or BatchFacts.Placement
                    ? text.Contains(name, StringComparison.Ordinal)
                    : text.Contains("properties", StringComparison.Ordinal)
        );

    /// <exception cref="CommandException">A rule names a weight table that the file does not have.</exception>
    public CompiledRules Compile(IRuleNames names)
    {
        try
        {
            return new(
                document.Rules.Zip(document.Published, (rule, published) => new PublishedRule(rule, published)),
                document.Tables,
                names,
                rates
            );
        }
        catch (ArgumentException error)
        {
            throw CommandException.BadInput("bad_rules", error.Message, error);
        }
    }
}
