using System.CommandLine;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;

namespace Throughline.Cli.Commands;

/// <summary><c>identity freeze TYPE</c> and <c>identity unfreeze TYPE</c>: the switch for a type that is joining strangers.</summary>
internal sealed class IdentityFreezeCommand : CliCommand
{
    private readonly Argument<string> type = new("TYPE") { Description = "An identifier type, such as device." };
    private readonly Option<string> reason = new("--reason")
    {
        Description = "Why; kept with the statement.",
        HelpName = "TEXT",
        Required = true,
    };
    private readonly Option<string> author = PublicationOptions.Author();
    private readonly bool frozen;

    private IdentityFreezeCommand(string name, bool frozen, string description, params Example[] examples)
        : base(name, description, examples)
    {
        this.frozen = frozen;
        Add(type);
        Add(reason);
        Add(author);
    }

    public static IdentityFreezeCommand Freeze() =>
        new(
            "freeze",
            frozen: true,
            "Freeze an identifier type: what is seen of it from now on links nobody. Links that were seen before stay.",
            new Example(
                "./throughline identity freeze device --reason \"an app update sends one id for all\"",
                "Goes by event time, in buckets of 5 minutes."
            )
        );

    public static IdentityFreezeCommand Unfreeze() =>
        new(
            "unfreeze",
            frozen: false,
            "Take a freeze back: what is seen of the type from now on links again.",
            new Example(
                "./throughline identity unfreeze device --reason \"fixed in 3.2\"",
                "What was seen meanwhile stays without effect."
            )
        );

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                type = context.Get(type),
                frozen,
                reason = context.Get(reason),
                author = context.Get(author),
            }
        );
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = await service
            .For(context.Tenant)
            .SendAsync(HttpMethod.Put, "v1/identity/freezes", body, cancellation);
        context.Output.Line(frozen ? "Frozen from now on." : "Links again from now on.");
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}
