using System.Net;
using System.Text;
using Throughline.Server.Outbound;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Server.Tests.Outbound;

/// <summary>What goes out reaches allowed addresses alone, whatever names, answers and redirects say, and hostile receivers cost little.</summary>
public sealed class OutboundSenderTests
{
    private const string Taken = "HTTP/1.1 204 No Content\r\nConnection: close\r\nSet-Cookie: a=b\r\n\r\n";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_NameLeadsInside_IsRefusedAndNobodyIsConnected()
    {
        await using RawReceiver inside = RawReceiver.Of(Taken);
        using OutboundSender sender = Sender(new() { AllowHttp = true, Resolver = Names("127.0.0.1") });

        OutboundAnswer answer = await PostAsync(sender, $"http://receiver.example:{inside.Port}/hook");

        Assert.Equal((null, "the name leads to no public address"), (answer.Status, answer.Error));
        Assert.Empty(inside.Heads);
    }

    [Fact]
    public async Task Post_NameIsAnsweredOtherwiseTheSecondTime_ConnectsToWhatWasLookedAtAlone()
    {
        int port = LoopbackPort.Next("127.0.0.1", "127.0.0.2");
        await using RawReceiver allowed = RawReceiver.Of(Taken, "127.0.0.2", port);
        await using RawReceiver inside = RawReceiver.Of(Taken, "127.0.0.1", port);
        int asked = 0;
        using OutboundSender sender = Sender(
            new()
            {
                AllowHttp = true,
                AllowedNetworks = ["127.0.0.2"],
                Resolver = (_, _) =>
                    Task.FromResult<IPAddress[]>([
                        IPAddress.Parse(Interlocked.Increment(ref asked) == 1 ? "127.0.0.2" : "127.0.0.1"),
                    ]),
            }
        );
        string address = $"http://receiver.example:{allowed.Port}/hook";

        Assert.Equal(204, (await PostAsync(sender, address)).Status);
        Assert.Equal(1, asked);
        Assert.Null((await PostAsync(sender, address)).Status); // the receiver closed: a new connection, looked up again
        Assert.Equal(2, asked);
        Assert.Single(allowed.Heads);
        Assert.Empty(inside.Heads);
    }

    [Fact]
    public async Task Post_NameHasAddressesOfBothKinds_TakesTheAllowedOne()
    {
        int port = LoopbackPort.Next("127.0.0.1", "127.0.0.2");
        await using RawReceiver allowed = RawReceiver.Of(Taken, "127.0.0.2", port);
        await using RawReceiver inside = RawReceiver.Of(Taken, "127.0.0.1", port);
        using OutboundSender sender = Sender(
            new()
            {
                AllowHttp = true,
                AllowedNetworks = ["127.0.0.2/32"],
                Resolver = Names("127.0.0.1", "::1", "::ffff:127.0.0.1", "127.0.0.2"),
            }
        );

        Assert.True((await PostAsync(sender, $"http://receiver.example:{allowed.Port}/")).IsTaken);
        Assert.Single(allowed.Heads);
        Assert.Empty(inside.Heads);
    }

    [Fact]
    public async Task Post_Redirected_IsNotFollowed()
    {
        await using RawReceiver other = RawReceiver.Of(Taken);
        await using RawReceiver first = RawReceiver.Of(
            $"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:{other.Port}/inside\r\nContent-Length: 0\r\n\r\n"
        );
        using OutboundSender sender = Sender(Loopback);

        OutboundAnswer answer = await PostAsync(sender, $"http://127.0.0.1:{first.Port}/");

        Assert.Equal((307, false), (answer.Status, answer.IsTaken));
        Assert.Empty(other.Heads);
    }

    [Fact]
    public async Task Post_HeadThatNeverEnds_IsGivenUpWhenPatienceIsOver()
    {
        FakeTimeProvider clock = new();
        await using RawReceiver slow = new(
            async (_, stream, stop) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nX-Slow: "u8.ToArray(), stop);
                while (!stop.IsCancellationRequested)
                {
                    await stream.WriteAsync("a"u8.ToArray(), stop);
                    await Task.Yield();
                    await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, stop);
                }
            }
        );
        using OutboundSender sender = new(OutboundModel.Of(Loopback), clock);
        Task over = slow.Asked.Task.ContinueWith(_ => clock.Advance(Loopback.Patience), TaskScheduler.Default);

        OutboundAnswer answer = await PostAsync(sender, $"http://127.0.0.1:{slow.Port}/");

        Assert.Equal((null, "no answer in 15 s"), (answer.Status, answer.Error));
        await over;
    }

    [Fact]
    public async Task Post_HeadWithoutBounds_IsRefused()
    {
        await using RawReceiver endless = new(
            async (_, stream, stop) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), stop);
                byte[] line = Encoding.ASCII.GetBytes($"X-Long: {new string('a', 1_000)}\r\n");
                for (int i = 0; i < 100_000; i++)
                    await stream.WriteAsync(line, stop);
            }
        );
        using OutboundSender sender = Sender(Loopback);

        OutboundAnswer answer = await PostAsync(sender, $"http://127.0.0.1:{endless.Port}/");

        Assert.Equal((null, "the answer's head is too long"), (answer.Status, answer.Error));
    }

    [Fact]
    public async Task Post_BodyWithoutEnd_IsThrownAwayWithItsConnection()
    {
        const int Chunks = 1_000; // of 1 MB: far more than any buffer on the way holds
        TaskCompletionSource<int> written = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RawReceiver endless = new(
            async (_, stream, stop) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"u8.ToArray(), stop);
                byte[] chunk = new byte[1 << 20];
                int count = 0;
                try
                {
                    for (; count < Chunks; count++)
                        await stream.WriteAsync(chunk, stop);
                }
                catch (IOException)
                {
                    // the sender has gone
                }
                written.SetResult(count);
            }
        );
        using OutboundSender sender = Sender(Loopback);

        Assert.Equal(200, (await PostAsync(sender, $"http://127.0.0.1:{endless.Port}/")).Status);
        Assert.InRange(await written.Task.WaitAsync(Ended), 0, 50);
    }

    [Fact]
    public async Task Post_CookiesAndLogIns_AreNotKept()
    {
        await using RawReceiver receiver = RawReceiver.Of(
            "HTTP/1.1 401 Unauthorized\r\nSet-Cookie: a=b\r\nWWW-Authenticate: Negotiate\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        );
        using OutboundSender sender = Sender(Loopback);
        for (int i = 0; i < 2; i++)
            Assert.Equal(401, (await PostAsync(sender, $"http://127.0.0.1:{receiver.Port}/")).Status);
        Assert.Equal(2, receiver.Heads.Count);
        Assert.All(
            receiver.Heads,
            head =>
            {
                Assert.DoesNotContain("\nCookie:", head, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("\nAuthorization:", head, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("\ntraceparent:", head, StringComparison.OrdinalIgnoreCase);
                Assert.Contains("X-Own: 1", head, StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public async Task Post_PlainHttpToATlsName_NeedsTheOperatorsWord()
    {
        await using RawReceiver receiver = RawReceiver.Of(Taken);
        using OutboundSender sender = Sender(new() { AllowedNetworks = ["127.0.0.0/8"] });
        string plain = $"http://127.0.0.1:{receiver.Port}/";
        Assert.Equal("the address must begin with https://", (await PostAsync(sender, plain)).Error);
        // No TLS there: what is sent is a handshake, never the document.
        OutboundAnswer answer = await PostAsync(sender, plain.Replace("http:", "https:", StringComparison.Ordinal));
        Assert.Null(answer.Status);
        Assert.Empty(receiver.Heads);
    }

    [Theory]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://[::ffff:0:127.0.0.1]/")]
    [InlineData("https://[fe80::1]/")]
    [InlineData("https://[fd00:ec2::254]/")]
    [InlineData("https://169.254.169.254/latest/meta-data/")]
    [InlineData("https://224.0.0.1/")]
    [InlineData("https://user:word@receiver.example/")]
    [InlineData("https://receiver.example/#part")]
    [InlineData("ftp://receiver.example/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("//receiver.example/")]
    [InlineData("")]
    public async Task Post_AddressThatIsNeverRight_IsRefusedBeforeAnyLookUp(string address)
    {
        using OutboundSender sender = Sender(
            new() { AllowHttp = true, Resolver = (_, _) => throw new InvalidOperationException("was looked up") }
        );
        Assert.NotNull(OutboundModel.Of(new() { AllowHttp = true }).Refuses(address, out _));
        Assert.StartsWith("the address ", (await PostAsync(sender, address)).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("::ffff:0:127.0.0.1", false)]
    [InlineData("5f00::1", false)]
    [InlineData("4000::1", false)]
    [InlineData("2a00:1450:4001::1", true)]
    [InlineData("fec0::1", false)]
    public void IsPublic_AddressOfVersion6_IsOfTheOneGivenBlock(string address, bool isPublic) =>
        Assert.Equal(isPublic, GuardedConnect.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public void Handler_EnvironmentNamesAProxy_GoesThroughNone()
    {
        using SocketsHttpHandler handler = GuardedConnect.Handler(_ => true, _ => false, Names("127.0.0.1"));
        Assert.False(handler.UseProxy);
        Assert.False(handler.AllowAutoRedirect);
        Assert.False(handler.UseCookies);
        Assert.Null(handler.Credentials);
    }

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("localhost")]
    public void Of_NetworkThatIsNone_SaysWhich(string network)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            OutboundModel.Of(new() { AllowedNetworks = [network] })
        );
        Assert.Contains($"'{network}'", error.Message, StringComparison.Ordinal);
    }

    private static OutboundOptions Loopback { get; } = new() { AllowHttp = true, AllowedNetworks = ["127.0.0.1"] };

    private static Resolve Names(params string[] addresses) =>
        (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray());

    private static OutboundSender Sender(OutboundOptions options) =>
        new(OutboundModel.Of(options), new FakeTimeProvider());

    private static Task<OutboundAnswer> PostAsync(OutboundSender sender, string address) =>
        sender.PostAsync(address, "{}"u8.ToArray(), [new("X-Own", "1")], Ended);
}
