using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Throughline.Server.Tests.Kit;

/// <summary>The site behind a proxy: answers with its name, the target, and what it was told of the decision.</summary>
internal sealed class SmallSite : IAsyncDisposable
{
    private readonly WebApplication app;

    private SmallSite(WebApplication app) => this.app = app;

    public int Port => new Uri(app.Urls.First()).Port;

    public static async Task<SmallSite> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        app.Run(context =>
        {
            IEnumerable<string> told = context
                .Request.Headers.Where(header =>
                    header.Key.StartsWith("x-throughline-", StringComparison.OrdinalIgnoreCase)
                )
                .Select(header => $"{header.Key.ToLowerInvariant()}: {header.Value}")
                .Order(StringComparer.Ordinal);
            return context.Response.WriteAsync(
                $"site {context.Request.Method} {context.Request.Path}\n{string.Join('\n', told)}"
            );
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
