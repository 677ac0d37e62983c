using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Server.Doors.Mapping;
using Throughline.Server.Telemetry;

namespace Throughline.Server.Tenants;

/// <summary>
/// The tenants of a data folder: <c>&lt;data&gt;/tenants/&lt;id&gt;/tenant.json</c>. Creates and lists them, knows them by their API
/// keys, and lends out their cells. The folder's lock must be held; thread-safe.
/// </summary>
public sealed class TenantRegistry : IAsyncDisposable
{
    /// <summary>More API keys than this for one tenant are refused.</summary>
    public const int MaxKeys = 100;

    private readonly string root;
    private readonly ITenantCellFactory cells;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly TimeSpan idle;
    private readonly ITimer sweeper;
    private readonly Lock writing = new();
    private readonly ConcurrentDictionary<TenantId, TenantSlot> slots = new();
    private readonly ConcurrentDictionary<KeyHash, TenantSlot> keys = new();
    private readonly ConcurrentDictionary<KeyHash, TenantSlot> writeKeys = new();
    private readonly ConcurrentDictionary<string, bool> corsOrigins = new(StringComparer.Ordinal);

    /// <summary>Reads all tenants. One whose file cannot be used is logged, listed in <see cref="Damaged"/> and left as it is; the others work.</summary>
    /// <param name="dataFolder">The folder of the embedded stores; created where missing.</param>
    /// <param name="cells">Opens a tenant's store.</param>
    /// <param name="clock">Stamps what is created and tells idle cells.</param>
    /// <param name="logger">Where to tell of openings and failures.</param>
    /// <param name="idle">A cell unused for this long is closed; 5 minutes by default.</param>
    public TenantRegistry(
        string dataFolder,
        ITenantCellFactory cells,
        TimeProvider clock,
        ILogger? logger = null,
        TimeSpan? idle = null
    )
    {
        root = Path.Combine(dataFolder, "tenants");
        this.cells = cells;
        this.clock = clock;
        this.logger = logger ?? NullLogger.Instance;
        this.idle = idle ?? TimeSpan.FromMinutes(5);
        Directory.CreateDirectory(root);
        Damaged = [.. Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal).Select(Load).OfType<string>()];
        sweeper = clock.CreateTimer(_ => _ = CloseIdleAsync(), null, this.idle / 4, this.idle / 4);
        TenantInstruments.Add(this);
    }

    /// <summary>One sentence for each tenant whose file cannot be used.</summary>
    public IReadOnlyList<string> Damaged { get; }

    /// <summary>All tenants in the order of their ids.</summary>
    public IReadOnlyList<TenantModel> Tenants =>
        [.. slots.Values.Select(slot => slot.Tenant).OrderBy(tenant => tenant.Id.Value, StringComparer.Ordinal)];

    /// <summary>How many tenants are open now.</summary>
    public int OpenCells => slots.Values.Count(slot => slot.IsOpen);

    /// <summary>Creates a tenant with its first API key.</summary>
    /// <exception cref="ArgumentException">The choices are not valid; the message says which.</exception>
    /// <exception cref="TenantExistsException">The folder is there already, whole or damaged.</exception>
    public CreatedTenant Create(TenantId id, TenantChoices choices)
    {
        if (TenantFile.Fault(choices) is { } fault)
            throw new ArgumentException(fault, nameof(choices));
        lock (writing)
        {
            string folder = FolderOf(id);
            if (File.Exists(Path.Combine(folder, TenantFile.Name)))
                throw new TenantExistsException(id);
            Directory.CreateDirectory(folder);
            string key = ApiKey.Create(ApiKey.TenantPrefix);
            DateTimeOffset now = clock.GetUtcNow();
            TenantModel tenant = new(id, now, choices) { ApiKeys = [new(ApiKey.Hash(key), now)] };
            TenantFile.Write(Path.Combine(folder, TenantFile.Name), tenant);
            Add(tenant, folder);
            return new(tenant, key);
        }
    }

    /// <summary>Gives a tenant one more API key, beside those that it has. The key is kept nowhere.</summary>
    /// <exception cref="KeyNotFoundException">There is no such tenant.</exception>
    /// <exception cref="InvalidOperationException">It has <see cref="MaxKeys"/> already.</exception>
    /// <param name="writeOnly">The key lets events in at the doors, and opens nothing else.</param>
    public string IssueKey(TenantId id, bool writeOnly = false)
    {
        lock (writing)
        {
            if (!slots.TryGetValue(id, out TenantSlot? slot))
                throw new KeyNotFoundException($"there is no tenant {id}");
            if (slot.Tenant.KeyCount >= MaxKeys)
                throw new InvalidOperationException($"tenant {id} has {MaxKeys} keys already");
            string key = ApiKey.Create(writeOnly ? ApiKey.WritePrefix : ApiKey.TenantPrefix);
            TenantKeyEntry entry = new(ApiKey.Hash(key), clock.GetUtcNow(), writeOnly);
            TenantModel tenant = slot.Tenant with { ApiKeys = [.. slot.Tenant.ApiKeys, entry] };
            TenantFile.Write(Path.Combine(FolderOf(id), TenantFile.Name), tenant);
            slot.Tenant = tenant;
            KeysOf(entry)[entry.Hash] = slot;
            return key;
        }
    }

    /// <summary>Puts a tenant's mapping of foreign events in force, durably.</summary>
    /// <exception cref="KeyNotFoundException">There is no such tenant.</exception>
    internal void SetDoors(TenantId id, DoorModel doors)
    {
        lock (writing)
        {
            if (!slots.TryGetValue(id, out TenantSlot? slot))
                throw new KeyNotFoundException($"there is no tenant {id}");
            DoorFile.Write(FolderOf(id), doors);
            slot.Tenant = slot.Tenant with { Doors = doors };
        }
    }

    /// <summary>Tenants whose gate has rules or lists.</summary>
    internal IEnumerable<TenantId> WithGate() =>
        Tenants.Select(tenant => tenant.Id).Where(id => GateMark.IsIn(FolderOf(id)));

    /// <summary>Tenants that ever had a webhook.</summary>
    internal IEnumerable<TenantId> WithWebhooks() =>
        Tenants.Select(tenant => tenant.Id).Where(id => Webhooks.WebhookStates.IsIn(FolderOf(id)));

    /// <summary>Goes on with what was begun to be erased: opens the stores concerned, which do it by themselves. Those that do not open are told of as ever.</summary>
    internal async Task ResumeErasuresAsync(CancellationToken cancellation)
    {
        foreach (TenantId id in Tenants.Select(tenant => tenant.Id).Where(id => EraseMark.IsIn(FolderOf(id))).ToArray())
            try
            {
                using CellLease lease = await UseAsync(id, cancellation);
            }
            catch (CellClosedException)
            {
                // the slot has told why; whoever opens it next goes on with it
            }
    }

    /// <summary>Finds a tenant, or null.</summary>
    public TenantModel? Find(TenantId id) => slots.TryGetValue(id, out TenantSlot? slot) ? slot.Tenant : null;

    /// <summary>Whose key is it? One hash and one look-up, whatever the key.</summary>
    public bool TryAuthenticate(ReadOnlySpan<char> key, out TenantId tenant)
    {
        bool known = keys.TryGetValue(ApiKey.Hash(key), out TenantSlot? slot);
        tenant = known ? slot!.Tenant.Id : default;
        return known;
    }

    /// <summary>The same for keys that only let events in; those are no keys to <see cref="TryAuthenticate"/>.</summary>
    public bool TryAuthenticateWriter(ReadOnlySpan<char> key, out TenantId tenant)
    {
        bool known = writeKeys.TryGetValue(ApiKey.Hash(key), out TenantSlot? slot);
        tenant = known ? slot!.Tenant.Id : default;
        return known;
    }

    /// <summary>True if some tenant's pages have this web origin.</summary>
    internal bool IsCorsOrigin(string origin) => corsOrigins.ContainsKey(origin);

    /// <summary>Lends a tenant's cell, opening it where needed.</summary>
    /// <exception cref="KeyNotFoundException">There is no such tenant.</exception>
    /// <exception cref="CellClosedException">The cell cannot be opened, or the registry is closing.</exception>
    public ValueTask<CellLease> UseAsync(TenantId id, CancellationToken cancellation) =>
        slots.TryGetValue(id, out TenantSlot? slot)
            ? slot.UseAsync(cancellation)
            : throw new KeyNotFoundException($"there is no tenant {id}");

    /// <summary>Closes every cell after it has committed what it took in.</summary>
    public async ValueTask DisposeAsync()
    {
        TenantInstruments.Remove(this);
        await sweeper.DisposeAsync();
        await Task.WhenAll(slots.Values.Select(slot => slot.StopAsync()));
    }

    private string? Load(string folder)
    {
        string file = Path.Combine(folder, TenantFile.Name);
        if (!TenantId.TryParse(Path.GetFileName(folder), out TenantId id) || !File.Exists(file))
            return null;
        try
        {
            Add(TenantFile.Read(file, id) with { Doors = DoorFile.Read(folder) }, folder);
            return null;
        }
        catch (Exception error) when (error is TenantFileException or IOException or UnauthorizedAccessException)
        {
            TenantEvents.Unusable(logger, id.Value, error.Message);
            return error.Message;
        }
    }

    private void Add(TenantModel tenant, string folder)
    {
        TenantSlot slot = new(tenant, folder, cells, clock, logger);
        slots[tenant.Id] = slot;
        foreach (string origin in tenant.Choices.CorsOrigins)
            corsOrigins[origin] = true;
        foreach (TenantKeyEntry key in tenant.ApiKeys)
            KeysOf(key)[key.Hash] = slot;
    }

    private ConcurrentDictionary<KeyHash, TenantSlot> KeysOf(TenantKeyEntry key) => key.WriteOnly ? writeKeys : keys;

    /// <summary>Looks at tenants that nobody uses, where it is time to.</summary>
    internal async Task LookAtIdleAsync(CancellationToken cancellation)
    {
        foreach (TenantModel tenant in Tenants)
            if (slots.TryGetValue(tenant.Id, out TenantSlot? slot))
                await slot.LookIfDueAsync(cancellation);
    }

    // Slots report their own failures to close.
    private async Task CloseIdleAsync()
    {
        int open = OpenCells;
        await Task.WhenAll(slots.Values.Select(slot => slot.CloseIfIdleAsync(idle)));
        if (OpenCells < open)
            NativeHeap.Trim();
    }

    // The id's form admits no separator and no dot, so the folder cannot leave the root.
    private string FolderOf(TenantId id) => Path.Combine(root, id.Value);
}

/// <summary>There is such a tenant already.</summary>
public sealed class TenantExistsException(TenantId id) : Exception($"tenant {id} exists already");
