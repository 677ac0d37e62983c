using System.CommandLine;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;

namespace Throughline.Cli.Commands;

/// <summary><c>identity erase IDENTIFIER</c>: a customer, named by any of its identifiers or by its id, or an identifier alone.</summary>
internal sealed class IdentityEraseCommand : CliCommand
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    private readonly Argument<string?> identifier = new("IDENTIFIER")
    {
        Description = "Any identifier of the customer as type:value, such as email:anna@example.com.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<string> customer = new("--customer")
    {
        Description = "The customer's id, in place of an identifier.",
        HelpName = "ID",
    };
    private readonly Option<bool> alone = new("--identifier-only")
    {
        Description = "Erase this identifier alone; the customer's others stay, with its events.",
    };
    private readonly Option<string> reason = new("--reason")
    {
        Description = "Why; kept with the statement.",
        HelpName = "TEXT",
    };
    private readonly Option<bool> preview = new("--preview")
    {
        Description = "Only tell what would follow: links that lose, customers and credit that move.",
    };
    private readonly Option<bool> noWait = new("--no-wait")
    {
        Description = "Do not wait until no file holds anything of it any more.",
    };
    private readonly Option<string> author = PublicationOptions.Author();

    public IdentityEraseCommand()
        : base(
            "erase",
            "Erase a customer: its identifiers, links, events and traits, in answers at once and in all files after that.",
            new Example(
                "./throughline identity erase email:anna@example.com --reason \"asked on 2026-11-20\"",
                "All of the customer that holds the address; there is no way back."
            ),
            new Example(
                "./throughline identity erase email:anna@example.com --preview",
                "Which customers and how much credit would go or move; nothing is changed."
            )
        )
    {
        Add(identifier);
        Add(customer);
        Add(alone);
        Add(reason);
        Add(preview);
        Add(noWait);
        Add(author);
        Validators.Add(result =>
        {
            if (result.GetResult(reason) is null && !result.GetValue(preview))
                result.AddError("--reason is required (but for --preview).");
            if (result.GetValue(identifier) is null == result.GetValue(customer) is null)
                result.AddError("Name the customer by an IDENTIFIER or by --customer ID.");
        });
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        bool isPreview = context.Get(preview);
        byte[] body = Body(context, isPreview);
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        if (isPreview)
        {
            using JsonDocument told = await service
                .For(context.Tenant)
                .SendAsync(HttpMethod.Post, "v1/identity/erase/preview", body, cancellation);
            PreviewText.Print(context.Output, told.RootElement);
            context.Output.Result(told.RootElement);
            return ExitCode.Done;
        }
        using JsonDocument answer = await service
            .For(context.Tenant)
            .SendAsync(HttpMethod.Post, "v1/identity/erase", body, cancellation);
        JsonElement receipt = answer.RootElement;
        context.Output.Line(
            $"{receipt.GetProperty("identifiers")} identifiers erased ({receipt.GetProperty("scope")}): nothing is answered of them any more."
        );
        if (!context.Get(noWait))
            await WaitAsync(service, context, receipt.GetProperty("position").GetInt64(), cancellation);
        context.Output.Result(receipt);
        return ExitCode.Done;
    }

    private byte[] Body(CommandContext context, bool isPreview)
    {
        Dictionary<string, object?> said = new() { ["scope"] = context.Get(alone) ? "identifier" : "customer" };
        if (context.Get(customer) is { } id)
            said["customer"] = id;
        else
            (said["type"], said["value"]) = IdentifierPair.Parts(context.Get(identifier)!);
        if (!isPreview)
            (said["reason"], said["author"]) = (context.Get(reason), context.Get(author));
        return JsonSerializer.SerializeToUtf8Bytes(said);
    }

    // The files follow the answer: until then the command line tells how far they are.
    private static async Task WaitAsync(
        ServiceConnection service,
        CommandContext context,
        long position,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            using JsonDocument state = (
                await service.For(context.Tenant).GetAsync("v1/identity/erasures", cancellation)
            )!;
            if (!state.RootElement.GetProperty("pending").GetBoolean() || IsDone(state.RootElement, position))
            {
                context.Output.Line(
                    $"Carried out in all files; so far {state.RootElement.GetProperty("events")} events have lost their personal part."
                );
                return;
            }
            await Task.Delay(LookEvery, cancellation);
        }
    }

    private static bool IsDone(JsonElement state, long position)
    {
        foreach (JsonElement erasure in state.GetProperty("erasures").EnumerateArray())
            if (erasure.GetProperty("position").GetInt64() == position)
                return erasure.GetProperty("done").GetBoolean();
        return false;
    }
}
