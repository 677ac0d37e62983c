using Throughline.World.Behaviour;

namespace Throughline.World.Arrival;

/// <summary>
/// Turns time order into the order of arrival: most events within seconds, some minutes to days late, some sent twice.
/// Holds only what is under way. A binary heap over (arrival, order of entry).
/// </summary>
internal sealed class ArrivalQueue(WorldOptions options)
{
    private readonly List<(long Arrival, long Order, int Slot)> heap = [];
    private readonly Stack<int> free = new();
    private readonly DraftBuffer slots = new();
    private long entered;

    /// <summary>Arrival of the event that comes next; the largest number if there is none.</summary>
    public long NextArrival => heap.Count == 0 ? long.MaxValue : heap[0].Arrival;

    public void Enter(in Draft draft)
    {
        Chance chance = Chance.For(options.Seed, Purpose.Arrival, draft.Id);
        long arrival = draft.Time + Delay(ref chance);
        Push(arrival, draft);
        if (chance.Below(1000) < options.DuplicatePerMille)
            Push(arrival + Resend(ref chance), draft);
    }

    public Draft Take()
    {
        int slot = heap[0].Slot;
        (long, long, int) last = heap[^1];
        heap.RemoveAt(heap.Count - 1);
        if (heap.Count > 0)
            Sink(last);
        free.Push(slot);
        return slots[slot];
    }

    /// <summary>Late by 2 minutes to 6 days; else under 40 seconds, mostly under 2.</summary>
    private long Delay(ref Chance chance)
    {
        if (chance.Below(1000) >= options.LatePerMille)
            return chance.Percent(70) ? chance.Below(2_000) : chance.Below(40_000);
        return chance.Weighted([60, 30, 10]) switch
        {
            0 => chance.Between(2 * 60_000, 60 * 60_000),
            1 => chance.Between(1, 24) * 3_600_000L + chance.Below(3_600_000),
            _ => chance.Between(1, 5) * Stage.DayMs + chance.Below((int)Stage.DayMs),
        };
    }

    private static long Resend(ref Chance chance) =>
        chance.Percent(80) ? chance.Between(500, 120_000) : chance.Between(120_000, (int)(2 * Stage.DayMs));

    private void Push(long arrival, in Draft draft)
    {
        int slot = free.Count > 0 ? free.Pop() : slots.Count;
        if (slot == slots.Count)
            slots.Add();
        slots[slot] = draft;
        (long Arrival, long Order, int Slot) entry = (arrival, entered++, slot);
        heap.Add(entry);
        int at = heap.Count - 1;
        while (at > 0 && Before(entry, heap[(at - 1) / 2]))
        {
            heap[at] = heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        heap[at] = entry;
    }

    private void Sink((long Arrival, long Order, int Slot) entry)
    {
        int at = 0;
        while (true)
        {
            int child = 2 * at + 1;
            if (child >= heap.Count)
                break;
            if (child + 1 < heap.Count && Before(heap[child + 1], heap[child]))
                child++;
            if (!Before(heap[child], entry))
                break;
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = entry;
    }

    private static bool Before(in (long Arrival, long Order, int Slot) a, in (long Arrival, long Order, int Slot) b) =>
        a.Arrival != b.Arrival ? a.Arrival < b.Arrival : a.Order < b.Order;
}
