using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;

namespace Throughline.Cli.Gate.Replay;

/// <summary>What a replay knows beyond the lines of its logs: the good bots' addresses that it was given, and of customers nothing.</summary>
internal sealed class ReplayFacts(GoodBots bots) : IGateFacts
{
    public BotIdentity Identify(RequestFeatures request) => bots.Identify(request);

    public CustomerFacts Customer(EdgeRequest request) => default;
}
