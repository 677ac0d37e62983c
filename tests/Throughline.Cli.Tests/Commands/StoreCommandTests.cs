using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;
using Throughline.Cli.Tests.CommandLine;

namespace Throughline.Cli.Tests.Commands;

public sealed class StoreCommandTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TenantCreate_New_PrintsAKeyThatOpensTheDoor()
    {
        using var store = new TestStore();
        JsonElement created = await store.JsonAsync("tenant", "create", "shop", "--horizon-days", "7");
        JsonElement more = await store.JsonAsync("tenant", "key", "--tenant", "shop");
        JsonElement list = await store.JsonAsync("tenant", "list");

        JsonElement tenant = Assert.Single(list.GetProperty("tenants").EnumerateArray().ToList());
        Assert.Equal(
            ("shop", 7, 2),
            (
                tenant.GetProperty("id").GetString(),
                tenant.GetProperty("horizonDays").GetInt32(),
                tenant.GetProperty("keys").GetInt32()
            )
        );
        await using ServiceConnection service = await ServiceConnection.OpenAsync(
            store.DataFolder,
            "test",
            Cancellation
        );
        using var http = new HttpClient { BaseAddress = service.Address };
        foreach (string key in new[] { created, more }.Select(json => json.GetProperty("apiKey").GetString()!))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "v1/campaigns");
            request.Headers.Authorization = new("Bearer", key);
            using HttpResponseMessage response = await http.SendAsync(request, Cancellation);
            Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("tenant create shop", 3, "tenant_exists")]
    [InlineData("tenant create Not/OK", 3, "bad_value")]
    [InlineData("tenant key --tenant nobody", 3, "tenant_missing")]
    [InlineData("campaign put x --window soon --tenant shop", 3, "bad_value")]
    [InlineData("campaign put x --window 3d --tenant UPPER", 2, "tenant_invalid")]
    [InlineData("campaign put x --window 3d --model guess --tenant shop", 2, "usage")]
    [InlineData("why nothing --tenant shop", 3, "not_found")]
    [InlineData("simulate --people 0 --ingest --tenant shop", 2, "usage")]
    [InlineData("simulate --people 5 --tenant shop", 2, "usage")]
    [InlineData("bench ingest --events 0", 2, "usage")]
    public async Task Commands_WrongInput_SayWhatIsWrong(string line, int exit, string code)
    {
        using var store = new TestStore();
        await store.JsonAsync("tenant", "create", "shop");

        CommandRun run = await store.RunAsync(line.Split(' '));

        Assert.Equal(exit, run.Exit);
        Assert.Equal(code, run.Json().GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Why_NoDataFolder_SaysSoAndCreatesNone()
    {
        using var store = new TestStore();

        CommandRun run = await store.RunAsync("why", "x");

        Assert.Equal(3, run.Exit);
        Assert.False(Directory.Exists(store.DataFolder));
    }

    [Fact]
    public async Task CampaignPut_Twice_CountsVersions()
    {
        using var store = new TestStore();
        await store.JsonAsync("campaign", "put", "summer/sale", "--window", "7d");
        JsonElement second = await store.JsonAsync(
            "campaign",
            "put",
            "summer/sale",
            "--window",
            "12h",
            "--model",
            "linear"
        );
        JsonElement list = await store.JsonAsync("campaign", "list");

        Assert.Equal(2, second.GetProperty("version").GetInt32());
        Assert.Equal(
            [("summer/sale", 604_800_000L), ("summer/sale", 43_200_000L)],
            list.GetProperty("campaigns")
                .EnumerateArray()
                .Select(c => (c.GetProperty("campaign").GetString()!, c.GetProperty("windowMs").GetInt64()))
        );
    }

    [Fact]
    public async Task Serve_Interrupted_EndsWellAndLeavesTheFolderFree()
    {
        using var store = new TestStore();
        using var interrupt = new CancellationTokenSource();
        string[] args = ["serve", "--data", store.DataFolder, "--urls", "http://127.0.0.1:0", "--json"];
        (Task<int> serving, Task<string> firstLine) = Start(args, interrupt.Token);
        JsonElement told = JsonElement.Parse(await firstLine.WaitAsync(Cancellation));
        using var http = new HttpClient { BaseAddress = new(told.GetProperty("address").GetString()!) };
        using HttpResponseMessage health = await http.GetAsync("healthz", Cancellation);
        await interrupt.CancelAsync();

        Assert.Equal(0, await serving);
        Assert.Equal(System.Net.HttpStatusCode.OK, health.StatusCode);
        Throughline.Storage.FolderLock.Take(store.DataFolder, "test", TimeProvider.System).Dispose();
    }

    private static (Task<int> Exit, Task<string> FirstLine) Start(string[] args, CancellationToken interrupt)
    {
        var stdout = new SignalWriter();
        return (CommandLineApp.RunAsync(args, stdout, TextWriter.Null, interrupt), stdout.FirstLine);
    }

    /// <summary>Tells when the first line was written.</summary>
    private sealed class SignalWriter : StringWriter
    {
        private readonly TaskCompletionSource<string> first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> FirstLine => first.Task;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            first.TrySetResult(value!);
        }
    }
}
