using System.CommandLine;
using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>The options that commands over files of touches and conversions have in common.</summary>
internal sealed class BatchOptions
{
    public const int MostThreads = 64;

    private const string Campaign = "campaign";
    private const string Customer = "customer";

    private readonly Option<string> touches = new("--touches")
    {
        Description =
            "CSV with the columns id, customer, time, campaign, channel, kind, in any order; gzip is unpacked, - is standard input.",
        HelpName = "FILE",
    };

    private readonly Option<string> conversions = new("--conversions")
    {
        Description = "CSV with the columns id, customer, time, kind, order_id, minor, currency, in any order.",
        HelpName = "FILE",
    };

    private readonly Option<string> rules = new("--rules")
    {
        Description = "The attribution rules, YAML or JSON.",
        HelpName = "FILE",
    };

    private readonly Option<string?> rates = new("--rates")
    {
        Description =
            "Exchange rates by day, CSV (day,from,to,rate), YAML or JSON: for rules with a currency of their own.",
        HelpName = "FILE",
    };

    private readonly Option<string?> tables = new("--tables")
    {
        Description =
            "Weight tables that rules name, as 'attribution fit' writes them, besides those in the rules' file.",
        HelpName = "FILE",
    };

    private readonly Option<int> threads = new("--threads")
    {
        Description = "Threads; the result is the same for any number.",
        HelpName = "N",
        DefaultValueFactory = _ => Math.Min(Environment.ProcessorCount, MostThreads),
    };

    private readonly Option<string?> memory = new("--memory")
    {
        Description = "Memory for rows, such as 512M or 8G; more goes to disk. Half of the machine's unless given.",
        HelpName = "SIZE",
    };

    private readonly Option<string?> rejections = new("--rejections")
    {
        Description = "Write every line that does not count to this file, as NDJSON.",
        HelpName = "FILE",
    };

    private readonly Option<string?> refunds = new("--refunds")
    {
        Description =
            "CSV with the columns id, time, conversion, minor, currency, and order_id and kind if refunds name orders.",
        HelpName = "FILE",
    };

    private readonly Option<string?> matches = new("--matches")
    {
        Description =
            "CSV with the columns customer, a, b, tier: how well two owners match, for rules that ask for the tier.",
        HelpName = "FILE",
    };

    private readonly Option<string[]> allowEmpty = new("--allow-empty")
    {
        Description =
            "Cells that may be empty: campaign of touches (default rules judge it), customer of conversions (nobody earns it).",
        HelpName = "COLUMN",
        AllowMultipleArgumentsPerToken = true,
    };

    /// <param name="needsFiles">The command is of nothing but files.</param>
    public void AddTo(Command command, bool needsFiles = true)
    {
        foreach (Option<string> file in (Option<string>[])[touches, conversions, rules])
            file.Required = needsFiles;
        allowEmpty.AcceptOnlyFromAmong(Campaign, Customer);
        threads.Validators.Add(result =>
        {
            if (result.Number<int>() is < 1 or > MostThreads)
                result.AddError($"--threads is 1 to {MostThreads}.");
        });
        memory.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !MemorySize.TryParse(text, out _))
                result.AddError("--memory is a size from 1M on, such as 512M or 8G.");
        });
        foreach (
            Option option in (Option[])
                [touches, conversions, refunds, matches, rules, rates, tables, allowEmpty, threads, memory, rejections]
        )
            command.Add(option);
    }

    /// <summary>Whether files are named: all of them, or none.</summary>
    /// <exception cref="CommandException">Some are missing.</exception>
    public bool HasFiles(CommandContext context)
    {
        Option<string>[] files = [touches, conversions, rules];
        Option<string>[] missing = [.. files.Where(file => context.Get(file) is null)];
        return missing.Length == 0
            || (
                missing.Length < files.Length
                    ? throw new CommandException(
                        ExitCode.Usage,
                        "files_missing",
                        $"Files go together: {string.Join(", ", missing.Select(file => file.Name))} is missing."
                    )
                    : false
            );
    }

    public string Rules(CommandContext context) => context.Get(rules)!;

    /// <summary>The rules, and the files of rates and weight tables that are named.</summary>
    public IReadOnlyList<string> RuleFiles(CommandContext context) =>
        [.. ((string?[])[context.Get(rules), context.Get(rates), context.Get(tables)]).OfType<string>()];

    /// <summary>The rules, with the rates and weight tables that they need.</summary>
    /// <param name="file">Another file of rules.</param>
    public BatchRules Open(CommandContext context, string? file = null) =>
        BatchRules.Open(file ?? Rules(context), context.Get(rates), context.Get(tables));

    public string? Rejections(CommandContext context) => context.Get(rejections);

    /// <summary>What is to be read, and how.</summary>
    /// <param name="spillFolder">Where rows go that memory has no room for.</param>
    /// <param name="readsColumn">Whether a rule may read a column beyond those that every file has.</param>
    public BatchInput Input(CommandContext context, string spillFolder, Func<string, bool> readsColumn) =>
        new(
            context.Get(touches)!,
            context.Get(conversions)!,
            context.Get(threads),
            Memory(context),
            spillFolder,
            readsColumn
        )
        {
            Refunds = context.Get(refunds),
            Matches = context.Get(matches),
            TakesNoCampaign = context.Get(allowEmpty)?.Contains(Campaign) == true,
            TakesNobody = context.Get(allowEmpty)?.Contains(Customer) == true,
        };

    private long Memory(CommandContext context) =>
        context.Get(memory) is { } text && MemorySize.TryParse(text, out long bytes) ? bytes : MemorySize.Usual;
}
