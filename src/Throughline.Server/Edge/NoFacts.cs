using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;

namespace Throughline.Server.Edge;

/// <summary>A gate that knows of nobody: neither good bots nor customers.</summary>
internal sealed class NoFacts : IGateFacts
{
    public static readonly NoFacts Instance = new();

    public BotIdentity Identify(RequestFeatures request) => BotIdentity.None;

    public CustomerFacts Customer(EdgeRequest request) => default;
}
