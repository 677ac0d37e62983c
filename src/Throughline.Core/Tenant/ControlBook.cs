using System.Text.Json;
using Throughline.Core.Alarms;
using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Rates;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;
using Throughline.Core.State;

namespace Throughline.Core.Tenant;

/// <summary>
/// What statements (control documents and labels) say: kept as objects, since they are few. The state holds only where their
/// events are; after a restart they are read again.
/// </summary>
internal sealed class ControlBook(Names names, Finality finality)
{
    public readonly PagedArray<long> Positions = new("control.positions");
    public readonly RuleBook Rules = new(names, finality);
    public readonly LabelBook Labels = new();
    public readonly GateBook Gate = new();
    public readonly DraftBook Drafts = new();
    public readonly AlarmBook Alarms = new();
    public readonly HookBook Hooks = new();
    public readonly IdentityBook Identity = new(names.IdentifierTypes, finality.RestateForMs is not null);
    private (long Time, Token Id) settingsSaid = (long.MinValue, default);

    /// <summary>How identity is watched: the latest by (time, id).</summary>
    public IdentitySettings IdentitySettings { get; private set; } = IdentitySettings.Default;

    /// <summary>Greatest time of a control document: the next one must not come before it.</summary>
    public long LastDocument { get; private set; } = long.MinValue;

    /// <summary>Takes a statement in, and applies it.</summary>
    public void Apply(
        in EventRecord record,
        long position,
        VerdictLens verdicts,
        IdentityGraph graph,
        AttributionLens attribution
    )
    {
        Positions.Add(position);
        Statement statement = Read(record, position);
        if (statement.Label is { } label)
            verdicts.Relabel(label.Actor, label.From, label.To);
        foreach (PublishedRule rule in statement.Rules ?? [])
            attribution.RuleChanged(rule);
        if (statement.Rates is { } rates)
            attribution.RatesChanged(rates);
        if (statement.Identity is not { } change)
            return;
        change(graph, attribution);
        attribution.MatchesChanged();
    }

    /// <summary>Reads all statements again; their effects are in the restored state already.</summary>
    public void Reload(IHistory history)
    {
        for (int i = 0; i < Positions.Count; i++)
            Reload(history, Positions[i]);
    }

    /// <summary>Whether a record is a control document that erases identifiers.</summary>
    public static bool IsErasure(in EventRecord record) =>
        record.Type == EventType.Control && KindOf(record) == ControlDocument.EraseKind;

    private static string KindOf(in EventRecord record)
    {
        record.TryGet(EventField.Document, out ReadOnlySpan<byte> json);
        Utf8JsonReader reader = new(json);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.GetProperty("kind").GetString()!;
    }

    /// <summary>Reads one statement again.</summary>
    public void Reload(IHistory history, long position) =>
        Read(EventRecord.FromTrusted(history.Read(position)), position);

    private Statement Read(in EventRecord record, long position)
    {
        if (record.Type == EventType.Label)
        {
            Token actor = Actor.Of(record);
            long from = record.Number(EventField.From) ?? record.Time;
            long to = record.Number(EventField.To) ?? record.Time;
            if (actor == Actor.Nobody || !record.TryGet(EventField.Verdict, out ReadOnlySpan<byte> verdict))
                return default;
            Labels.Add(actor, record, from, to, (Verdict)verdict[0]);
            return new() { Label = (actor, from, to) };
        }
        LastDocument = Math.Max(LastDocument, record.Time);
        record.TryGet(EventField.Document, out ReadOnlySpan<byte> json);
        Utf8JsonReader reader = new(json);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        string kind = document.RootElement.GetProperty("kind").GetString()!;
        switch (kind)
        {
            case ControlDocument.CampaignKind:
                CampaignRule rule = ControlDocument.ReadCampaign(document.RootElement, record.Time, position);
                return new() { Rules = [Rules.Add(rule, record.Id)] };
            case ControlDocument.AttributionRuleKind:
                AttributionRule written = AttributionRuleJson.ReadTrusted(document.RootElement.GetProperty("rule"));
                return new() { Rules = [Rules.Add(new PublishedRule(written, record.Time, record.Id, position))] };
            case ControlDocument.WeightTableKind:
                WeightTable table = WeightTableJson.ReadTrusted(document.RootElement.GetProperty("table"));
                return new() { Rules = Rules.Add(table, record.Time, record.Id) };
            case ControlDocument.RatesKind:
                RateTable rates = RateTableJson.ReadTrusted(document.RootElement);
                return new() { Rates = Rules.Rates.Add(rates, record.Time, record.Id) };
            case ControlDocument.AttributionDraftKind:
                Drafts.Add(document.RootElement, record, position);
                return default;
            case ControlDocument.IdentitySettingsKind when (record.Time, record.Id).CompareTo(settingsSaid) > 0:
                settingsSaid = (record.Time, record.Id);
                IdentitySettings = IdentitySettings.Read(document.RootElement.GetProperty("settings"));
                return default;
            case { } about when IdentityBook.Reads(about):
                return new() { Identity = Identity.Read(about, document.RootElement, record, position) };
            default:
                _ =
                    Gate.TryAdd(kind, document.RootElement, record, position)
                    || Alarms.TryAdd(kind, document.RootElement, position)
                    || Hooks.TryAdd(kind, document.RootElement, position); // of a later version: a fact without effect here
                return default;
        }
    }

    /// <summary>The identifier types that a control document names, if they are not well-known ones.</summary>
    public static IReadOnlyList<string> TypesNamedBy(in EventRecord record)
    {
        record.TryGet(EventField.Document, out ReadOnlySpan<byte> json);
        Utf8JsonReader reader = new(json);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        return
        [
            .. IdentityBook
                .TypesIn(document.RootElement.GetProperty("kind").GetString()!, document.RootElement)
                .Distinct(StringComparer.Ordinal),
        ];
    }

    private struct Statement
    {
        public (Token Actor, long From, long To)? Label;
        public IReadOnlyList<PublishedRule>? Rules;
        public RateChange? Rates;
        public Action<IdentityGraph, AttributionLens>? Identity;
    }
}
