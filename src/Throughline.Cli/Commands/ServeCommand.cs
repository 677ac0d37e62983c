using System.CommandLine;
using Microsoft.Extensions.Logging;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;
using Throughline.Server;
using Throughline.Server.Edge;
using Throughline.Storage;
using Throughline.Storage.Pages;

namespace Throughline.Cli.Commands;

/// <summary>Runs the service until Ctrl-C or SIGTERM; what was acknowledged is stored before it ends.</summary>
internal sealed class ServeCommand : CliCommand
{
    private readonly Option<string[]> urls = new("--urls")
    {
        Description =
            "Where to listen, such as http://127.0.0.1:8787: an IP address, localhost, or * for all; port 0 takes a free one.",
        HelpName = "URL",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [ServeOptions.DefaultUrl],
    };

    private readonly Option<bool> jsonLogs = new("--json-logs")
    {
        Description = "Write the log as one JSON object a line (to standard error) instead of text.",
    };

    private readonly Option<string[]> origins = new("--cors-origin")
    {
        Description = "A web origin whose pages may call the API for any tenant.",
        HelpName = "ORIGIN",
    };

    private readonly Option<string?> edge = new("--edge")
    {
        Description = "A JSON file that says how the gate's edge endpoints are run: trusted proxies, tenants by host.",
        HelpName = "FILE",
    };

    private readonly Option<StatePages> statePages = new("--state-pages")
    {
        Description =
            "Where tenants' states are: in memory, or in mapped files of their folders, for states larger than memory.",
        HelpName = "memory|mapped",
    };

    private readonly Option<string[]> webhookNetworks = new("--webhook-allow")
    {
        Description = "An address or CIDR block that webhooks may lead to though it is not public.",
        HelpName = "NETWORK",
    };

    private readonly Option<bool> webhookHttp = new("--webhook-allow-http")
    {
        Description = "Let webhooks lead to plain http, too.",
    };

    private readonly Option<bool> untilInputEnds = new("--until-input-ends")
    {
        Description = "Stop when standard input ends: for a program that starts a service which is not to outlive it.",
    };

    public ServeCommand()
        : base(
            "serve",
            "Run the service over the data folder until Ctrl-C.",
            new Example("./throughline serve", "Listens on http://127.0.0.1:8787 over ./data."),
            new Example(
                "./throughline serve --data /srv/throughline --urls http://0.0.0.0:8080",
                "Another folder and address."
            ),
            new Example(
                "./throughline serve --state-pages mapped",
                "Tenants' states may be larger than memory; their folders need the room."
            ),
            new Example(
                "./throughline serve --edge edge.json",
                "Judges requests for the proxies that the file trusts."
            ),
            new Example(
                "./throughline serve --webhook-allow 10.0.7.0/24",
                "Webhooks may lead to receivers of that network."
            )
        )
    {
        Add(urls);
        Add(jsonLogs);
        Add(origins);
        Add(edge);
        Add(statePages);
        Add(webhookNetworks);
        Add(webhookHttp);
        Add(untilInputEnds);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        ServeOptions options = new()
        {
            DataFolder = context.DataFolder,
            Urls = context.Get(urls)!,
            LogsJson = context.Get(jsonLogs),
            CorsOrigins = context.Get(origins) ?? [],
            Edge = EdgeOf(context.Get(edge)),
            StatePages = context.Get(statePages),
            Outbound = new()
            {
                AllowedNetworks = context.Get(webhookNetworks) ?? [],
                AllowHttp = context.Get(webhookHttp),
            },
            StopsOnSignals = false,
            LogLevel = LogLevel.Information,
        };
        await using RunningServer server = await StartAsync(options, cancellation);
        string address = server.Addresses[0].ToString();
        context.Output.Line($"Listening on {address} over {context.DataFolder}. Stop with Ctrl-C.");
        context.Output.Result(
            new
            {
                address,
                dataFolder = context.DataFolder,
                pid = Environment.ProcessId,
            }
        );
        Task stopped = WaitAsync(cancellation);
        await (context.Get(untilInputEnds) ? Task.WhenAny(stopped, InputEndsAsync()) : stopped);
        return ExitCode.Done;
    }

    private static EdgeOptions EdgeOf(string? file)
    {
        try
        {
            return file is null ? new() : EdgeFile.Read(file);
        }
        catch (Exception error) when (error is ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw CommandException.BadInput("edge_invalid", error.Message, error);
        }
    }

    private static async Task<RunningServer> StartAsync(ServeOptions options, CancellationToken cancellation)
    {
        try
        {
            return await ServiceConnection.StartAsync(options, cancellation);
        }
        catch (StoreInUseException held)
        {
            throw CommandException.Store("store_in_use", $"{held.Message}.", held);
        }
        catch (ArgumentException bad)
        {
            throw CommandException.BadInput("bad_option", $"{bad.Message}.", bad);
        }
    }

    // Whoever started it holds the other end of a pipe, which the system closes however that process ends. A thread of its own waits there.
    private static Task InputEndsAsync() =>
        Task.Factory.StartNew(
            () =>
            {
                using Stream input = Console.OpenStandardInput();
                Span<byte> ignored = stackalloc byte[256];
                while (input.Read(ignored) > 0) { }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

    /// <summary>Being stopped is how a service ends, no failure.</summary>
    internal static Task WaitAsync(CancellationToken cancellation)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cancellation.UnsafeRegister(_ => stopped.TrySetResult(), null);
        return stopped.Task;
    }
}
