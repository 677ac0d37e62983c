using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Server.Edge.Bots;
using Throughline.Server.Edge.Customers;

namespace Throughline.Server.Edge;

/// <summary>What the gate knows of good bots, and of one tenant's customers.</summary>
internal sealed class EdgeFacts(BotDesk bots, CustomerBook customers) : IGateFacts
{
    public BotIdentity Identify(RequestFeatures request) => bots.Identify(request);

    public CustomerFacts Customer(EdgeRequest request) => customers.Find(request);

    public HoldoutUnit? Unit(EdgeRequest request, UInt128 hashKey) => customers.UnitOf(request, hashKey);
}
