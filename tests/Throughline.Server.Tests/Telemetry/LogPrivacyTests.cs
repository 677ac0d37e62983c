using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Throughline.Server.Api;

namespace Throughline.Server.Tests.Telemetry;

public sealed class LogPrivacyTests
{
    [Fact]
    public async Task Failure_IsLoggedWithoutWhatTheClientSent()
    {
        Recorder recorder = new();
        DefaultHttpContext context = new();
        context.Request.Method = "GET";
        context.Request.Path = "/v1/why/ada@example.com";
        context.Request.QueryString = new("?mail=ada@example.com");
        context.Request.Headers.Authorization = "Bearer tl_secret";
        await new ErrorBoundary(recorder).InvokeAsync(
            context,
            _ => throw new InvalidOperationException("ada@example.com", new FormatException("tl_secret"))
        );
        Assert.Equal(500, context.Response.StatusCode);
        string line = Assert.Single(recorder.Lines);
        Assert.Contains("InvalidOperationException < FormatException", line);
        Assert.Contains(nameof(Failure_IsLoggedWithoutWhatTheClientSent), line);
        Assert.DoesNotContain("ada@", line);
        Assert.DoesNotContain("secret", line);
    }

    /// <summary>Keeps each line with its exception's text, as a console would print it.</summary>
    private sealed class Recorder : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Lines.Add(formatter(state, exception) + exception);
    }
}
