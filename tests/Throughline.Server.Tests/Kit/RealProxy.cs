using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Throughline.Server.Tests.Faults;
using Throughline.Testing;

namespace Throughline.Server.Tests.Kit;

/// <summary>
/// A real proxy that runs one of the examples of deploy/, with the example's ports replaced by free ones, and its patience with the gate by one
/// that a busy machine does not use up: then the example lets people in.
/// </summary>
internal sealed class RealProxy : IAsyncDisposable
{
    private const string ExampleGate = "127.0.0.1:8787";
    private const string ExampleSite = "127.0.0.1:9000";
    private const string ExampleSelf = "127.0.0.1:8080";

    // What each example says of how long it waits for the gate, its connection first where that is said apart.
    private static readonly (string Said, string Instead)[] Patience =
    [
        ("proxy_connect_timeout 100ms", "proxy_connect_timeout 60s"),
        ("proxy_read_timeout 250ms", "proxy_read_timeout 60s"),
        ("dial_timeout 100ms", "dial_timeout 60s"),
        ("response_header_timeout 250ms", "response_header_timeout 60s"),
        ("timeout_ms = 250", "timeout_ms = 60000"),
    ];

    private readonly TempFolder folder;
    private readonly Process process;
    private readonly Task<string> output;

    private RealProxy(TempFolder folder, Process process, int port)
    {
        (this.folder, this.process) = (folder, process);
        output = process.StandardError.ReadToEndAsync(CancellationToken.None);
        Client = new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
            }
        )
        {
            BaseAddress = new($"http://127.0.0.1:{port}"),
        };
    }

    /// <summary>Speaks to the proxy, as a client of the site.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts a proxy over examples; the test is skipped where it is not installed, and fails with CI=true.</summary>
    /// <param name="program">Its executable.</param>
    /// <param name="examples">Files below deploy/, the configuration first.</param>
    /// <param name="argumentsOf">The command line, given the folder of the examples.</param>
    /// <param name="frame">Puts a configuration around the first file.</param>
    public static async Task<RealProxy> StartAsync(
        string program,
        string[] examples,
        Func<string, string[]> argumentsOf,
        int gatePort,
        int sitePort,
        Func<string, string>? frame = null
    )
    {
        string path = Require(program);
        TempFolder folder = new();
        int port = LoopbackPort.Next();
        int patience = 0;
        foreach (string example in examples)
        {
            string text = await File.ReadAllTextAsync(Repository.PathOf($"deploy/{example}"));
            Assert.Contains(example == examples[^1] && examples.Length > 1 ? ExampleGate : ExampleSelf, text);
            text = text.Replace(ExampleGate, $"127.0.0.1:{gatePort}", StringComparison.Ordinal)
                .Replace(ExampleSite, $"127.0.0.1:{sitePort}", StringComparison.Ordinal)
                .Replace(ExampleSelf, $"127.0.0.1:{port}", StringComparison.Ordinal);
            foreach (
                (string said, string instead) in Patience.Where(x => text.Contains(x.Said, StringComparison.Ordinal))
            )
            {
                text = text.Replace(said, instead, StringComparison.Ordinal);
                patience++;
            }
            if (frame is not null && example == examples[0])
                text = frame(text);
            await File.WriteAllTextAsync(Path.Combine(folder.Path, Path.GetFileName(example)), text);
        }
        Assert.True(patience > 0, "an example that waits for its gate without end, or says so otherwise");
        ProcessStartInfo start = new(path, argumentsOf(folder.Path))
        {
            WorkingDirectory = folder.Path,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["HOME"] = folder.Path;
        RealProxy proxy = new(folder, Process.Start(start)!, port);
        await proxy.ListensAsync(port);
        return proxy;
    }

    /// <summary>Where a program is; skips or fails the test if it is nowhere.</summary>
    public static string Require(string program)
    {
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/sbin"];
        string? found = folders.Select(one => Path.Combine(one, program)).FirstOrDefault(File.Exists);
        if (found is not null)
            return found;
        string missing = $"{program} is not installed (./test installs it)";
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail(missing + ", and with CI=true it must be there");
        Assert.Skip(missing);
        return "";
    }

    /// <summary>Sends a head by hand, one byte a character, and gives all that comes back.</summary>
    public async Task<string> SendRawAsync(string head)
    {
        using TcpClient socket = new();
        await socket.ConnectAsync(IPAddress.Loopback, Client.BaseAddress!.Port, TestContext.Current.CancellationToken);
        NetworkStream stream = socket.GetStream();
        await stream.WriteAsync(
            Encoding.Latin1.GetBytes($"{head}Connection: close\r\n\r\n"),
            TestContext.Current.CancellationToken
        );
        using StreamReader reader = new(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        await output;
        process.Dispose();
        folder.Dispose();
    }

    private Task ListensAsync(int port) =>
        Waiting.UntilAsync(async () =>
        {
            if (process.HasExited)
                Assert.Fail($"the proxy ended: {await output}");
            try
            {
                using TcpClient probe = new();
                await probe.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        });
}
