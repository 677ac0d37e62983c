using Microsoft.AspNetCore.Http;
using Throughline.Server.Api;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Telemetry;

public sealed class LogPrivacyTests
{
    [Fact]
    public async Task Failure_IsLoggedWithoutWhatTheClientSent()
    {
        LogRecorder recorder = new();
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
}
