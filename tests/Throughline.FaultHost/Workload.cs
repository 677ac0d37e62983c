using System.Globalization;
using Throughline.Core.Events;
using Throughline.Testing;

namespace Throughline.FaultHost;

/// <summary>What a run writes: batches of events and results that follow from a seed, so that any process can check them.</summary>
internal sealed class Workload
{
    public const int Events = 200;
    private const int BatchesPerDay = 8;
    private static readonly DateOnly FirstDay = new(2026, 11, 22);

    public Workload(int seed, int events = Events)
    {
        Random random = new(seed);
        long position = 0;
        long result = 0;
        while (position < events)
        {
            Batch batch = new(position, result, FirstDay.AddDays(Batches.Count / BatchesPerDay));
            int count = Math.Min(random.Next(1, 25), events - (int)position);
            for (int i = 0; i < count; i++)
            {
                string text = new('x', random.Next(40) == 0 ? 100_000 : random.Next(400));
                TestEvents.Append(batch.Events, IdOf(position + i), Time(batch.Day), text);
            }
            for (int i = random.Next(4); i > 0; i--)
            {
                string text = string.Create(CultureInfo.InvariantCulture, $"result {result + batch.Results.Count}");
                batch.Results.Append(System.Text.Encoding.ASCII.GetBytes(text));
            }
            Batches.Add(batch);
            position += batch.Events.Count;
            result += batch.Results.Count;
        }
    }

    public List<Batch> Batches { get; } = [];

    /// <summary>The batch that begins at a log's end, or null if that is inside a batch: then a commit was torn.</summary>
    public int? IndexAt(long position, long result)
    {
        int index = Batches.FindIndex(x => x.Position == position && x.Result == result);
        if (index >= 0)
            return index;
        Batch last = Batches[^1];
        return position == last.Position + last.Events.Count && result == last.Result + last.Results.Count
            ? Batches.Count
            : null;
    }

    /// <summary>An id that is spread as keyed hashes are.</summary>
    public static Token IdOf(long position) =>
        new((ulong)position * 0x9e3779b97f4a7c15, (ulong)(position + 1) * 0xc2b2ae3d27d4eb4f);

    private static DateTimeOffset Time(DateOnly day) => new(day, new(12, 0), TimeSpan.Zero);

    internal sealed record Batch(long Position, long Result, DateOnly Day)
    {
        public RecordBuffer Events { get; } = new();
        public RecordBuffer Results { get; } = new();
    }
}
