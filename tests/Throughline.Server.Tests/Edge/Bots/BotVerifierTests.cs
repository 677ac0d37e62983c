using System.Net;
using Throughline.Cel.Library;
using Throughline.Core.Gate;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Server.Edge.Bots;
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
        Assert.Equal(0, await new BotVerifier(desk, dns, time).AnswerAsync(None));
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
        Task<int> answering = new BotVerifier(desk, dns, time).AnswerAsync(None);
        Assert.False(answering.IsCompleted);

        time.Advance(BotVerifier.Patience);

        Assert.Equal(1, await answering);
        Assert.Equal(BotIdentity.Unverified, Identify("66.249.64.1"));
    }

    [Fact]
    public async Task Run_Cancelled_Ends()
    {
        using CancellationTokenSource stop = new();
        Task running = new BotVerifier(desk, dns, time).RunAsync(stop.Token);

        await stop.CancelAsync();

        await running;
    }

    private async Task<BotIdentity> AskAsync(string address)
    {
        Assert.Equal(BotIdentity.Unverified, Identify(address));
        Assert.Equal(1, await new BotVerifier(desk, dns, time).AnswerAsync(None));
        return Identify(address);
    }

    private BotIdentity Identify(string address)
    {
        Assert.True(IpAddress.TryParse(address, out IpAddress ip, out _));
        RequestFeatures features = new() { Address = ip, Time = time.GetUtcNow().ToUnixTimeMilliseconds() };
        (features.Agent.Class, features.Agent.IsBot, features.Agent.Name) = (AgentClasses.GoodBot, true, "yandexbot");
        return desk.Identify(features);
    }

    private sealed class FakeDns : IReverseDns
    {
        public Dictionary<string, string[]> Names { get; } = [];
        public Dictionary<string, string[]> Addresses { get; } = [];
        public List<string> Followed { get; } = [];
        public bool IsSilent { get; set; }

        public async Task<IReadOnlyList<string>?> NamesOfAsync(IPAddress address, CancellationToken cancellation)
        {
            if (IsSilent)
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return Names.GetValueOrDefault(address.ToString());
        }

        public Task<IReadOnlyList<IPAddress>?> AddressesOfAsync(string name, CancellationToken cancellation)
        {
            Followed.Add(name);
            IReadOnlyList<IPAddress>? found = Addresses.TryGetValue(name, out string[]? texts)
                ? [.. texts.Select(IPAddress.Parse)]
                : null;
            return Task.FromResult(found);
        }
    }
}
