using System.CommandLine;
using System.Text;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Input;
using Throughline.Cli.Service;
using Throughline.Core.Attribution.Rates;
using Throughline.Server.Attribution;
using Throughline.Server.Edge.Rules;

namespace Throughline.Cli.Commands;

/// <summary><c>attribution rates</c>: a tenant's exchange rates by day.</summary>
internal static class AttributionRatesCommand
{
    private const string Rates = "rates";

    public static GroupCommand Create() =>
        new(
            "rates",
            "Check, publish and list exchange rates by day.",
            new AttributionRatesShowCommand(),
            new AttributionRatesPublishCommand(),
            new AttributionRatesListCommand()
        );

    public static Argument<string> File() =>
        new("FILE") { Description = "Exchange rates: CSV with the columns day, from, to, rate; YAML or JSON." };

    /// <summary>What a file holds.</summary>
    /// <exception cref="CommandException">The file cannot be read, or is not valid; the message names the lines.</exception>
    public static RateTable Open(string path)
    {
        string text = DocumentFile.ReadText(path, Rates);
        return RateFile.Read(text, path, out IReadOnlyList<YamlIssue> issues)
            ?? throw DocumentFile.Invalid(Rates, issues);
    }

    /// <summary>One line about a rate.</summary>
    public static string LineOf(RateRow row) =>
        row.Rate is { } rate
            ? $"{RateTable.TextOf(row.Day)}  1 {row.From} = {rate} {row.To}"
            : $"{RateTable.TextOf(row.Day)}  {row.From} to {row.To} is withdrawn";
}

/// <summary><c>attribution rates show FILE</c>: what a file says, once it is checked.</summary>
internal sealed class AttributionRatesShowCommand : CliCommand
{
    private readonly Argument<string> file = AttributionRatesCommand.File();

    public AttributionRatesShowCommand()
        : base(
            "show",
            "Check a file of exchange rates and say what it holds; nothing is published.",
            new Example(
                "./throughline attribution rates show rates.csv",
                "One line a rate, or what is wrong and where."
            )
        ) => Add(file);

    public override Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        RateTable table = AttributionRatesCommand.Open(context.Get(file)!);
        foreach (RateRow row in table.Rows)
            context.Output.Line(AttributionRatesCommand.LineOf(row));
        context.Output.Result(JsonSerializer.SerializeToElement(RateTableJson.Write(table)));
        return Task.FromResult(ExitCode.Done);
    }
}

/// <summary><c>attribution rates publish FILE</c>.</summary>
internal sealed class AttributionRatesPublishCommand : CliCommand
{
    private readonly Argument<string> file = AttributionRatesCommand.File();
    private readonly Option<string> author = PublicationOptions.Author();
    private readonly Option<string?> note = PublicationOptions.Note();
    private readonly Option<bool> check = PublicationOptions.Check();

    public AttributionRatesPublishCommand()
        : base(
            "publish",
            "Lay the rates of a file over those published before; conversions that they concern are attributed again.",
            new Example("./throughline attribution rates publish rates.csv --author ada", "The next table is in force.")
        )
    {
        Add(file);
        Add(author);
        Add(note);
        Add(check);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        RateTable table = AttributionRatesCommand.Open(context.Get(file)!);
        string parameters = Parameters.Of(
            ("author", context.Get(author)),
            ("note", context.Get(note)),
            ("check", context.Get(check) ? "true" : null)
        );
        await using ServiceConnection service = await ServiceConnection.OpenNewTenantAsync(context, cancellation);
        using JsonDocument answer = await service
            .For(context.Tenant)
            .SendAsync(
                HttpMethod.Put,
                $"v1/attribution/rates{parameters}",
                Encoding.UTF8.GetBytes(RateTableJson.Write(table).ToJsonString()),
                cancellation,
                "application/json"
            );
        context.Output.Line(
            context.Get(check)
                ? $"{table.Rows.Count} rates are valid"
                : $"{table.Rows.Count} rates are table {answer.RootElement.GetProperty("version").GetInt32()} now"
        );
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}

/// <summary><c>attribution rates list</c>.</summary>
internal sealed class AttributionRatesListCommand : CliCommand
{
    private readonly Option<string?> since = new("--since")
    {
        Description = "The first day; without it the last 31 days that have rates.",
        HelpName = "DAY",
    };

    public AttributionRatesListCommand()
        : base(
            "list",
            "List a tenant's tables of exchange rates, and the rates as they hold by now.",
            new Example("./throughline attribution rates list --since 2026-05-01", "One line a table, one a rate.")
        ) => Add(since);

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        string query = Parameters.Of(("since", context.Get(since)));
        using JsonDocument answer = (
            await service.For(context.Tenant).GetAsync($"v1/attribution/rates{query}", cancellation)
        )!;
        foreach (JsonElement table in answer.RootElement.GetProperty("tables").EnumerateArray())
            context.Output.Line(
                $"table {table.GetProperty("version").GetInt32()}, {table.GetProperty("rows").GetInt32()} rates, "
                    + $"published {table.GetProperty("published").GetString()} {table.GetProperty("author").GetString()}"
            );
        foreach (JsonElement rate in answer.RootElement.GetProperty("rates").EnumerateArray())
            context.Output.Line(
                $"{rate.GetProperty("day").GetString()}  1 {rate.GetProperty("from").GetString()} = "
                    + $"{rate.GetProperty("rate").GetString()} {rate.GetProperty("to").GetString()}, table {rate.GetProperty("table").GetInt32()}"
            );
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}
