using System.Text.Json;
using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;
using Throughline.Core.State;

namespace Throughline.Core.Tenant;

/// <summary>
/// What statements (control documents and labels) say: kept as objects, since they are few. The state holds only where their
/// events are; after a restart they are read again.
/// </summary>
internal sealed class ControlBook(Names names)
{
    public readonly PagedArray<long> Positions = new("control.positions");
    public readonly RuleBook Rules = new();
    public readonly LabelBook Labels = new();
    public readonly GateBook Gate = new();
    public readonly IdentityBook Identity = new(names.IdentifierTypes);

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
        if (statement.Rule is { } rule)
            attribution.RuleChanged(rule);
        statement.Identity?.Invoke(graph, attribution);
    }

    /// <summary>Reads all statements again; their effects are in the restored state already.</summary>
    public void Reload(IHistory history)
    {
        for (int i = 0; i < Positions.Count; i++)
            Read(EventRecord.FromTrusted(history.Read(Positions[i])), Positions[i]);
    }

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
                Rules.Add(rule, record.Id);
                return new() { Rule = rule };
            case { } about when IdentityBook.Reads(about):
                return new() { Identity = Identity.Read(about, document.RootElement, record, position) };
            default:
                Gate.TryAdd(kind, document.RootElement, record, position); // of a later version: a fact without effect here
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
        public CampaignRule? Rule;
        public Action<IdentityGraph, AttributionLens>? Identity;
    }
}
