using System.CommandLine;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;
using Throughline.Cli.Service;

namespace Throughline.Cli.Commands;

/// <summary><c>why ID</c>: the explanation, and whether it was derived again; exit 1 if it was not.</summary>
internal sealed class WhyCommand : CliCommand
{
    private readonly Argument<string> id = new("ID")
    {
        Description = "The id of a request or decision, of a customer, or of a conversion.",
    };

    public WhyCommand()
        : base(
            "why",
            "Explain a decision, a customer or a conversion, and derive the answer again from its record and its events.",
            new Example("./throughline why o-1001-paid", "Who earned this conversion, and who did not."),
            new Example(
                "./throughline why 3f0c9a5e7b1d2c4f8a6b0e9d1c2f3a4b --json",
                "Why these identifiers are one customer."
            )
        ) => Add(id);

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        string subject = context.Get(id)!;
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument? answer = await service
            .For(context.Tenant)
            .GetAsync($"v1/why/{Uri.EscapeDataString(subject)}", cancellation);
        if (answer is null)
            throw CommandException.BadInput(
                "not_found",
                $"Tenant {context.Tenant} knows no decision, customer or conversion with this id."
            );
        JsonElement why = answer.RootElement;
        foreach (string line in WhyText.Of(why))
            context.Output.Line(line);
        context.Output.Result(why);
        return WhyText.IsIdentical(why) ? ExitCode.Done : ExitCode.CheckFailed;
    }
}
