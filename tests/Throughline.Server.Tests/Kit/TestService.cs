using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Server.Tenants;
using Throughline.Testing;

namespace Throughline.Server.Tests.Kit;

/// <summary>The real service on a free loopback port over an empty folder, with two tenants and fake cells.</summary>
internal sealed class TestService : IAsyncDisposable
{
    /// <summary>The service's clock stands here.</summary>
    public static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder folder;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    private TestService(TempFolder folder, RunningServer server, FakeCells cells)
    {
        this.folder = folder;
        Server = server;
        Cells = cells;
        Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = server.Addresses[0],
        };
        AlphaKey = server.Registry.Create(TenantId.Parse("alpha"), new()).ApiKey;
        BetaKey = server
            .Registry.Create(TenantId.Parse("beta"), new() { CorsOrigins = ["https://beta.example"] })
            .ApiKey;
    }

    public RunningServer Server { get; }
    public FakeCells Cells { get; }
    public HttpClient Client { get; }
    public string AlphaKey { get; }
    public string BetaKey { get; }
    public string Folder => folder.Path;
    public FakeCell Alpha => Cells["alpha"];

    public static Task<TestService> StartAsync(ServerLimits? limits = null) =>
        StartAsync(new ServeOptions { Limits = limits ?? new() });

    /// <summary>The same over the product's own stores.</summary>
    public static Task<TestService> StartRealAsync() =>
        StartAsync(new(), clock => new TenantCellFactory(clock, NullLoggerFactory.Instance));

    /// <summary>Data folder, address, clock and log of the options are the test's.</summary>
    /// <param name="isTimed">The service has the machine's own clock.</param>
    public static async Task<TestService> StartAsync(
        ServeOptions options,
        Func<TimeProvider, ITenantCellFactory>? real = null,
        FakeTimeProvider? clock = null,
        bool isTimed = false
    )
    {
        TempFolder folder = new();
        FakeCells cells = new();
        ServeOptions own = options with
        {
            DataFolder = folder.Path,
            Urls = ["http://127.0.0.1:0"],
            StopsOnSignals = false,
            LogLevel = Microsoft.Extensions.Logging.LogLevel.None,
            Clock = isTimed ? TimeProvider.System : clock ?? new FakeTimeProvider(Now),
        };
        return new(folder, await ThroughlineServer.StartAsync(own, real?.Invoke(own.Clock) ?? cells, Ended), cells);
    }

    /// <summary>A valid click.</summary>
    public static string Click(string id, string more = "") =>
        $$"""{"id":"{{id}}","type":"click","time":"2026-06-01T11:00:00Z","campaign":"c1"{{more}}}""";

    public static HttpContent Json(string text) => Content(Encoding.UTF8.GetBytes(text), "application/json");

    public static HttpContent Lines(string text) => Content(Encoding.UTF8.GetBytes(text), "application/x-ndjson");

    public static HttpContent Content(byte[] bytes, string type, string? encoding = null)
    {
        ByteArrayContent content = new(bytes);
        content.Headers.ContentType = new(type);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        return content;
    }

    /// <summary>Sends as tenant alpha unless told otherwise.</summary>
    public async Task<Answer> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content = null,
        string? key = null,
        params (string Name, string Value)[] headers
    )
    {
        using HttpRequestMessage request = new(method, path) { Content = content };
        if (key != "")
            request.Headers.Authorization = new("Bearer", key ?? AlphaKey);
        foreach ((string name, string value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using HttpResponseMessage response = await Client.SendAsync(request, Ended);
        return new(
            (int)response.StatusCode,
            response.Headers,
            response.Content.Headers,
            await response.Content.ReadAsStringAsync(Ended)
        );
    }

    public Task<Answer> PostEventsAsync(HttpContent content, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, "/v1/events", content, null, headers);

    public Task<Answer> GetAsync(string path, string? key = null) => SendAsync(HttpMethod.Get, path, null, key);

    public Task<Answer> PostAsync(string path, string json) => SendAsync(HttpMethod.Post, path, Json(json));

    public Task<Answer> PutAsync(string path, string json) => SendAsync(HttpMethod.Put, path, Json(json));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        folder.Dispose();
    }
}

/// <summary>What the service answered.</summary>
internal sealed record Answer(int Status, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, string Text)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public string? Reason => (string?)Json["reason"];

    /// <summary>The statuses of the results in order: <c>accepted rejected</c>.</summary>
    public string Statuses => string.Join(' ', Json["results"]!.AsArray().Select(result => (string?)result!["status"]));

    public string? Header(string name) =>
        Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(", ", values) : null;

    /// <summary>Holds for every failed request.</summary>
    public void AssertProblem(int status, string reason)
    {
        Assert.Equal((status, reason), (Status, Reason));
        Assert.Equal("application/problem+json", ContentHeaders.ContentType?.MediaType);
        Assert.Equal(status, (int)Json["status"]!);
        Assert.Equal($"urn:throughline:problem:{reason}", (string?)Json["type"]);
        Assert.NotEmpty((string)Json["title"]!);
        Assert.Equal(status is 429 or 503, Headers.RetryAfter is not null);
    }
}
