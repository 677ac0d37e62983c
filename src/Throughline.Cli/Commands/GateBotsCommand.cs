using System.Globalization;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;

namespace Throughline.Cli.Commands;

/// <summary><c>gate bots</c>: what the running service knows of good bots, and how old that is.</summary>
internal sealed class GateBotsCommand : CliCommand
{
    public GateBotsCommand()
        : base(
            "bots",
            "Show the published addresses of good bots that the service knows, with their age.",
            new Example("./throughline gate bots", "Each list, its age, and why it could not be refreshed.")
        ) { }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = (await service.For(context.Tenant).GetAsync("v1/gate/bots", cancellation))!;
        JsonElement[] lists = [.. answer.RootElement.GetProperty("lists").EnumerateArray()];
        foreach (JsonElement list in lists)
            context.Output.Line(Line(list));
        if (lists.Length == 0)
            context.Output.Line("No list has a source: goodBots.sources of the service's edge file names them.");
        JsonElement names = answer.RootElement.GetProperty("reverseDns");
        context.Output.Line(
            names.GetProperty("on").GetBoolean()
                ? $"Names are asked for: {names.GetProperty("remembered")} addresses remembered, {names.GetProperty("waiting")} wait."
                : "Names are not asked for."
        );
        foreach (JsonElement agent in answer.RootElement.GetProperty("agents").EnumerateArray())
            context.Output.Line(AgentLine(agent));
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }

    private static string Line(JsonElement list)
    {
        string known =
            list.TryGetProperty("ageSeconds", out JsonElement age) && age.ValueKind == JsonValueKind.Number
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"{list.GetProperty("prefixes").GetInt32(), 6} blocks, {AgeOf(age.GetInt64())} old{(list.GetProperty("makesImpostors").GetBoolean() ? "" : ": too old to name impostors")}"
                )
                : "not known yet";
        string trouble =
            list.TryGetProperty("error", out JsonElement error) && error.ValueKind == JsonValueKind.String
                ? $"; not refreshed: {error.GetString()}"
                : "";
        return $"{list.GetProperty("list").GetString(), -20} {known}{trouble}";
    }

    private static string AgentLine(JsonElement agent)
    {
        string trouble =
            agent.TryGetProperty("error", out JsonElement error) && error.ValueKind == JsonValueKind.String
                ? $"; not refreshed: {error.GetString()}"
                : "";
        return $"{agent.GetProperty("agent").GetString(), -20} signs, {agent.GetProperty("keys").GetInt32()} keys{trouble}";
    }

    private static string AgeOf(long seconds) =>
        TimeSpan.FromSeconds(seconds) switch
        {
            { TotalDays: >= 2 } age => string.Create(CultureInfo.InvariantCulture, $"{(long)age.TotalDays} days"),
            { TotalHours: >= 2 } age => string.Create(CultureInfo.InvariantCulture, $"{(long)age.TotalHours} hours"),
            var age => string.Create(CultureInfo.InvariantCulture, $"{(long)age.TotalMinutes} minutes"),
        };
}
