using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Replay;
using Throughline.Server.Tenants;
using Throughline.Storage.Keys;

namespace Throughline.Cli.Tests.Faults;

/// <summary>A tenant's folder, looked at while no service runs.</summary>
internal static class StoredTenant
{
    public const string Name = "demo";

    /// <summary>Makes the tenant; gives its API key.</summary>
    public static async Task<string> CreateAsync(string data)
    {
        TenantCellFactory cells = new(TimeProvider.System, NullLoggerFactory.Instance);
        await using TenantRegistry registry = new(data, cells, TimeProvider.System);
        return registry.Create(TenantId.Parse(Name), new()).ApiKey;
    }

    public static string FolderOf(string data) => Path.Combine(data, "tenants", Name);

    /// <summary>
    /// Opens the store as a service would, and checks that it has every acknowledged event, none twice, and state and results as a
    /// fresh machine makes them of its log. Returns how many events it has.
    /// </summary>
    public static long Check(string data, Ledger ledger)
    {
        string folder = FolderOf(data);
        TenantSettings settings = new(Name);
        using TenantStore store = TenantStore.Open(folder, settings, TimeProvider.System);
        MemoryTenant clean = new(settings, new ScratchKeys(), keepsResults: true);
        HashSet<Token> ids = [];
        store.Log.Scan(
            0,
            (position, bytes) =>
            {
                Assert.True(ids.Add(EventRecord.FromTrusted(bytes).Id), $"the event at {position} is there twice");
                clean.Replay(bytes);
                return true;
            }
        );
        using ITenantKeys keys = KeyFile.OpenOrCreate(folder, Name, TimeProvider.System);
        string[] lost = [.. ledger.Acknowledged.Where(id => !ids.Contains(keys.EventId(Encoding.UTF8.GetBytes(id))))];
        Assert.True(
            lost.Length == 0,
            $"{lost.Length} acknowledged events are lost, {lost.FirstOrDefault()} among them"
        );
        Assert.Equal(clean.Machine.ResultsDigest(), store.Machine.ResultsDigest());
        Assert.Equal(clean.Machine.PageHash(), store.Machine.PageHash());
        CheckResults(store, clean);
        return ids.Count;
    }

    /// <summary>How many events of a type the log has.</summary>
    public static int Count(string data, EventType type)
    {
        using TenantStore store = TenantStore.Open(FolderOf(data), new(Name), TimeProvider.System);
        int count = 0;
        store.Log.Scan(
            0,
            (_, bytes) =>
            {
                count += EventRecord.FromTrusted(bytes).Type == type ? 1 : 0;
                return true;
            }
        );
        return count;
    }

    private static void CheckResults(TenantStore store, MemoryTenant clean)
    {
        long results = 0;
        store.Log.ScanResults(
            0,
            (sequence, bytes) =>
            {
                Assert.True(
                    bytes.SequenceEqual(clean.ReadResult(sequence)),
                    $"result {sequence} differs from a clean run's"
                );
                results++;
                return true;
            }
        );
        Assert.Equal(clean.Machine.NextResult, results);
    }
}
