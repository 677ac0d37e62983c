using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Throughline.Cli.Attribution.Examples;
using Throughline.Cli.Attribution.Reports;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;
using Throughline.Cli.Service;
using Throughline.Core.Attribution.Examples;
using Throughline.Server.Attribution.Reports;

namespace Throughline.Cli.Commands;

/// <summary><c>attribution examples</c>: touches as they were when they happened, with what became of them, into a file; and a data card beside it.</summary>
internal sealed class AttributionExamplesCommand : CliCommand
{
    private const string Csv = "csv";

    private readonly Option<string> target = new("--out")
    {
        Description =
            "The file; it appears when all rows are there. Its data card is beside it: FILE.card.json, FILE.card.md.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string> form = new("--form")
    {
        Description = "csv or ndjson.",
        HelpName = "FORM",
        DefaultValueFactory = _ => Csv,
    };

    private readonly Option<string?> from = TimeOption.From("Of touches; all unless told otherwise.");
    private readonly Option<string?> to = TimeOption.To("All unless told otherwise.");

    private readonly Option<string?> kind = new("--kind")
    {
        Description =
            "Kinds of touches (impression, click, a nurturing event's name), with commas; all unless told otherwise.",
        HelpName = "NAMES",
    };

    private readonly Option<string?> campaign = new("--campaign")
    {
        Description = "Touches of this campaign alone.",
        HelpName = "NAME",
    };

    private readonly Option<int> oneIn = new("--one-in")
    {
        Description = "Keep one in N of the touches without credit; each weighs N.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<long> seed = new("--seed")
    {
        Description = "Chooses which of them are kept.",
        HelpName = "NUMBER",
        DefaultValueFactory = _ => 0,
    };

    private readonly Option<bool> invalid = new("--invalid")
    {
        Description = "Touches of bots and machines, too; the column valid tells them apart.",
    };

    private readonly Option<string?> split = new("--split")
    {
        Description =
            "Begin of the second period that the card compares with the first; the middle unless told otherwise.",
        HelpName = "TIME",
    };

    private readonly Option<bool> resume = new("--resume")
    {
        Description = "Go on with examples into the same file that were broken off.",
    };

    public AttributionExamplesCommand()
        : base(
            "examples",
            "Write touches as examples for machine learning, with features as they were then, labels and weights, into a file with a data card.",
            new CommandLine.Example(
                "./throughline attribution examples --tenant shop --out examples.csv",
                "Every touch, with what is known of what became of it."
            ),
            new CommandLine.Example(
                "./throughline attribution examples --tenant shop --kind impression,click --from 2026-06-01 --one-in 20 --form ndjson --out ads.ndjson --resume",
                "All with credit, and one in 20 of the others with weight 20; goes on where it was broken off."
            )
        )
    {
        form.AcceptOnlyFromAmong(Csv, "ndjson");
        oneIn.Validators.Add(result =>
        {
            if (result.Number<int>() is < 1 or > ExampleOptions.OneInMax)
                result.AddError($"--one-in is from 1 to {ExampleOptions.OneInMax}.");
        });
        seed.Validators.Add(result =>
        {
            if (result.Number<long>() < 0)
                result.AddError("--seed is not negative.");
        });
        foreach (
            Option option in (Option[])[target, form, from, to, kind, campaign, oneIn, seed, invalid, split, resume]
        )
            Add(option);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        ServiceClient client = service.For(context.Tenant);
        string path = context.Get(target)!;
        using JsonDocument answer = await service.AskLongAsync(
            context,
            "Looking through",
            null,
            HttpMethod.Get,
            $"v1/attribution/examples/card{Asked(context, ("split", context.Get(split)))}",
            default,
            cancellation
        );
        DataCard card = answer.Deserialize<DataCard>(JsonSerializerOptions.Web)!;
        bool hasCard = path.Length > 0 && !Directory.Exists(path) && OutputFile.IsReplaced(path); // a device has nothing beside it
        ExamplesReport report = await context.Output.ProgressAsync(
            "Writing",
            card.Total.Rows,
            progress => WriteAsync(context, client, path, card, progress, cancellation)
        );
        if (hasCard)
            WriteCard(path, answer.RootElement, card);
        ExampleCounts total = card.Total;
        context.Output.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{total.Rows:N0} examples in {path}: {total.Positive:N0} positive, {total.Negative:N0} negative (weighted {total.WeightedNegative:N0}), {total.Unlabelled:N0} without label; as of position {report.Position}."
            )
        );
        if (card.AsOfPosition != report.Position)
            context.Output.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Events came meanwhile: the card is as of position {card.AsOfPosition}."
                )
            );
        context.Output.Result(report);
        return ExitCode.Done;
    }

    private async Task<ExamplesReport> WriteAsync(
        CommandContext context,
        ServiceClient client,
        string path,
        DataCard card,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        bool isCsv = context.Get(form) == Csv;
        string question = $"{context.Tenant} {Asked(context, ("form", context.Get(form)))}";
        ExportFile file = new(path, isCsv, question, "place");
        HttpResponseHeaders headers;
        long bytes;
        await using (OutputStream stream = file.Open(context.Get(resume), out string? after))
        {
            await using Stream rows = stream.Length > 0 && isCsv ? new WithoutFirstLine(stream) : stream;
            await using RowCount counted = new(rows, progress);
            headers = await client.CopyAsync(
                $"v1/attribution/examples{Asked(context, ("form", context.Get(form)), ("after", after))}",
                counted,
                cancellation
            );
            bytes = stream.Length;
        }
        file.Complete();
        return new(
            path,
            bytes,
            card.Total.Rows,
            card.Total.Positive,
            card.Total.Negative,
            card.Total.Unlabelled,
            long.Parse(headers.GetValues(CreditExportHeaders.Position).Single(), CultureInfo.InvariantCulture)
        );
    }

    private string Asked(CommandContext context, params ReadOnlySpan<(string Name, string? Value)> more) =>
        Parameters.Of([
            ("from", context.Get(from)),
            ("to", context.Get(to)),
            ("kind", context.Get(kind)),
            ("campaign", context.Get(campaign)),
            ("one_in", context.Get(oneIn).ToString(CultureInfo.InvariantCulture)),
            ("seed", context.Get(seed).ToString(CultureInfo.InvariantCulture)),
            ("invalid", context.Get(invalid) ? "true" : null),
            .. more,
        ]);

    private static void WriteCard(string path, JsonElement json, DataCard card)
    {
        Write(path + ".card.json", json.GetRawText() + "\n");
        Write(path + ".card.md", DataCardText.Write(card));
    }

    private static void Write(string path, string text)
    {
        try
        {
            File.WriteAllText(path, text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw OutputFile.CannotWrite(path, error);
        }
    }
}

/// <summary>What <c>attribution examples</c> did.</summary>
/// <param name="Bytes">Of the file.</param>
/// <param name="Position">All events before it are in the file.</param>
internal sealed record ExamplesReport(
    string File,
    long Bytes,
    long Rows,
    long Positive,
    long Negative,
    long Unlabelled,
    long Position
);
