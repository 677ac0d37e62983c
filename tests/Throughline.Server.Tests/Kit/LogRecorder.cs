using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Throughline.Server.Tests.Kit;

/// <summary>A log that keeps each line with its exception's text, as a console would print it.</summary>
internal sealed class LogRecorder : ILogger
{
    private readonly ConcurrentQueue<string> lines = new();

    public IReadOnlyCollection<string> Lines => lines;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => lines.Enqueue(formatter(state, exception) + exception);
}
