using System.Buffers;
using Throughline.Core.Events;
using Throughline.World.Arrival;
using Throughline.World.Behaviour;
using Throughline.World.Bots;
using Throughline.World.Doors;
using Throughline.World.Json;
using Throughline.World.Marketing;
using Throughline.World.Truth;

namespace Throughline.World;

/// <summary>
/// One pass over a world's events in the order in which they arrive: <see cref="MoveNext"/>, then <see cref="Line"/> and
/// <see cref="Current"/>. For one thread.
/// </summary>
public sealed class WorldRun
{
    // Ids of labels come from numbers that no event's counter reaches.
    private const ulong FirstLabel = 1UL << 62;
    private const long LabelMarginMs = 8 * Stage.DayMs;

    private readonly WorldOptions options;
    private readonly TimeStream time;
    private readonly ArrivalQueue arrivals;
    private readonly DraftJson json;
    private readonly WorldTruth? truth;
    private readonly VisitDoor? door;
    private long now = long.MinValue;
    private int labels;

    internal WorldRun(WorldOptions options, CampaignPlan plan, Rendering rendering, bool keepTruth, IShopDoor? door)
    {
        this.options = options;
        time = new(options, plan);
        arrivals = new(options);
        json = new(options.Seed, plan.All, rendering);
        this.door = door is null ? null : new(door, new(options.Seed, plan.All, rendering));
        truth = keepTruth ? new(options, plan.All) : null;
        labels = rendering == Rendering.GivenTruth ? options.People + time.Bots.Total : 0;
    }

    /// <summary>The current event as JSON in UTF-8, without a line feed; valid until the next move.</summary>
    public ReadOnlySpan<byte> Line => json.Written;

    /// <summary>The same as <see cref="Line"/>, for asynchronous writers.</summary>
    public ReadOnlyMemory<byte> Memory => json.Memory;

    /// <summary>What truly happened in the current event.</summary>
    public EventTruth Current { get; private set; }

    /// <summary>When the current event happened, milliseconds since 1970.</summary>
    public long Time { get; private set; }

    /// <summary>When it arrives, milliseconds since 1970: never before it happened, never less than the one before.</summary>
    public long Arrival { get; private set; }

    /// <summary>Lines given so far, labels and resends included.</summary>
    public long Count { get; private set; }

    /// <summary>The truth of all events so far; whole at the end.</summary>
    /// <exception cref="InvalidOperationException">The run was started without it.</exception>
    public WorldTruth Truth =>
        truth ?? throw new InvalidOperationException("the run was started without keeping its truth");

    /// <summary>What did not happen so far, because the door refused a visit before.</summary>
    public IReadOnlyList<PreventedConversion> Prevented => door?.Prevented ?? [];

    /// <summary>Goes on to the next event; false at the end.</summary>
    public bool MoveNext()
    {
        if (labels > 0)
        {
            Label(--labels);
            return true;
        }
        while (arrivals.NextArrival > now && time.TryNext(out Draft draft))
        {
            now = draft.Time;
            if (door?.Lets(draft) == false)
                continue;
            truth?.Happen(draft);
            arrivals.Enter(draft);
        }
        if (arrivals.NextArrival == long.MaxValue)
            return false;
        Arrival = arrivals.NextArrival;
        Draft next = arrivals.Take();
        json.Write(next);
        Current = new(next.Id, next.Type, next.Kind, next.Family, next.Actor);
        Time = next.Time;
        Count++;
        return true;
    }

    /// <summary>Writes up to <paramref name="most"/> further events as lines with line feeds; gives how many.</summary>
    public int Write(IBufferWriter<byte> target, int most)
    {
        int written = 0;
        while (written < most && MoveNext())
        {
            target.Write(Line);
            target.Write("\n"u8);
            written++;
        }
        return written;
    }

    private void Label(int number)
    {
        bool human = number < options.People;
        int actor = human ? number : number - options.People;
        BotFamily family = human ? BotFamily.None : time.Bots.FamilyOf(actor);
        ActorKind kind =
            human ? ActorKind.Human
            : family == BotFamily.DeclaredCrawler ? ActorKind.GoodBot
            : ActorKind.Bot;
        long start = options.Start.ToUnixTimeMilliseconds();
        ulong id = Chance.Mix((FirstLabel + (ulong)number) ^ Stage.IdKey(options.Seed));
        json.WriteLabel(id, kind, actor, start, start + options.Days * Stage.DayMs + LabelMarginMs);
        Current = new(id, EventType.Label, kind, family, actor);
        Time = Arrival = start;
        Count++;
    }
}
