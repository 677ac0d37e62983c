using System.Buffers;
using System.Text;
using System.Text.Json;
using Throughline.Cel.Library;
using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tenant;
using Throughline.Storage.Keys;
using Throughline.Storage.Log;

namespace Throughline.Server.Tenants;

/// <summary>A stored decision, or the answer to one, opened.</summary>
/// <param name="Position">Its place in the log.</param>
/// <param name="Event">The stored event that holds it.</param>
/// <param name="Source">The client's address; null: not known.</param>
/// <param name="Address">Names the address; null: not known.</param>
public sealed record ArchivedDecision(
    long Position,
    byte[] Event,
    DecisionRecord Record,
    IpAddress? Source,
    Token? Address
)
{
    public long Time => Record.Inputs.Request.Time;

    /// <summary>The event of an answer has none, but its record may.</summary>
    public string? UserAgent =>
        EventRecord.FromTrusted(Event).Text(EventField.UserAgent)
        ?? (Record.Inputs.Request.Agent.Text is { Length: > 0 } recorded ? recorded : null);
}

/// <summary>
/// A tenant's stored decisions as far as they are committed, for those who read many of them: slice by slice, off the writer's
/// thread, which is asked in between for what only it knows.
/// </summary>
public sealed class GateArchive
{
    private const int EventsBetweenLooks = 4_096;

    private readonly TenantCell cell;
    private readonly ITenantKeys keys;
    private readonly ITenantLog log;
    private readonly Dictionary<long, GateDocument?> rules = [];
    private readonly ArrayBufferWriter<byte> opened = new();
    private readonly RecordBuffer one = new();

    internal GateArchive(TenantCell cell, ITenantKeys keys, ITenantLog log, GateOverview overview)
    {
        (this.cell, this.keys, this.log, Overview) = (cell, keys, log, overview);
        End = log.NextPosition;
    }

    public GateOverview Overview { get; }

    /// <summary>The position after the last event that is read.</summary>
    public long End { get; }

    /// <summary>Records that did not open, or are of a form that is not known.</summary>
    public long Unreadable { get; private set; }

    /// <summary>Reads on from a position, until so many decisions are found or the log ends.</summary>
    /// <param name="isWanted">Whether decisions of a time are opened.</param>
    /// <param name="found">Receives them.</param>
    /// <param name="others">Receives all other events, and the decisions that are not opened; null: nobody wants them.</param>
    /// <returns>The position to go on from.</returns>
    public long Read(
        long from,
        int decisionsMax,
        Func<long, bool> isWanted,
        List<ArchivedDecision> found,
        Action<EventRecord>? others,
        CancellationToken cancellation
    )
    {
        long next = from;
        log.Scan(
            from,
            (position, bytes) =>
            {
                if (position >= End || found.Count == decisionsMax)
                    return false;
                if (position % EventsBetweenLooks == 0)
                    cancellation.ThrowIfCancellationRequested();
                next = position + 1;
                EventRecord record = EventRecord.FromTrusted(bytes);
                if (
                    record.Type == EventType.Decision
                    && isWanted(record.Time)
                    && Open(position, record) is { } decision
                )
                    found.Add(decision);
                else
                    others?.Invoke(record);
                return true;
            }
        );
        return next;
    }

    /// <summary>Where the decisions of a time are, in the order of their times; those of one instant in the order of the log.</summary>
    /// <param name="isWanted">Whether a time is of interest.</param>
    /// <param name="others">Receives all events that are no decisions.</param>
    /// <exception cref="ArchiveTooLargeException">There are more than so many.</exception>
    public long[] InOrder(
        Func<long, bool> isWanted,
        int decisionsMax,
        Action<EventRecord> others,
        CancellationToken cancellation
    )
    {
        List<(long Time, long Position)> found = [];
        log.Scan(
            0,
            (position, bytes) =>
            {
                if (position >= End)
                    return false;
                if (position % EventsBetweenLooks == 0)
                    cancellation.ThrowIfCancellationRequested();
                EventRecord record = EventRecord.FromTrusted(bytes);
                if (record.Type != EventType.Decision)
                    others(record);
                else if (isWanted(record.Time))
                    found.Add((record.Time, position));
                return found.Count <= decisionsMax;
            }
        );
        if (found.Count > decisionsMax)
            throw new ArchiveTooLargeException(decisionsMax);
        found.Sort();
        return [.. found.Select(x => x.Position)];
    }

    /// <summary>The decision at a position; null if it does not open, or is of another edge.</summary>
    public ArchivedDecision? Read(long position)
    {
        one.Clear();
        log.Read(position, one);
        return Open(position, EventRecord.FromTrusted(one[0]));
    }

    /// <summary>A published version's rules; null if there is none, as before the first publication.</summary>
    public GateDocument? RulesOf(long version)
    {
        if (rules.TryGetValue(version, out GateDocument? known))
            return known;
        GateVersion? published = Overview.Versions.FirstOrDefault(x => x.Version == version);
        return rules[version] = published is null ? null : GateRecords.ReadRules(log, published.Position);
    }

    /// <summary>What the actors of decisions were in their 5 minutes, as known now.</summary>
    public Task<Verdict[]> VerdictsAsync(IReadOnlyList<ArchivedDecision> decisions, CancellationToken cancellation) =>
        cell.AskAsync(
            store =>
            {
                Verdict[] verdicts = new Verdict[decisions.Count];
                for (int i = 0; i < verdicts.Length; i++)
                    verdicts[i] = store.Machine.VerdictOf(EventRecord.FromTrusted(decisions[i].Event));
                return verdicts;
            },
            cancellation
        );

    /// <summary>The customers that identifiers belong to, of those that belong to one.</summary>
    public async Task<IReadOnlyDictionary<Token, Token>> CustomersAsync(
        IReadOnlyList<Token> identifiers,
        CancellationToken cancellation
    )
    {
        Dictionary<Token, Token> customers = [];
        foreach (Token[] some in identifiers.Chunk(EventsBetweenLooks))
            await cell.AskAsync(
                    store =>
                    {
                        foreach (Token identifier in some)
                            if (store.Machine.Reader.Resolve(identifier) is { } found)
                                customers[identifier] = found.Customer;
                        return true;
                    },
                    cancellation
                )
                .ConfigureAwait(false);
        return customers;
    }

    /// <summary>Whom ids of customers name now, of those that name anybody.</summary>
    public async Task<IReadOnlyDictionary<Token, Token>> CurrentAsync(
        IReadOnlyList<Token> ids,
        CancellationToken cancellation
    )
    {
        Dictionary<Token, Token> current = [];
        foreach (Token[] some in ids.Chunk(EventsBetweenLooks))
            await cell.AskAsync(
                    store =>
                    {
                        foreach (Token id in some)
                            if (store.Machine.CurrentCustomer(id) is { } found)
                                current[id] = found;
                        return true;
                    },
                    cancellation
                )
                .ConfigureAwait(false);
        return current;
    }

    /// <summary>The machine as it is now, to be read and tried on beside the writer.</summary>
    public Task<Rehearsal> RehearseAsync(CancellationToken cancellation) =>
        cell.AskAsync(store => store.Rehearse(), cancellation);

    private ArchivedDecision? Open(long position, in EventRecord record)
    {
        if (record.IsErased || !record.TryGet(EventField.GateRecord, out _))
            return null; // of another edge, or of nobody any more
        if (ChainAudit.Read(keys, record.Bytes) is not { } decision)
        {
            Unreadable++;
            return null;
        }
        IpAddress? source = decision.Inputs.Request.Address ?? SourceOf(record);
        return new(position, record.Bytes.ToArray(), decision, source, TokenOf(record, source));
    }

    private Token? TokenOf(in EventRecord record, IpAddress? source)
    {
        if (record.TryGet(EventField.Address, out ReadOnlySpan<byte> token))
            return Token.Read(token);
        return source is null ? null : keys.Tokenise("address", Encoding.ASCII.GetBytes(source.Text));
    }

    // Where no rule reads the address, the record does not hold it, but the event does.
    private IpAddress? SourceOf(in EventRecord record)
    {
        if (!record.TryGet(EventField.Sealed, out ReadOnlySpan<byte> sealedBytes))
            return null;
        opened.ResetWrittenCount();
        try
        {
            keys.Open(sealedBytes, record.Id, opened);
        }
        catch (SealException)
        {
            return null;
        }
        Utf8JsonReader json = new(opened.WrittenSpan);
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName || json.CurrentDepth != 1)
                continue;
            bool isAddress = json.ValueTextEquals("address"u8);
            json.Read();
            if (isAddress)
                return IpAddress.TryParse(json.GetString(), out IpAddress address, out _) ? address : null;
            json.Skip();
        }
        return null;
    }
}

/// <summary>A time holds more decisions than can be put in order.</summary>
public sealed class ArchiveTooLargeException(int decisionsMax)
    : Exception($"the time holds more than {decisionsMax} decisions")
{
    public int DecisionsMax { get; } = decisionsMax;
}
