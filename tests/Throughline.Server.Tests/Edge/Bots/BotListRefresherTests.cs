using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Server.Edge.Bots;
using Throughline.Testing;

namespace Throughline.Server.Tests.Edge.Bots;

/// <summary>Published lists come from files and over HTTP; a list that is wrong leaves the one before.</summary>
public sealed class BotListRefresherTests : IDisposable
{
    private const string List = """{"prefixes": [{"ipv4Prefix": "66.249.64.0/19"}, {"ipv6Prefix": "2001:db8::/32"}]}""";

    private readonly FakeTimeProvider time = new();
    private readonly BotDesk desk = new();
    private readonly HttpClient http = new();
    private readonly TempFolder folder = new();

    public void Dispose()
    {
        http.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Refresh_File_IsImportedWithItsTime()
    {
        string path = Path.Combine(folder.Path, "googlebot.json");
        await File.WriteAllTextAsync(path, '\uFEFF' + List, TestContext.Current.CancellationToken);

        Assert.Null(await RefreshAsync("googlebot", path));

        Assert.Equal(("googlebot", 2), (desk.Lists.Single().List, desk.Lists.Single().Ranges.Count));
        Assert.Equal(time.GetUtcNow().ToUnixTimeMilliseconds(), desk.Lists.Single().ImportedAt);
    }

    [Fact]
    public async Task Refresh_WrongList_LeavesTheOneBefore()
    {
        string path = Path.Combine(folder.Path, "list.json");
        await File.WriteAllTextAsync(path, List, TestContext.Current.CancellationToken);
        Assert.Null(await RefreshAsync("bingbot", path));
        long imported = desk.Lists.Single().ImportedAt;
        time.Advance(TimeSpan.FromHours(1));
        await File.WriteAllTextAsync(path, """{"prefixes": []}""", TestContext.Current.CancellationToken);

        Assert.StartsWith("/prefixes", await RefreshAsync("bingbot", path), StringComparison.Ordinal);
        Assert.NotNull(await RefreshAsync("bingbot", Path.Combine(folder.Path, "none.json")));
        Assert.NotNull(await RefreshAsync("bingbot", ""));
        Assert.NotNull(await RefreshAsync("nobody", path));

        Assert.Equal((imported, 2), (desk.Lists.Single().ImportedAt, desk.Lists.Single().Ranges.Count));
    }

    [Fact]
    public async Task Refresh_OverHttp_IsImportedAndErrorsAreTold()
    {
        await using WebApplication web = await ServeAsync();
        string address = web.Urls.Single();

        Assert.Null(await RefreshAsync("googlebot", address + "/list"));
        Assert.Contains("404", await RefreshAsync("googlebot", address + "/none"), StringComparison.Ordinal);
        Assert.Contains("longer than", await RefreshAsync("googlebot", address + "/endless"), StringComparison.Ordinal);

        Assert.Equal(2, desk.Lists.Single().Ranges.Count);
    }

    [Fact]
    public async Task Run_Source_IsRefreshedAgainAtItsPace()
    {
        string path = Path.Combine(folder.Path, "list.json");
        await File.WriteAllTextAsync(path, List, TestContext.Current.CancellationToken);
        using CancellationTokenSource stop = new();
        BotListSource source = new("ccbot", path) { Every = TimeSpan.FromHours(6) };
        Task running = Refresher().RunAsync([source], stop.Token);
        while (desk.Lists.Count == 0)
            await Task.Yield();
        long first = desk.Lists.Single().ImportedAt;

        while (desk.Lists.Single().ImportedAt == first)
        {
            time.Advance(TimeSpan.FromHours(6));
            await Task.Yield();
        }

        await stop.CancelAsync();
        await running;
    }

    private Task<string?> RefreshAsync(string list, string location) =>
        Refresher().RefreshAsync(new(list, location), TestContext.Current.CancellationToken);

    private BotListRefresher Refresher() => new(desk, http, http, time, NullLogger<BotListRefresher>.Instance);

    private static async Task<WebApplication> ServeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication web = builder.Build();
        web.MapGet("/list", () => List);
        web.MapGet(
            "/endless",
            async (HttpContext context) =>
            {
                byte[] piece = new byte[64 * 1024];
                for (int i = 0; i < 100 && !context.RequestAborted.IsCancellationRequested; i++)
                    await context.Response.Body.WriteAsync(piece);
            }
        );
        await web.StartAsync();
        return web;
    }
}
