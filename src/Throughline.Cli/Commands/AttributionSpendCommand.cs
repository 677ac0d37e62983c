using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Cli.Attribution.Batch;
using Throughline.Cli.Attribution.Batch.Reading;
using Throughline.Cli.Attribution.Batch.Reports;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Import;
using Throughline.Cli.Service;
using Throughline.Core.Attribution.Reports;

namespace Throughline.Cli.Commands;

/// <summary><c>attribution spend</c>: what advertising cost a tenant.</summary>
internal static class AttributionSpendCommand
{
    public static GroupCommand Create() =>
        new(
            "spend",
            "Tell a tenant what advertising cost, and list it.",
            new AttributionSpendPutCommand(),
            new AttributionSpendListCommand()
        );
}

/// <summary><c>attribution spend put FILE</c>.</summary>
internal sealed class AttributionSpendPutCommand : CliCommand
{
    private const int RowsAtOnce = 5_000;

    private readonly Argument<string> file = new("FILE")
    {
        Description =
            "CSV with the columns date, minor, currency, and campaign, channel, creative, placement as far as they are known.",
    };
    private readonly Option<string> author = PublicationOptions.Author();
    private readonly Option<string?> rejections = new("--rejections")
    {
        Description = "Write every line that does not count to this file, as NDJSON.",
        HelpName = "FILE",
    };

    public AttributionSpendPutCommand()
        : base(
            "put",
            "Tell what advertising cost by day; a cost that is told again replaces the one before.",
            new Example("./throughline attribution spend put spend.csv --author ada --tenant shop", "Costs of a file.")
        )
    {
        Add(file);
        Add(author);
        Add(rejections);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        using RejectionLog log = new(context.Get(rejections), context.Get(file));
        (SpendFile spend, RowCounts counts) = SpendFile.Read(context.Get(file)!, null, log, cancellation);
        List<(SpendKey Key, long Minor)> costs =
        [
            .. SpendBook.Sum(spend.Rows).Select(x => (x.Key, x.Value)).OrderBy(x => x.Key.Day).ThenBy(x => x.Key.Names),
        ];
        await using ServiceConnection service = await ServiceConnection.OpenNewTenantAsync(context, cancellation);
        long position = -1;
        foreach ((SpendKey Key, long Minor)[] some in costs.Chunk(RowsAtOnce))
        {
            using JsonDocument answer = await service
                .For(context.Tenant)
                .SendAsync(
                    HttpMethod.Put,
                    $"v1/attribution/spend{Parameters.Of(("author", context.Get(author)))}",
                    JsonSerializer.SerializeToUtf8Bytes(Body(some)),
                    cancellation
                );
            position = answer.RootElement.GetProperty("position").GetInt64();
        }
        RowsReport rows = RowsReport.Of(counts);
        context.Output.Line(
            $"{costs.Count} costs of {rows.Accepted} lines told{(rows.Rejected.Count == 0 ? "" : $"; {rows.Rejected.Values.Sum()} lines do not count; --rejections writes them")}."
        );
        context.Output.Result(new SpendReport(rows, log.First, costs.Count, position));
        return ExitCode.Done;
    }

    private static JsonObject Body(IEnumerable<(SpendKey Key, long Minor)> costs)
    {
        JsonArray list = [];
        foreach ((SpendKey key, long minor) in costs)
        {
            JsonObject row = new()
            {
                ["date"] = DateOnly
                    .FromDateTime(DateTime.UnixEpoch.AddDays(key.Day))
                    .ToString("O", CultureInfo.InvariantCulture),
                ["minor"] = minor,
                ["currency"] = CreditRows.CodeOf(key.Currency),
            };
            foreach (ReportPart part in SpendBook.Parts)
                if (key.Names[part] is { } name)
                    row[JsonNamingPolicy.CamelCase.ConvertName(part.ToString())] = name;
            list.Add(row);
        }
        return new() { ["spend"] = list };
    }
}

/// <summary><c>attribution spend list</c>.</summary>
internal sealed class AttributionSpendListCommand : CliCommand
{
    private readonly Option<string?> from = TimeOption.From("All days unless told otherwise.");
    private readonly Option<string?> to = TimeOption.To("All days unless told otherwise.");

    public AttributionSpendListCommand()
        : base(
            "list",
            "List what advertising cost, as the latest statements say.",
            new Example("./throughline attribution spend list --from 2026-06-01 --tenant shop", "From June on.")
        )
    {
        Add(from);
        Add(to);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = (
            await service
                .For(context.Tenant)
                .GetAsync(
                    $"v1/attribution/spend{Parameters.Of(("from", context.Get(from)), ("to", context.Get(to)))}",
                    cancellation
                )
        )!;
        foreach (JsonElement cost in answer.RootElement.GetProperty("spend").EnumerateArray())
        {
            string names = string.Join(
                " / ",
                new[] { "campaign", "channel", "creative", "placement" }
                    .Select(name => cost.TryGetProperty(name, out JsonElement text) ? text.GetString() : null)
                    .OfType<string>()
            );
            context.Output.Line(
                $"{cost.GetProperty("date").GetString()} {names, -32} {cost.GetProperty("minor").GetInt64(), 14} {cost.GetProperty("currency").GetString()}"
            );
        }
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}

/// <summary>What <c>attribution spend put</c> did.</summary>
/// <param name="Costs">Told, equal keys of the file added up.</param>
/// <param name="Position">Of the last statement in the tenant's log; -1: the file had none.</param>
internal sealed record SpendReport(
    RowsReport Lines,
    IReadOnlyList<Input.InputRejection> Rejections,
    int Costs,
    long Position
);
