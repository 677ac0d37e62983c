using Throughline.Core.Events;
using Throughline.World;

namespace Throughline.Cli.Bench;

/// <summary>
/// The demo's mix of events as records, made ahead of the measured work. The world grows with the number of events that
/// is asked for, so that the mix stays that of a month of many people.
/// </summary>
internal sealed class EncodedWorld(IEventKeys keys, long events)
{
    // The demo's world has some 57 events a person and month; a few more people make sure that there are enough.
    private const int EventsPerPerson = 50;
    private const int LeastPeople = 500;

    private readonly EventEncoder encoder = new(keys);
    private readonly RawEvent parsed = new();
    private readonly WorldRun run = NewWorld(events).Run(keepTruth: false);

    /// <summary>A world with at least so many events.</summary>
    public static SimulatedWorld NewWorld(long events) =>
        new(new() { People = (int)Math.Clamp(events / EventsPerPerson, LeastPeople, 4_000_000) });

    /// <summary>Appends up to <paramref name="most"/> records; gives how many.</summary>
    public int Append(RecordBuffer target, int most)
    {
        int appended = 0;
        while (appended < most && run.MoveNext())
        {
            if (!EventJson.TryParse(run.Line, IdentifierRules.Default, parsed, out Rejection rejection))
                throw new InvalidDataException($"the world wrote an event that is none: {rejection}");
            encoder.Encode(parsed, backfill: false, target);
            appended++;
        }
        return appended;
    }
}
