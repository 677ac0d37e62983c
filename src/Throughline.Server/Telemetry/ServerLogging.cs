using Microsoft.Extensions.Logging.Console;

namespace Throughline.Server.Telemetry;

/// <summary>
/// The log: to stderr, as text or as one JSON object a line. What frameworks log below a warning is left out, since it
/// names addresses with their queries.
/// </summary>
public static class ServerLogging
{
    /// <summary>The same log for what opens stores without a service.</summary>
    public static ILoggerFactory CreateFactory(LogLevel level) =>
        LoggerFactory.Create(logging => Configure(logging, level, asJson: false));

    internal static void Add(WebApplicationBuilder builder, ServeOptions options)
    {
        builder.Services.Configure<ConsoleLifetimeOptions>(lifetime => lifetime.SuppressStatusMessages = true);
        if (!options.StopsOnSignals)
            builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        if (options.LogLevel != LogLevel.None)
            Configure(builder.Logging, options.LogLevel, options.LogsJson);
    }

    private static void Configure(ILoggingBuilder logging, LogLevel level, bool asJson)
    {
        logging.SetMinimumLevel(level);
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning);
        logging.AddFilter("Throughline", level);
        if (asJson)
            logging.AddJsonConsole(json => json.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ");
        else
            logging.AddSimpleConsole(text =>
            {
                text.SingleLine = true;
                text.TimestampFormat = "HH:mm:ss ";
            });
        logging.Services.Configure<ConsoleLoggerOptions>(console =>
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
