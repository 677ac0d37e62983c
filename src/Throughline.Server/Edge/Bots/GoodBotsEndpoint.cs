using System.ComponentModel;
using Throughline.Core.Events;
using Throughline.Core.Gate.Agents;

namespace Throughline.Server.Edge.Bots;

/// <summary>What this node knows of good bots.</summary>
internal sealed class GoodBotsEndpoint(GoodBotKeeper keeper)
{
    /// <summary><c>GET /v1/gate/bots</c>. Where lists come from is the operator's business, not a tenant's.</summary>
    public Task ShowAsync(HttpContext context) =>
        context.Response.WriteAsJsonAsync(keeper.Show(), context.RequestAborted);
}

internal sealed record GoodBotsAnswer(
    [property: Description("The lists of addresses that have a source")] IReadOnlyList<BotListAnswer> Lists,
    BotNamesAnswer ReverseDns,
    [property: Description("The agents whose signatures count (Web Bot Auth)")] IReadOnlyList<SignedAgentAnswer> Agents
);

internal sealed record SignedAgentAnswer(
    [property: Description("As rules read it: bot.agent")] string Agent,
    [property: Description("Keys of it that are known")] int Keys,
    [property: Description("The last attempt to refresh them")] string? Tried,
    [property: Description("Why that failed")] string? Error
)
{
    public static SignedAgentAnswer Of(SignedAgent agent, SignatureDesk desk, BotListAttempt? last) =>
        new(
            agent.Name,
            desk.KeysOf(agent),
            last is null ? null : EventTime.ToText(last.At.ToUnixTimeMilliseconds()),
            last?.Error
        );
}

internal sealed record BotNamesAnswer(
    [property: Description("Whether names of addresses are asked for")] bool On,
    [property: Description("Addresses whose claim was looked up, or is being")] int Remembered,
    [property: Description("Claims that wait for an answer")] int Waiting
);

internal sealed record BotListAnswer(
    string List,
    [property: Description("Bots that it verifies, as rules name them")] IReadOnlyList<string> Bots,
    [property: Description("Addresses and blocks; 0: there is no list yet")] int Prefixes,
    [property: Description("When the operator says that it made the list")] string? Published,
    [property: Description("Since when it is known to hold")] string? Imported,
    [property: Description("Since then")] long? AgeSeconds,
    [property: Description("Whether who is not in it counts as an impostor: an older list verifies only")]
        bool MakesImpostors,
    [property: Description("The last attempt to refresh it")] string? Tried,
    [property: Description("Why that failed")] string? Error
)
{
    public static BotListAnswer Of(BotListSource source, BotListState? state, BotListAttempt? last, DateTimeOffset now)
    {
        long? ageMs = now.ToUnixTimeMilliseconds() - state?.ImportedAt;
        return new(
            source.List,
            [.. GoodBotRegistry.All.Where(bot => bot.List == source.List).Select(bot => bot.Name)],
            state?.Ranges.Count ?? 0,
            state?.Ranges.CreatedAt is { } created ? EventTime.ToText(created) : null,
            state is null ? null : EventTime.ToText(state.ImportedAt),
            ageMs / 1000,
            ageMs <= GoodBots.ListValidMs,
            last is null ? null : EventTime.ToText(last.At.ToUnixTimeMilliseconds()),
            last?.Error
        );
    }
}
