using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;

namespace Throughline.Cli.Gate.Replay;

/// <summary>What a log can know of bots and customers beyond its lines: nothing.</summary>
internal sealed class ReplayFacts : IGateFacts
{
    public BotIdentity Identify(RequestFeatures request) => BotIdentity.None;

    public CustomerFacts Customer(EdgeRequest request) => default;
}
