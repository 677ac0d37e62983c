using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Throughline.Cli.Attribution.Batch;
using Throughline.Cli.Attribution.Fit;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Import;
using Throughline.Cli.Input;
using Throughline.Cli.Output;
using Throughline.Cli.Service;
using Throughline.Core.Attribution.Models;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Attribution.Timeline;

namespace Throughline.Cli.Commands;

/// <summary><c>attribution fit MODEL</c>: paths of many customers in, of a tenant or of files; a versioned table of channels' weights out.</summary>
internal sealed class AttributionFitCommand : CliCommand
{
    private const string Markov = "markov";
    private const string ShapleyName = "shapley";
    private const string Fractribution = "fractribution";

    private readonly BatchOptions options = new();

    private readonly Argument<string> model = new("MODEL")
    {
        Description = $"{Markov}, {ShapleyName} or {Fractribution}.",
    };

    private readonly Option<string?> target = new("--out")
    {
        Description =
            "Write the weight table to this file, a document that 'attribution rules publish' takes; of files, or without --publish, it must be there.",
        HelpName = "FILE",
    };

    private readonly Option<bool> publish = new("--publish")
    {
        Description = "Give the table to the tenant, as the next version of its name unless told otherwise.",
    };

    private readonly Option<string?> from = TimeOption.From("Of a tenant; all of the time unless told otherwise.");
    private readonly Option<string?> to = TimeOption.To("Of a tenant.");

    private readonly Option<string?> name = new("--name")
    {
        Description = "Name of the table; the model's unless given.",
        HelpName = "NAME",
    };

    private readonly Option<int?> version = new("--table-version")
    {
        Description = "Version of the table; rules name NAME@N. 1 unless told otherwise, or with --publish the next.",
        HelpName = "N",
    };

    private readonly Option<string?> conversion = new("--conversion")
    {
        Description = "Only conversions of this kind count; all unless given.",
        HelpName = "KIND",
    };

    private readonly Option<int> order = new("--order")
    {
        Description = "Of markov: states are the last K channels, 1 to 5.",
        HelpName = "K",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<string> form = new("--form")
    {
        Description = "Of shapley: simplified, ordered, set or rate.",
        HelpName = "FORM",
        DefaultValueFactory = _ => "simplified",
    };

    private readonly Option<string> transform = new("--transform")
    {
        Description =
            "What is done to paths: none, exposure (repeats of a neighbour dropped) or first (each channel once).",
        HelpName = "NAME",
        DefaultValueFactory = _ => PathForm.None,
    };

    private readonly Option<int> last = new("--last")
    {
        Description = "Only so many touches at the end of a path count; 0: all.",
        HelpName = "N",
    };

    private readonly Option<string?> without = new("--without")
    {
        Description = "A channel that counts only in paths of nothing else, such as direct.",
        HelpName = "CHANNEL",
    };

    private readonly Option<long> minTouches = new("--min-touches")
    {
        Description = "Channels with fewer touches are dropped.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<int> channelsMax = new("--channels-max")
    {
        Description = "Of the others so many stay, the most frequent.",
        HelpName = "N",
        DefaultValueFactory = _ => 100,
    };

    public AttributionFitCommand()
        : base(
            "fit",
            "Fit a data-driven model to the paths of a tenant's customers, or of files of touches and conversions: a versioned table of channels' weights.",
            new Example(
                "./throughline attribution fit markov --order 2 --tenant shop --name markov --publish",
                "The removal effects of a tenant's channels, as a table that its rules can name at once."
            ),
            new Example(
                "./throughline attribution fit markov --order 2 --touches touches.csv --conversions conversions.csv --rules rules.yaml --name markov --out markov.yaml",
                "The removal effects of channels, as a table that rules can name."
            ),
            new Example(
                "./throughline attribution fit fractribution --transform exposure --touches touches.csv --conversions conversions.csv --rules rules.yaml --out f.yaml --json",
                "Another model; what the paths were like as numbers."
            )
        )
    {
        Add(model);
        model.AcceptOnlyFromAmong(Markov, ShapleyName, Fractribution);
        form.AcceptOnlyFromAmong([.. Enum.GetNames<ShapleyForm>().Select(x => x.ToLowerInvariant())]);
        transform.AcceptOnlyFromAmong(PathForm.None, PathForm.Exposure, PathForm.First);
        Between(order, 1, 5);
        version.Validators.Add(result =>
        {
            if (result.Number<int>() is < 1)
                result.AddError("--table-version is 1 or more.");
        });
        Between(last, 0, TimelineKernel.MaxCandidates);
        Between(channelsMax, 1, WeightTable.ChannelsMax);
        options.AddTo(this, needsFiles: false);
        foreach (
            Option option in (Option[])
                [
                    target,
                    publish,
                    name,
                    version,
                    from,
                    to,
                    conversion,
                    order,
                    form,
                    transform,
                    last,
                    without,
                    minTouches,
                    channelsMax,
                ]
        )
            Add(option);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        bool hasFiles = options.HasFiles(context);
        bool isPublished = context.Get(publish);
        if (context.Get(target) is null && (hasFiles || !isPublished))
            throw new CommandException(
                ExitCode.Usage,
                "out_missing",
                hasFiles ? "A table fitted to files needs --out FILE." : "Name --out FILE, --publish, or both."
            );
        if (!hasFiles && context.Get(target) is { } early)
            _ = new CreditFile(early); // refuses at once what would fail after long work
        await using ServiceConnection? service =
            hasFiles && !isPublished ? null : await ServiceConnection.OpenTenantAsync(context, cancellation);
        FoundPaths found = hasFiles
            ? await OfFilesAsync(context, cancellation)
            : await TenantPaths.FindAsync(
                context,
                service!,
                context.Get(from),
                context.Get(to),
                context.Get(conversion),
                cancellation
            );
        PathForm shape = new(
            context.Get(transform)!,
            context.Get(last),
            context.Get(without),
            context.Get(minTouches),
            context.Get(channelsMax)
        );
        FitPaths paths = FitPaths.Of(found.Paths, shape);
        if (paths.Conversions == 0)
            throw CommandException.BadInput(
                "no_paths",
                "No conversion has a touch that counts: nothing can be fitted."
            );
        long started = Stopwatch.GetTimestamp();
        Fitted fitted = Fit(context, paths);
        double fitSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        SortedDictionary<string, long> weights = ChannelFit.Weights(fitted.Earned);
        // A touch without channel is of none that a table can name.
        SortedDictionary<string, long> named = new(weights, StringComparer.Ordinal);
        named.Remove("", out long others);
        if (named.Count == 0)
            throw CommandException.BadInput(
                "no_channels",
                "No touch that counts has a channel: nothing can be weighed."
            );
        string table = context.Get(name) ?? context.Get(model)!;
        int number =
            context.Get(version)
            ?? (isPublished ? await TenantPaths.NextVersionAsync(context, service!, table, cancellation) : 1);
        byte[] document = FitFile.Write(new(table, number, named, others, NoteOf(fitted.Options, paths)));
        if (context.Get(target) is { } path)
            new CreditFile(path).Write(document, null, cancellation);
        if (isPublished)
            await TenantPaths.PublishAsync(context, service!, document, cancellation);
        FitReport report = new(
            context.Get(model)!,
            fitted.Options,
            table,
            number,
            found.Touches,
            found.Conversions,
            found.Rejections,
            found.AsOf,
            found.AsOfPosition,
            paths.Conversions + paths.Others,
            paths.Conversions,
            paths.Others,
            paths.Paths.Count,
            paths.Paths.Max(x => x.Channels.Count),
            paths.Empty,
            paths.EmptyOthers,
            fitted.Baseline,
            [
                .. weights.Select(x => new FittedChannel(
                    x.Key,
                    x.Value,
                    fitted.Earned[x.Key].ToDouble(),
                    paths.Touches.GetValueOrDefault(x.Key),
                    fitted.Effects?.GetValueOrDefault(x.Key),
                    fitted.ByPlace?.GetValueOrDefault(x.Key)
                )),
            ],
            paths.Dropped,
            found.ReadSeconds,
            found.PathSeconds,
            Figures.Seconds(fitSeconds),
            isPublished
        );
        Print(context.Output, report, context.Get(target));
        context.Output.Result(report);
        return ExitCode.Done;
    }

    private async Task<FoundPaths> OfFilesAsync(CommandContext context, CancellationToken cancellation)
    {
        BatchRules rules = options.Open(context);
        string path = context.Get(target)!;
        BatchInput input = options.Input(context, CreditFile.FolderOf(path), rules.ReadsColumn);
        _ = new CreditFile(path, input.Touches, input.Conversions, options.Rules(context)); // none of them is written over
        using RejectionLog rejections = new(
            options.Rejections(context),
            [path, .. input.Files, .. options.RuleFiles(context)]
        );
        using BatchData data = await input.ReadAsync(context.Output, rejections, cancellation);
        if (data.Names.Channels > char.MaxValue)
            throw CommandException.BadInput("too_many_channels", $"There are more than {(int)char.MaxValue} channels.");
        long started = Stopwatch.GetTimestamp();
        Dictionary<string, (long Conversions, long Others)> found = await context.Output.ProgressAsync(
            "Finding paths",
            data.ConversionCounts.Read,
            progress =>
                Task.Run(
                    () =>
                        Find(
                            data,
                            rules.Compile(data.Names),
                            KindOf(context, data),
                            input.Threads,
                            progress,
                            cancellation
                        ),
                    cancellation
                )
        );
        List<(IReadOnlyList<string>, long, long)> named = [];
        foreach ((string numbers, (long conversions, long others)) in found)
            named.Add(([.. numbers.Select(number => data.Names.Channel(number))], conversions, others));
        return new(
            named,
            rejections.First,
            Figures.Seconds(data.ReadSeconds),
            Figures.Seconds(Stopwatch.GetElapsedTime(started).TotalSeconds)
        )
        {
            Touches = RowsReport.Of(data.TouchCounts),
            Conversions = RowsReport.Of(data.ConversionCounts),
        };
    }

    private sealed record Fitted(
        string Options,
        SortedDictionary<string, Rational> Earned,
        double? Baseline = null,
        Dictionary<string, double>? Effects = null,
        Dictionary<string, double[]>? ByPlace = null
    );

    private int KindOf(CommandContext context, BatchData data)
    {
        if (context.Get(conversion) is not { } wanted)
            return -1;
        for (int kind = 0; kind < data.Names.ConversionKinds; kind++)
            if (data.Names.ConversionKind(kind) == wanted)
                return kind;
        throw CommandException.BadInput("unknown_kind", $"No conversion is of the kind '{wanted}'.");
    }

    private static Dictionary<string, (long Conversions, long Others)> Find(
        BatchData data,
        CompiledRules rules,
        int kind,
        int threads,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        Dictionary<string, (long Conversions, long Others)> all = new(StringComparer.Ordinal);
        PartitionRun.All(
            threads,
            () => new FitWorker(data, rules, kind),
            worker =>
            {
                foreach ((string path, (long conversions, long others)) in worker.Paths)
                {
                    (long before, long othersBefore) = all.GetValueOrDefault(path);
                    all[path] = (before + conversions, othersBefore + others);
                }
            },
            progress,
            cancellation
        );
        return all;
    }

    private Fitted Fit(CommandContext context, FitPaths paths)
    {
        switch (context.Get(model))
        {
            case Markov:
                MarkovModel chain = Chain(paths, context.Get(order));
                return new(
                    string.Create(CultureInfo.InvariantCulture, $"markov order {context.Get(order)}"),
                    ChannelFit.Markov(chain),
                    chain.ConversionProbability,
                    chain.Channels.ToDictionary(x => x, chain.RemovalEffect)
                );
            case ShapleyName:
                ShapleyForm game = Enum.Parse<ShapleyForm>(context.Get(form)!, ignoreCase: true);
                if (game is ShapleyForm.Set or ShapleyForm.Rate && paths.Touches.Count > Shapley.MostPlayers)
                    throw CommandException.BadInput(
                        "too_many_channels",
                        $"{paths.Touches.Count} channels; over sets at most {Shapley.MostPlayers}: use --channels-max {Shapley.MostPlayers}."
                    );
                return new(
                    $"shapley {context.Get(form)}",
                    ChannelFit.OfShapley(paths.Paths, game),
                    ByPlace: game == ShapleyForm.Ordered
                        ? Shapley
                            .OfOrderedPaths(paths.Paths, x => x.Conversions)
                            .ToDictionary(x => x.Key, x => Array.ConvertAll(x.Value, share => share.ToDouble()))
                        : null
                );
            default:
                return new("fractribution", ChannelFit.OfFractribution(paths.Paths));
        }
    }

    private static MarkovModel Chain(FitPaths paths, int order)
    {
        int states = MarkovModel.StatesOf(paths.Paths, order);
        return states <= ChannelFit.StatesMax
            ? new(paths.Paths, order)
            : throw CommandException.BadInput(
                "too_many_states",
                $"A chain of order {order} over these paths has {states} states, at most {ChannelFit.StatesMax} can be solved: lower --order, or drop rare channels with --min-touches or --channels-max."
            );
    }

    private static string NoteOf(string options, FitPaths paths) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{options}; {paths.Conversions} conversions, {paths.Others} null paths, {paths.Touches.Count} channels, {paths.Dropped.Count} dropped"
        );

    private static void Between(Option<int> option, int least, int most) =>
        option.Validators.Add(result =>
        {
            if (result.Number<int>() < least || result.Number<int>() > most)
                result.AddError($"{option.Name} is {least} to {most}.");
        });

    private static void Print(ICommandOutput output, FitReport report, string? path)
    {
        void Line(FormattableString text) => output.Line(text.ToString(CultureInfo.InvariantCulture));
        Line(
            $"{report.Options}: {report.Paths:N0} paths, {report.Conversions:N0} conversions, {report.NullPaths:N0} without; {report.DistinctPaths:N0} different ones, the longest of {report.LongestPath} touches."
        );
        foreach (FittedChannel channel in report.Channels)
            Line($"  {channel.Channel, -24} weight {channel.Weight, 7}, {channel.Touches:N0} touches");
        foreach ((string channel, long touches) in report.DroppedChannels)
            Line($"  {channel, -24} dropped, {touches:N0} touches");
        string where = string.Join(
            " and ",
            ((string?[])[path, report.Published ? "published" : null]).OfType<string>()
        );
        Line($"Weight table {report.Name}@{report.Version}: {where}.");
    }
}
