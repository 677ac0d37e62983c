using System.CommandLine;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;

namespace Throughline.Cli.Commands;

/// <summary><c>alarms</c>: what is wrong with a tenant.</summary>
internal static class AlarmsCommand
{
    public static GroupCommand Create() =>
        new(
            "alarms",
            "Show a tenant's alarms, and say how they are judged.",
            new AlarmsListCommand(),
            new AlarmsSetCommand()
        );

    public static void Show(CommandContext context, JsonElement answer)
    {
        foreach (JsonElement alarm in answer.GetProperty("alarms").EnumerateArray())
            context.Output.Line(
                $"ALARM {alarm.GetProperty("kind").GetString()} {alarm.GetProperty("subject").GetString()} since {alarm.GetProperty("since").GetString()}: {alarm.GetProperty("explanation").GetString()}"
            );
        foreach (JsonElement alarm in answer.GetProperty("cleared").EnumerateArray())
            context.Output.Line(
                $"over  {alarm.GetProperty("kind").GetString()} {alarm.GetProperty("subject").GetString()} from {alarm.GetProperty("since").GetString()} to {alarm.GetProperty("until").GetString()}"
            );
    }
}

/// <summary><c>alarms list</c>: exit 1 if any stands.</summary>
internal sealed class AlarmsListCommand : CliCommand
{
    private readonly Option<int> cleared = new("--cleared")
    {
        Description = "So many of those that are over, too.",
        HelpName = "N",
        DefaultValueFactory = _ => 0,
    };

    private readonly Option<bool> check = new("--check") { Description = "Exit 1 if any alarm stands." };

    public AlarmsListCommand()
        : base(
            "list",
            "List what is wrong: guards of identity, volumes, new names, brakes, old lists, stopped webhooks.",
            new Example("./throughline alarms list --tenant shop", "Those that stand."),
            new Example("./throughline alarms list --tenant shop --check", "For scripts: exit 1 if there is any.")
        )
    {
        Add(cleared);
        Add(check);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = (
            await service.For(context.Tenant).GetAsync($"v1/alarms?cleared={context.Get(cleared)}", cancellation)
        )!;
        AlarmsCommand.Show(context, answer.RootElement);
        int standing = answer.RootElement.GetProperty("alarms").GetArrayLength();
        if (standing == 0)
            context.Output.Line("No alarm stands.");
        context.Output.Result(answer.RootElement);
        return context.Get(check) && standing > 0 ? ExitCode.CheckFailed : ExitCode.Done;
    }
}

/// <summary><c>alarms set</c>.</summary>
internal sealed class AlarmsSetCommand : CliCommand
{
    private readonly Option<int> silence = new("--silence-hours")
    {
        Description = "A tenant is silent after so many whole hours without an event, 1 to 168.",
        HelpName = "HOURS",
        Required = true,
    };

    private readonly Option<string> author = PublicationOptions.Author();

    public AlarmsSetCommand()
        : base(
            "set",
            "Say how alarms are judged.",
            new Example(
                "./throughline alarms set --tenant shop --silence-hours 2",
                "For senders that send all the time."
            )
        )
    {
        Add(silence);
        Add(author);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        using JsonDocument answer = await WebhooksCommand.SendAsync(
            context,
            HttpMethod.Put,
            "v1/alarms/settings",
            new { silenceHours = context.Get(silence), author = context.Get(author) },
            cancellation
        );
        AlarmsCommand.Show(context, answer.RootElement);
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}
