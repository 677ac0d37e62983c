using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Discovery;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Tests.Gate.Discovery;

public sealed class PageRequestsTests
{
    [Theory]
    [InlineData("GET", "/", true)]
    [InlineData("GET", "/p/1.html", true)]
    [InlineData("POST", "/login", true)]
    [InlineData("GET", "/img/1.png", false)]
    [InlineData("GET", "/doc.pdf", false)]
    [InlineData("GET", "/api/stock/7", false)]
    [InlineData("GET", "/API/stock/7", false)]
    [InlineData("POST", "/v1/events/click", false)]
    [InlineData("GET", "/blog/feed", false)]
    [InlineData("GET", "/shop?x=graphql", false)]
    [InlineData("PUT", "/p/1", false)]
    public void Is_AnyRequest_SaysWhatTheRuleLanguageSays(string method, string target, bool expected)
    {
        string[] parts = target.Split('?');
        EdgeRequest request = new()
        {
            Method = method,
            Path = parts[0],
            Query = parts.Length > 1 ? parts[1] : "",
        };
        GateInputs inputs = new();
        new FeatureReader(new AgentTable()).Read(request, inputs.Request);
        GateModel model = GateModel.Create(
            new() { Rules = [new() { Id = "page", When = PageRequests.When }] },
            0,
            out _
        )!;
        GateDecision decision = new();
        new GateEngine(model, new CounterBank(new()), new ListBook(), new Nobody()).Decide(request, inputs, decision);

        Assert.Equal(expected, PageRequests.Is(inputs.Request));
        Assert.Equal(expected, decision.Matches.Count == 1);
    }

    private sealed class Nobody : IGateFacts
    {
        public BotIdentity Identify(RequestFeatures request) => BotIdentity.None;

        public CustomerFacts Customer(EdgeRequest request) => default;
    }
}
