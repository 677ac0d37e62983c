using Throughline.Core.Events;

namespace Throughline.Storage.Log;

/// <summary>What one commit makes durable: accepted events, and the results they gave.</summary>
public readonly ref struct LogBatch(RecordBuffer events, RecordBuffer results, DateOnly arrivalDay)
{
    /// <summary>Accepted events in the stored form, in order; may be empty.</summary>
    public RecordBuffer Events { get; } = events;

    /// <summary>Results in order; may be empty.</summary>
    public RecordBuffer Results { get; } = results;

    /// <summary>
    /// The UTC day on which the batch arrived: it names the file that holds it. A day before the newest file's (a clock
    /// set back) goes to the newest file.
    /// </summary>
    public DateOnly ArrivalDay { get; } = arrivalDay;

    /// <summary>There is nothing to make durable.</summary>
    public bool IsEmpty => Events.Count == 0 && Results.Count == 0;
}
