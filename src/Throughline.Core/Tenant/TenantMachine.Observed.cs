using Throughline.Core.Events;
using Throughline.Core.Gate;

namespace Throughline.Core.Tenant;

/// <summary>What an observed event does to the three lenses, one after another.</summary>
public sealed partial class TenantMachine
{
    private void Observe(in EventRecord record, long position)
    {
        watermark = Math.Max(watermark, record.Time);
        PassHorizon();
        graph.Watermarks.Note(VerdictPolicy.BucketOf(record.Time), position);
        int bucket = verdicts.Observe(record, position);
        React(); // before the event's own evidence, which comes in under the new verdict
        if (!record.Type.IsSighting())
            return;
        Span<int> rows = stackalloc int[EventRecord.MaxIdentifiers];
        Span<int> seen = stackalloc int[EventRecord.MaxIdentifiers];
        (int count, int shown) = (record.IdentifierCount, 0);
        int number = VerdictPolicy.BucketOf(record.Time);
        for (int i = 0; i < count; i++)
        {
            IdentifierEntry entry = record.Identifier(i);
            int type = names.TypeOf(entry.Type, record);
            rows[i] = graph.IsErased(entry.Token, number)
                ? graph.FindOrAdd(type, entry.Token)
                : seen[shown++] = graph.See(type, entry.Token, record.Time, position);
        }
        if (record.Type == EventType.Link)
            graph.State(seen[..shown], bucket, record, position);
        else
            graph.Sight(seen[..shown], bucket, record, position);
        if (shown < count)
            graph.NoteErased(rows[..count], number);
        FindOwners();
        if (record.Type == EventType.Refund)
            attribution.AddRefund(record, position);
        else if (record.Type == EventType.Conversion)
            attribution.AddConversion(record, position, graph.OwnerOf(rows[..count], number), bucket);
        else if (record.Type.IsTouch() && count > 0)
            attribution.AddTouch(record, position, graph.OwnerOf(rows[..count], number), bucket);
        else if (record.Type == EventType.Identify)
            traits.Add(record, rows[..count], bucket, position);
        else if (record.Type == EventType.Nurture)
            names.TouchKind(record); // of nobody, but its name is declared
    }

    // A verdict that flips between counting and not counting moves evidence and credit.
    private void React()
    {
        foreach (VerdictChange change in verdicts.Changes)
        {
            bool counts = verdicts.Counts(change.Bucket);
            if (VerdictPolicy.Counts(change.Before) == counts)
                continue;
            graph.BucketChanged(change.Bucket, counts);
            attribution.BucketChanged(change.Bucket);
        }
        FindOwners();
    }

    // Values that became shared own no events any more, others do again.
    private void FindOwners()
    {
        if (graph.Flipped.Count == 0)
            return;
        foreach (int row in graph.Flipped)
            attribution.OwnerChanged(row);
        graph.Flipped.Clear();
    }
}
