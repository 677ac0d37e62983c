using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Server.Edge.Bots;

namespace Throughline.Server.Edge;

/// <summary>What the gate knows of good bots; of customers nothing yet.</summary>
internal sealed class EdgeFacts(BotDesk bots) : IGateFacts
{
    public BotIdentity Identify(RequestFeatures request) => bots.Identify(request);

    public CustomerFacts Customer(EdgeRequest request) => default;
}
