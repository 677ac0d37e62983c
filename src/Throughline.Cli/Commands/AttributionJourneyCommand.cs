using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;

namespace Throughline.Cli.Commands;

/// <summary><c>attribution journey CUSTOMER</c>: all that is known of a customer, in time order.</summary>
internal sealed class AttributionJourneyCommand : CliCommand
{
    private readonly Argument<string> customer = new("CUSTOMER") { Description = "A customer's id." };

    private readonly Option<string?> after = new("--after")
    {
        Description = "Go on after an earlier page: its next.",
        HelpName = "PLACE",
    };

    private readonly Option<int> limit = new("--limit")
    {
        Description = "So many entries, at most 1000.",
        HelpName = "N",
        DefaultValueFactory = _ => 100,
    };

    public AttributionJourneyCommand()
        : base(
            "journey",
            "Show a customer's timeline: events, verdicts, changes of the customer, credit.",
            new Example(
                "./throughline attribution journey 0f6a7c7d2d5e4b8f9a1b2c3d4e5f6071 --tenant shop",
                "The first hundred entries."
            )
        )
    {
        Add(customer);
        Add(after);
        Add(limit);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument? answer = await service
            .For(context.Tenant)
            .GetAsync(
                $"v1/customers/{Uri.EscapeDataString(context.Get(customer)!)}/timeline{Parameters.Of(("after", context.Get(after)), ("limit", context.Get(limit).ToString(CultureInfo.InvariantCulture)))}",
                cancellation
            );
        if (answer is null)
            throw CommandException.BadInput("customer_missing", $"There is no customer '{context.Get(customer)}'.");
        foreach (JsonElement entry in answer.RootElement.GetProperty("entries").EnumerateArray())
            context.Output.Line(LineOf(entry));
        if (answer.RootElement.TryGetProperty("next", out JsonElement next))
            context.Output.Line($"There is more: --after {next.GetString()}");
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }

    private static string LineOf(JsonElement entry)
    {
        string? Text(string name) => entry.TryGetProperty(name, out JsonElement text) ? text.ToString() : null;
        string what = Text("change") is { } change ? $"customer {change}" : $"{Text("type")} {Text("id")}";
        string earned = entry.TryGetProperty("earned", out JsonElement credits)
            ? ", earned "
                + string.Join(
                    " and ",
                    credits
                        .EnumerateArray()
                        .Select(x =>
                            $"{x.GetProperty("net").GetInt64()} {x.GetProperty("currency").GetString()} of {x.GetProperty("conversion").GetString()}"
                        )
                )
            : "";
        string worth = Text("status") is { } status
            ? $", {status}: {Text("attributed")} of {Text("minor")} {Text("currency")}"
            : "";
        string campaign = Text("campaign") is { } name ? $" of {name}" : "";
        string verdict = Text("verdict") is { } found ? $" ({found})" : "";
        return $"{Text("time")} {what}{campaign}{verdict}{worth}{earned}";
    }
}
