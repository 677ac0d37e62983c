using Throughline.Server.Doors.Mapping;
using Throughline.Server.Tenants;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Server.Tests.Tenants;

public sealed class TenantRegistryTests : IAsyncDisposable
{
    private static readonly TenantId Shop = TenantId.Parse("shop");

    private readonly TempFolder folder = new();
    private readonly FakeTimeProvider clock = new();
    private readonly FakeCells cells = new();
    private readonly List<TenantRegistry> open = [];

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a", true)]
    [InlineData("shop-2", true)]
    [InlineData("a23456789012345678901234567890123456789012345678901234567890123", true)]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("Shop", false)]
    [InlineData("2shop", false)]
    [InlineData("shop\n", false)]
    [InlineData("../shop", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("a\\b", false)]
    [InlineData("a.b", false)]
    [InlineData("a\0", false)]
    [InlineData("é", false)]
    public void TenantId_Form_IsHeld(string? text, bool valid) => Assert.Equal(valid, TenantId.TryParse(text, out _));

    [Fact]
    public void TenantId_Default_NamesNobody() =>
        Assert.Throws<InvalidOperationException>(() => default(TenantId).Value);

    [Fact]
    public void WriteKeysAndMappings_AreThereAfterReopening()
    {
        TenantRegistry registry = Open();
        string full = registry.Create(Shop, new()).ApiKey;
        string write = registry.IssueKey(Shop, writeOnly: true);
        registry.SetDoors(Shop, new(new Dictionary<string, DoorRule> { ["Sale"] = new(DoorAction.Conversion) }));
        foreach (TenantRegistry one in (TenantRegistry[])[registry, Open()])
        {
            Assert.True(one.TryAuthenticate(full, out _) && one.TryAuthenticateWriter(write, out _));
            Assert.False(one.TryAuthenticate(write, out _) || one.TryAuthenticateWriter(full, out _));
            Assert.Equal(DoorAction.Conversion, one.Find(Shop)!.Doors.Match("sale").Rule.As);
        }
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"version":9}""")]
    public void Mapping_ThatIsDamaged_IsNamedAndLeftAsItIs(string text)
    {
        Open().Create(Shop, new());
        string file = Path.Combine(folder.Path, "tenants", "shop", "doors.json");
        File.WriteAllText(file, text);
        TenantRegistry reopened = Open();
        Assert.Empty(reopened.Tenants);
        Assert.Contains(file, Assert.Single(reopened.Damaged), StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(file));
    }

    // One whose folder was taken away under the service must not keep the others from being looked at.
    [Fact]
    public async Task LookAtIdle_FolderOfOneIsGone_LooksAtTheOthers()
    {
        TenantRegistry registry = Open();
        foreach (string id in (string[])["gone", "other", "shop"])
        {
            registry.Create(TenantId.Parse(id), new());
            File.WriteAllText(Path.Combine(folder.Path, "tenants", id, "log-1.db"), "");
        }
        Directory.Delete(Path.Combine(folder.Path, "tenants", "gone"), recursive: true);

        await registry.LookAtIdleAsync(Ended);
        Assert.Equal(2, cells.Opened);
        await registry.LookAtIdleAsync(Ended);
        Assert.Equal(2, cells.Opened); // not again before its time
    }

    [Fact]
    public void Create_NewTenant_IsThereAfterReopening()
    {
        TenantChoices choices = new()
        {
            Region = "eu-1",
            CallingCode = "49",
            HorizonDays = 10,
            CorsOrigins = ["https://shop.example"],
        };
        string key = Open().Create(Shop, choices).ApiKey;
        TenantRegistry reopened = Open();
        TenantModel tenant = Assert.Single(reopened.Tenants);
        Assert.Equal((Shop, clock.GetUtcNow(), 1), (tenant.Id, tenant.Created, tenant.KeyCount));
        Assert.Equal(
            ("eu-1", "49", 10),
            (tenant.Choices.Region, tenant.Choices.CallingCode, tenant.Choices.HorizonDays)
        );
        Assert.Equal("49", tenant.IdentifierRules.DefaultCallingCode);
        Assert.Equal(["https://shop.example"], tenant.Choices.CorsOrigins);
        Assert.True(reopened.TryAuthenticate(key, out TenantId known));
        Assert.Equal(Shop, known);
    }

    [Fact]
    public void Create_Key_IsRandomAndKeptOnlyAsItsHash()
    {
        TenantRegistry registry = Open();
        string first = registry.Create(Shop, new()).ApiKey;
        string second = registry.IssueKey(Shop);
        Assert.Matches("^tl_[A-Za-z0-9_-]{43}$", first);
        Assert.NotEqual(first, second);
        foreach (string file in Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories))
        {
            string text = File.ReadAllText(file);
            Assert.DoesNotContain(first[3..], text);
            Assert.DoesNotContain(second[3..], text);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public void Create_Existing_IsRefusedAndChangesNothing()
    {
        TenantRegistry registry = Open();
        string key = registry.Create(Shop, new()).ApiKey;
        Assert.Throws<TenantExistsException>(() => registry.Create(Shop, new() { Region = "other" }));
        Assert.True(registry.TryAuthenticate(key, out _));
        Assert.Equal("local", registry.Find(Shop)!.Choices.Region);
    }

    [Theory]
    [InlineData("EU", null, 35, null)]
    [InlineData("eu", "0", 35, null)]
    [InlineData("eu", "1234", 35, null)]
    [InlineData("eu", null, 0, null)]
    [InlineData("eu", null, 401, null)]
    [InlineData("eu", null, 35, "*")]
    [InlineData("eu", null, 35, "https://shop.example/")]
    [InlineData("eu", null, 35, "https://SHOP.example")]
    [InlineData("eu", null, 35, "https://shop.example:443")]
    [InlineData("eu", null, 35, "ftp://shop.example")]
    [InlineData("eu", null, 35, "null")]
    public void Create_ChoicesNotValid_AreRefused(string region, string? callingCode, int horizon, string? origin)
    {
        TenantChoices choices = new()
        {
            Region = region,
            CallingCode = callingCode,
            HorizonDays = horizon,
            CorsOrigins = origin is null ? [] : [origin],
        };
        TenantRegistry registry = Open();
        Assert.Throws<ArgumentException>(() => registry.Create(Shop, choices));
        Assert.Empty(registry.Tenants);
    }

    [Fact]
    public void TryAuthenticate_OtherKeys_KnowsNobody()
    {
        TenantRegistry registry = Open();
        string key = registry.Create(Shop, new()).ApiKey;
        string[] others =
        [
            "",
            "tl_",
            key[..^1],
            key + "A",
            key[3..],
            " " + key,
            key.ToUpperInvariant(),
            key[..^1] + (key[^1] == 'A' ? 'B' : 'A'),
            new('x', 100_000),
            "ключ",
            ApiKey.Create(ApiKey.TenantPrefix),
        ];
        foreach (string other in others)
            Assert.False(registry.TryAuthenticate(other, out _), other);
        Assert.True(registry.TryAuthenticate(key, out _));
    }

    [Fact]
    public void Open_DamagedTenants_AreLeftOutAndLeftAsTheyAre()
    {
        string key = Open().Create(Shop, new()).ApiKey;
        (string Name, string Text)[] files =
        [
            ("cut", "{\"version\":1,"),
            ("empty", ""),
            ("newer", """{"version":2,"id":"newer","region":"eu","created":"2026-01-01T00:00:00Z","keys":[]}"""),
            ("other", """{"version":1,"id":"shop","region":"eu","created":"2026-01-01T00:00:00Z","keys":[]}"""),
            (
                "field",
                """{"version":1,"id":"field","region":"eu","created":"2026-01-01T00:00:00Z","keys":[],"more":1}"""
            ),
            (
                "key",
                """{"version":1,"id":"key","region":"eu","created":"2026-01-01T00:00:00Z","keys":[{"sha256":"00","created":"2026-01-01T00:00:00Z"}]}"""
            ),
            ("missing", """{"version":1,"id":"missing","region":"eu","created":"2026-01-01T00:00:00Z"}"""),
        ];
        foreach ((string name, string text) in files)
        {
            Directory.CreateDirectory(folder[$"tenants/{name}"]);
            File.WriteAllText(folder[$"tenants/{name}/tenant.json"], text);
        }
        TenantRegistry registry = Open();
        Assert.True(registry.TryAuthenticate(key, out _));
        Assert.Equal([Shop], registry.Tenants.Select(tenant => tenant.Id));
        Assert.Equal(files.Length, registry.Damaged.Count);
        foreach ((string name, string text) in files)
        {
            Assert.Contains(registry.Damaged, fault => fault.Contains($"tenants/{name}/tenant.json"));
            Assert.Throws<TenantExistsException>(() => registry.Create(TenantId.Parse(name), new()));
            Assert.Equal(text, File.ReadAllText(folder[$"tenants/{name}/tenant.json"]));
        }
    }

    [Fact]
    public void IssueKey_TooMany_IsRefused()
    {
        TenantRegistry registry = Open();
        registry.Create(Shop, new());
        for (int i = 1; i < TenantRegistry.MaxKeys; i++)
            registry.IssueKey(Shop);
        Assert.Throws<InvalidOperationException>(() => registry.IssueKey(Shop));
        Assert.Throws<KeyNotFoundException>(() => registry.IssueKey(TenantId.Parse("nobody")));
    }

    [Fact]
    public async Task UseAsync_ByManyAtOnce_OpensOnce()
    {
        TenantRegistry registry = Open();
        registry.Create(Shop, new());
        TaskCompletionSource gate = new();
        cells.Gate = gate.Task;
        Task<CellLease>[] uses = [.. Enumerable.Range(0, 20).Select(_ => registry.UseAsync(Shop, Ended).AsTask())];
        gate.SetResult();
        CellLease[] leases = await Task.WhenAll(uses);
        Assert.All(leases, lease => Assert.Same(leases[0].Cell, lease.Cell));
        Assert.Equal(1, cells.Opened);
    }

    [Fact]
    public async Task CloseIdle_UnusedCell_IsClosedAndOpensAgain()
    {
        TenantRegistry registry = Open();
        registry.Create(Shop, new());
        CellLease held = await registry.UseAsync(Shop, Ended);
        FakeCell first = (FakeCell)held.Cell;
        clock.Advance(TimeSpan.FromMinutes(20));
        Assert.False(first.IsDisposed);
        held.Dispose();
        clock.Advance(TimeSpan.FromMinutes(4));
        Assert.False(first.IsDisposed);
        clock.Advance(TimeSpan.FromMinutes(3));
        Assert.True(first.IsDisposed);
        Assert.Equal(0, registry.OpenCells);
        using CellLease again = await registry.UseAsync(Shop, Ended);
        Assert.NotSame(first, again.Cell);
        Assert.Equal((2, 1), (cells.Opened, registry.OpenCells));
    }

    [Fact]
    public async Task UseAsync_StoreFails_IsTriedAgainAfterAWhile()
    {
        TenantRegistry registry = Open();
        registry.Create(Shop, new());
        cells.Failure = new IOException("disk");
        for (int i = 0; i < 3; i++)
            await Assert.ThrowsAsync<CellClosedException>(async () => await registry.UseAsync(Shop, Ended));
        Assert.Equal(1, cells.Opened);
        cells.Failure = null;
        clock.Advance(TimeSpan.FromSeconds(1));
        using CellLease lease = await registry.UseAsync(Shop, Ended);
        Assert.Equal(2, cells.Opened);
    }

    [Fact]
    public async Task DisposeAsync_OpenCells_AreClosedAndStayClosed()
    {
        TenantRegistry registry = Open();
        registry.Create(Shop, new());
        using (await registry.UseAsync(Shop, Ended)) { }
        await registry.DisposeAsync();
        Assert.True(cells["shop"].IsDisposed);
        await Assert.ThrowsAsync<CellClosedException>(async () => await registry.UseAsync(Shop, Ended));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (TenantRegistry registry in open)
            await registry.DisposeAsync();
        folder.Dispose();
    }

    private TenantRegistry Open()
    {
        TenantRegistry registry = new(folder.Path, cells, clock);
        open.Add(registry);
        return registry;
    }
}
