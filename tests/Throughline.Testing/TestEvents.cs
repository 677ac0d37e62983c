using System.Text;
using Throughline.Core.Events;

namespace Throughline.Testing;

/// <summary>Stored events for tests that care for little but id and time.</summary>
public static class TestEvents
{
    /// <summary>Appends a click with the given id.</summary>
    public static void Append(RecordBuffer target, Token id, DateTimeOffset time, string text = "")
    {
        EventRecordWriter writer = new();
        writer.Begin(EventType.Click, time.ToUnixTimeMilliseconds(), keyVersion: 1, backfill: false);
        writer.Bytes(EventField.Id, Encoding.UTF8.GetBytes(id.ToString()));
        writer.Text(EventField.Campaign, text);
        writer.Complete(id, new(id.Low, id.High), target);
        target.Seal();
    }
}
