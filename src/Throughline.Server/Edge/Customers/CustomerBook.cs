using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Threading.Channels;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Tenant;
using Throughline.Server.Telemetry;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge.Customers;

/// <summary>
/// What one tenant's edge knows of customers, without asking anybody while a client waits: a bounded memory of answers, filled behind the
/// decisions from the tenant's machine. The first request of somebody finds nothing and has the question asked; later ones find the answer.
/// It is asked anew once it is 10 s old, and not used once it is 60 s old.
/// </summary>
internal sealed class CustomerBook(TenantId tenant, EdgeModel model, TenantRegistry registry, ILogger logger)
    : IDisposable
{
    public const int FreshMs = 10_000;
    public const int StaleMs = 60_000;

    /// <summary>Answers that are held at most: two generations, of which the older goes when the younger is full.</summary>
    public const int EntriesMax = 65_536;

    private static readonly string[] Devices = ["device", "cookie"];
    private const int WaitingMax = 4096;
    private const int BatchMax = 256;

    // Of this run alone: what is kept is no value that a client sent, but a hash of it.
    private readonly UInt128 secret = MemoryMarshal.Read<UInt128>(RandomNumberGenerator.GetBytes(16));
    private readonly Channel<(CustomerQuestion Question, Entry Entry)> waiting = Channel.CreateBounded<(
        CustomerQuestion,
        Entry
    )>(new BoundedChannelOptions(WaitingMax) { SingleReader = true });
    private ConcurrentDictionary<UInt128, Entry> young = new();
    private ConcurrentDictionary<UInt128, Entry> old = new();
    private int isRunning;

    /// <summary>What is known; nothing if the request shows no identifier, or the answer is not there yet.</summary>
    public CustomerFacts Find(EdgeRequest request)
    {
        IReadOnlyList<IdentifierSource> sources = model.Options.Identifiers;
        if (sources.Count == 0 || !TryKey(sources, request, out UInt128 key))
            return default;
        Entry entry = EntryOf(key);
        Answer? answer = entry.Answer;
        long age = answer is null ? long.MaxValue : Math.Abs(request.Time - answer.ReadAt);
        if (age >= FreshMs && entry.TryClaim())
            Ask(sources, request, entry);
        return answer?.Sight is { } sight && age < StaleMs
            ? new(Known: true, Math.Max(0, request.Time - sight.Since), sight.Conversions, sight.AddressIdentifiers)
            : default;
    }

    /// <summary>
    /// Whom a request belongs to in hold-outs: the customer as far as one was ever found, however old the answer, for whoever is held out
    /// stays so; else the device or, without one, the cookie that it shows; null if it shows none.
    /// </summary>
    /// <param name="hashKey">The tenant's, the same after a restart.</param>
    public HoldoutUnit? UnitOf(EdgeRequest request, UInt128 hashKey)
    {
        IReadOnlyList<IdentifierSource> sources = model.Options.Identifiers;
        if (sources.Count == 0 || !TryKey(sources, request, out UInt128 key))
            return null;
        if (EntryOf(key).Answer?.Sight is { } sight)
            return HoldoutUnit.OfCustomer(sight.Customer);
        foreach (string type in Devices)
        foreach (IdentifierSource source in sources)
            if (source.Type == type && ValueOf(source, request) is { } value)
                return HoldoutUnit.OfDevice(type, value, hashKey);
        return null;
    }

    public void Dispose() => waiting.Writer.TryComplete();

    private bool TryKey(IReadOnlyList<IdentifierSource> sources, EdgeRequest request, out UInt128 key)
    {
        Core.Gate.Counters.KeyHash hash = new(secret);
        bool shows = false;
        for (int i = 0; i < sources.Count; i++)
        {
            if (ValueOf(sources[i], request) is not { } value)
                continue;
            hash.Add(i);
            hash.Add(value);
            shows = true;
        }
        if (request.Address is { } address)
            hash.AddWide(address.Bits);
        key = hash.Finish();
        return shows;
    }

    private Entry EntryOf(UInt128 key)
    {
        if (young.TryGetValue(key, out Entry? entry))
            return entry;
        if (!old.TryGetValue(key, out entry))
            entry = new();
        if (young.Count >= EntriesMax / 2)
            (old, young) = (young, new());
        return young.GetOrAdd(key, entry);
    }

    private void Ask(IReadOnlyList<IdentifierSource> sources, EdgeRequest request, Entry entry)
    {
        List<(string, string)> identifiers = [];
        foreach (IdentifierSource source in sources)
            if (ValueOf(source, request) is { } value)
                identifiers.Add((source.Type, value));
        if (!waiting.Writer.TryWrite((new(identifiers, request.Address?.Text, request.Time), entry)))
        {
            EdgeInstruments.CustomersUnanswered.Add(1);
            entry.GiveUp();
        }
        if (isRunning == 0 && Interlocked.Exchange(ref isRunning, 1) == 0)
            _ = Task.Run(RunAsync);
    }

    private async Task RunAsync()
    {
        List<(CustomerQuestion Question, Entry Entry)> batch = [];
        while (await waiting.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < BatchMax && waiting.Reader.TryRead(out (CustomerQuestion, Entry) next))
                batch.Add(next);
            try
            {
                using CellLease lease = await registry.UseAsync(tenant, CancellationToken.None);
                IReadOnlyList<CustomerSight?> sights = lease.Cell.Gate.Customers([.. batch.Select(x => x.Question)]);
                for (int i = 0; i < batch.Count; i++)
                    batch[i].Entry.Answer = new(sights[i], batch[i].Question.Time);
            }
            catch (Exception error) // rules over customers come out unknown; a later request asks again
            {
                EdgeInstruments.CustomersUnanswered.Add(batch.Count);
                if (error is not (TimeoutException or CellClosedException))
                    EdgeEvents.CustomersUnread(logger, tenant.Value, error.GetType().Name, error.StackTrace);
            }
            batch.ForEach(one => one.Entry.GiveUp());
        }
    }

    private static string? ValueOf(IdentifierSource source, EdgeRequest request)
    {
        if (source.Header is { } header)
            return request.Header(header) is { Length: > 0 } value ? value : null;
        foreach (HeaderField field in request.Headers)
            if (field.Name == "cookie" && RequestReader.CookieOf(field.Value, source.Cookie!) is { Length: > 0 } cookie)
                return cookie;
        return null;
    }

    /// <param name="Sight">Null: nobody's.</param>
    /// <param name="ReadAt">Time of the request that asked.</param>
    private sealed record Answer(CustomerSight? Sight, long ReadAt);

    /// <summary>One question, its last answer, and whether it is being asked.</summary>
    private sealed class Entry
    {
        private volatile Answer? answer;
        private int isAsked;

        public Answer? Answer
        {
            get => answer;
            set => answer = value;
        }

        public bool TryClaim() => Interlocked.Exchange(ref isAsked, 1) == 0;

        public void GiveUp() => Volatile.Write(ref isAsked, 0);
    }
}
