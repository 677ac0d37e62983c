using System.CommandLine;
using Microsoft.Extensions.Logging;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;
using Throughline.Server;
using Throughline.Server.Edge;
using Throughline.Storage;

namespace Throughline.Cli.Commands;

/// <summary>Runs the service until Ctrl-C or SIGTERM; what was acknowledged is stored before it ends.</summary>
internal sealed class ServeCommand : CliCommand
{
    private readonly Option<string[]> urls = new("--urls")
    {
        Description = "Where to listen, such as http://0.0.0.0:8787; port 0 takes a free one.",
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

    public ServeCommand()
        : base(
            "serve",
            "Run the service over the data folder until Ctrl-C.",
            new Example("./throughline serve", "Listens on http://127.0.0.1:8787 over ./data."),
            new Example(
                "./throughline serve --data /srv/throughline --urls http://0.0.0.0:8080",
                "Another folder and address."
            ),
            new Example("./throughline serve --edge edge.json", "Judges requests for the proxies that the file trusts.")
        )
    {
        Add(urls);
        Add(jsonLogs);
        Add(origins);
        Add(edge);
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
        await WaitAsync(cancellation);
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
    }

    /// <summary>Being stopped is how a service ends, no failure.</summary>
    internal static Task WaitAsync(CancellationToken cancellation)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cancellation.UnsafeRegister(_ => stopped.TrySetResult(), null);
        return stopped.Task;
    }
}
