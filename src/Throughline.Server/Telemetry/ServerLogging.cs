using Microsoft.Extensions.Logging.Console;

namespace Throughline.Server.Telemetry;

/// <summary>
/// The log: to stderr, as text or as one JSON object a line. What frameworks log below a warning is left out, since it
/// names addresses with their queries.
/// </summary>
internal static class ServerLogging
{
    public static void Add(WebApplicationBuilder builder, ServeOptions options)
    {
        builder.Services.Configure<ConsoleLifetimeOptions>(lifetime => lifetime.SuppressStatusMessages = true);
        if (!options.StopsOnSignals)
            builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        if (options.LogLevel == LogLevel.None)
            return;
        builder.Logging.SetMinimumLevel(options.LogLevel);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning);
        builder.Logging.AddFilter("Throughline", options.LogLevel);
        if (options.LogsJson)
            builder.Logging.AddJsonConsole(json => json.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ");
        else
            builder.Logging.AddSimpleConsole(text =>
            {
                text.SingleLine = true;
                text.TimestampFormat = "HH:mm:ss ";
            });
        builder.Services.Configure<ConsoleLoggerOptions>(console =>
            console.LogToStandardErrorThreshold = LogLevel.Trace
        );
    }

    /// <summary>The host stops when it is told to, by nothing else.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
