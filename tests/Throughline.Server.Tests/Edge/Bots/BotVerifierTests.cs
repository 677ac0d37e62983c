using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Cel.Library;
using Throughline.Core.Gate;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Server.Edge.Bots;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Server.Tests.Edge.Bots;

/// <summary>Claims are answered by names, off the hot path; who gives no answer says nothing.</summary>
public sealed class BotVerifierTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly FakeTimeProvider time = new();
    private readonly FakeDns dns = new();
    private readonly BotDesk desk = new();

    [Theory]
    [InlineData("66.249.64.1")]
    [InlineData("2001:db8::7")]
    public async Task Answer_NameLeadsBack_Verifies(string address)
    {
        dns.Names[address] = ["spider.yandex.com"];
        dns.Addresses["spider.yandex.com"] = ["192.0.2.1", address];

        Assert.Equal(BotIdentity.Verified, await AskAsync(address));
        Assert.Equal(0, await Verifier().AnswerAsync(None));
    }

    [Theory]
    [InlineData("host.example", "66.249.64.1")] // nobody's of theirs
    [InlineData("spider.yandex.com", "192.0.2.1")] // does not lead back
    [InlineData(null, null)] // no name
    public async Task Answer_NameDoesNotConfirm_IsAnImpostor(string? name, string? forward)
    {
        dns.Names["66.249.64.1"] = name is null ? [] : [name];
        if (name is not null)
            dns.Addresses[name] = [forward!];

        Assert.Equal(BotIdentity.Impostor, await AskAsync("66.249.64.1"));
    }

    [Fact]
    public async Task Answer_ForeignName_IsNotFollowed()
    {
        dns.Names["66.249.64.1"] = ["host.example"];

        await AskAsync("66.249.64.1");

        Assert.Empty(dns.Followed); // a stranger's name server is not asked by us
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Answer_NoAnswer_SaysNothing(bool reverse)
    {
        if (!reverse)
            dns.Names["66.249.64.1"] = ["spider.yandex.com"]; // and the way forward fails

        Assert.Equal(BotIdentity.Unverified, await AskAsync("66.249.64.1"));
    }

    [Fact]
    public async Task Answer_SlowResolver_IsGivenUp()
    {
        dns.IsSilent = true;
        Assert.Equal(BotIdentity.Unverified, Identify("66.249.64.1"));
        Task<int> answering = Verifier().AnswerAsync(None);
        Assert.False(answering.IsCompleted);

        time.Advance(Verifier().Patience);

        Assert.Equal(1, await answering);
        Assert.Equal(BotIdentity.Unverified, Identify("66.249.64.1"));
    }

    [Fact]
    public async Task Answer_ResolverFails_SaysNothingAndGoesOn()
    {
        dns.IsBroken = true;
        Assert.Equal(BotIdentity.Unverified, await AskAsync("66.249.64.1"));
        dns.IsBroken = false;
        dns.Names["66.249.64.2"] = [];
        Assert.Equal(BotIdentity.Impostor, await AskAsync("66.249.64.2"));
    }

    [Fact]
    public async Task Run_Cancelled_Ends()
    {
        using CancellationTokenSource stop = new();
        Task running = Verifier().RunAsync(stop.Token);

        await stop.CancelAsync();

        await running;
    }

    private BotVerifier Verifier() => new(desk, dns, time, NullLogger.Instance);

    private async Task<BotIdentity> AskAsync(string address)
    {
        Assert.Equal(BotIdentity.Unverified, Identify(address));
        Assert.Equal(1, await Verifier().AnswerAsync(None));
        return Identify(address);
    }

    private BotIdentity Identify(string address)
    {
        Assert.True(IpAddress.TryParse(address, out IpAddress ip, out _));
        RequestFeatures features = new() { Address = ip, Time = time.GetUtcNow().ToUnixTimeMilliseconds() };
        (features.Agent.Class, features.Agent.IsBot, features.Agent.Name) = (AgentClasses.GoodBot, true, "yandexbot");
        return desk.Identify(features);
    }
}
