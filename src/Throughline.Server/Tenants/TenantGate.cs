using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Gate.Brake;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tenant;
using Throughline.Storage.Keys;
using Throughline.Storage.Log;

namespace Throughline.Server.Tenants;

/// <summary>The gate's documents in one open tenant's log.</summary>
internal sealed class TenantGate(
    TenantCell cell,
    ControlPublisher publisher,
    ITenantKeys keys,
    DecisionStore decisions,
    string folder
) : ITenantGate
{
    private readonly CounterFile counters = new(folder, keys);

    public Task<GateOverview> OverviewAsync(CancellationToken cancellation) =>
        cell.AskAsync(
            store => new GateOverview(
                [.. store.Machine.GateVersions],
                [.. store.Machine.GateProposals],
                store.Machine.GateSettings
            ),
            cancellation
        );

    public Task<GateDocument?> RulesAsync(long version, CancellationToken cancellation) =>
        ReadRulesAsync(
            machine => machine.GateVersions.FirstOrDefault(x => x.Version == version)?.Position,
            cancellation
        );

    public Task<GateDocument?> ProposalAsync(long number, CancellationToken cancellation) =>
        ReadRulesAsync(
            machine => machine.GateProposals.FirstOrDefault(x => x.Number == number)?.Position,
            cancellation
        );

    public async IAsyncEnumerable<GateListChange> ListChangesAsync(
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        (ITenantLog log, long[] positions) = await cell.AskAsync(
                store => (store.Log, store.Machine.GateLists.ToArray()),
                cancellation
            )
            .ConfigureAwait(false);
        foreach (long position in positions)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return ReadChange(log, position);
        }
    }

    public async Task<GateVersion> PublishAsync(GateStatement statement, CancellationToken cancellation)
    {
        GateMark.Set(folder);
        byte[] rules = GateJson.Write(statement.Rules);
        (long latest, long position) = await publisher
            .PublishAsync(
                machine => machine.GateVersions is [.., { } last] ? last.Version : 0,
                latest =>
                {
                    if (statement.Base is { } expected && expected != latest)
                        throw new GateConflictException(expected, latest);
                    return
                    [
                        new(
                            ControlDocument.GateRulesKind,
                            Document(ControlDocument.GateRulesKind, latest + 1, statement, rules)
                        ),
                    ];
                },
                cancellation
            )
            .ConfigureAwait(false);
        return await cell.AskAsync(
                store => store.Machine.GateVersions.First(x => x.Version == latest + 1 && x.Position == position),
                cancellation
            )
            .ConfigureAwait(false);
    }

    public async Task<long> ProposeAsync(GateStatement statement, CancellationToken cancellation)
    {
        byte[] rules = GateJson.Write(statement.Rules);
        (long last, _) = await publisher
            .PublishAsync(
                machine => (long)machine.GateProposals.Count,
                last =>
                    [
                        new(
                            ControlDocument.GateProposalKind,
                            Document(ControlDocument.GateProposalKind, last + 1, statement, rules)
                        ),
                    ],
                cancellation
            )
            .ConfigureAwait(false);
        return last + 1;
    }

    public Task ChangeListsAsync(IReadOnlyList<GateListChange> changes, CancellationToken cancellation)
    {
        GateMark.Set(folder);
        return publisher.PublishAsync(_ => 0, _ => [.. changes.SelectMany(GateListDocument.Write)], cancellation);
    }

    public Task RecordAsync(DecisionBatch batch, int first, int count, CancellationToken cancellation) =>
        decisions.AppendAsync(batch, first, count, cancellation);

    public Task<bool[]> KnowsAsync(IReadOnlyList<string> ids, CancellationToken cancellation) =>
        cell.AskAsync(
            store =>
                ids.Select(id => store.Machine.TryFindEvent(keys.EventId(Encoding.UTF8.GetBytes(id)), out _)).ToArray(),
            cancellation
        );

    public Task<AuditReport> AuditAsync(CancellationToken cancellation) => decisions.AuditAsync(cancellation);

    public IReadOnlyList<CustomerSight?> Customers(IReadOnlyList<CustomerQuestion> questions) =>
        [
            .. questions.Select(asked =>
                cell.Sight(asked.Tokens(keys, cell.Identifiers), asked.AddressToken(keys), asked.Time)
            ),
        ];

    public UInt128 HashSecret => counters.Secret;

    public byte[]? LoadCounters() => counters.Read();

    public void SaveCounters(IEnumerable<ReadOnlyMemory<byte>> slices)
    {
        GateMark.Set(folder);
        counters.Write(slices);
    }

    public async Task<GateArchive> ArchiveAsync(CancellationToken cancellation)
    {
        GateOverview overview = await OverviewAsync(cancellation).ConfigureAwait(false);
        ITenantLog log = await cell.AskAsync(store => store.Log, cancellation).ConfigureAwait(false);
        return new(cell, keys, log, overview);
    }

    public Task SetAsync(GateSettings settings, string? author, CancellationToken cancellation) =>
        publisher.PublishAsync(
            _ => 0,
            _ =>
                [
                    new(
                        ControlDocument.GateSettingsKind,
                        JsonSerializer.SerializeToUtf8Bytes(
                            new
                            {
                                kind = ControlDocument.GateSettingsKind,
                                author = author ?? "",
                                fourEyes = settings.FourEyes,
                                sharePercentMax = settings.SharePercentMax,
                                sync = settings.Sync,
                                brake = settings.BrakeInForce,
                            },
                            JsonSerializerOptions.Web
                        )
                    ),
                ],
            cancellation
        );

    private async Task<GateDocument?> ReadRulesAsync(Func<TenantMachine, long?> find, CancellationToken cancellation)
    {
        (ITenantLog log, long? position) = await cell.AskAsync(store => (store.Log, find(store.Machine)), cancellation)
            .ConfigureAwait(false);
        return position is { } at ? GateRecords.ReadRules(log, at) : null;
    }

    private GateListChange ReadChange(ITenantLog log, long position)
    {
        RecordBuffer buffer = new();
        log.Read(position, buffer);
        EventRecord record = EventRecord.FromTrusted(buffer[0]);
        record.TryGet(EventField.Document, out ReadOnlySpan<byte> document);
        record.TryGet(EventField.Sealed, out ReadOnlySpan<byte> entries);
        ArrayBufferWriter<byte> plain = new(entries.Length);
        keys.Open(entries, record.Id, plain);
        return GateListDocument.Read(document, plain.WrittenSpan);
    }

    private static byte[] Document(string kind, long version, GateStatement statement, byte[] rules)
    {
        ArrayBufferWriter<byte> buffer = new(rules.Length + 512);
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("kind", kind);
            json.WriteNumber("version", version);
            WriteText(json, "author", statement.Author);
            WriteText(json, "note", statement.Note);
            WriteNumber(json, "base", statement.Base ?? 0);
            WriteNumber(json, "restores", statement.Restores);
            WriteNumber(json, "proposal", statement.Proposal);
            WriteText(json, "approvedBy", statement.ApprovedBy);
            if (statement.Brake is { } trip)
            {
                json.WritePropertyName("brake");
                JsonSerializer.Serialize(json, trip, BrakeTrip.Form);
            }
            json.WritePropertyName("rules");
            json.WriteRawValue(rules, skipInputValidation: true);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
            json.WriteString(name, text);
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long number)
    {
        if (number != 0)
            json.WriteNumber(name, number);
    }
}
