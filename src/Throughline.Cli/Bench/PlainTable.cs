using Throughline.Core.Events;

namespace Throughline.Cli.Bench;

/// <summary>
/// What no graph of the same tokens can be faster than: a plain table that counts each (open addressing, 24 bytes a slot, doubled
/// when two thirds of it are taken), without links, customers, ids of events, or anything that lets a reader look at it.
/// </summary>
internal sealed class PlainTable
{
    private Slot[] slots = new Slot[1 << 16];

    /// <summary>Different tokens so far.</summary>
    public int Count { get; private set; }

    public void Add(Token token)
    {
        ref Slot slot = ref PlaceOf(slots, token);
        if (slot.Seen++ > 0)
            return;
        slot.Token = token;
        if (++Count > slots.Length / 3 * 2)
            Double();
    }

    private static ref Slot PlaceOf(Slot[] slots, Token token)
    {
        int place = (int)token.Low & (slots.Length - 1);
        while (slots[place].Seen > 0 && slots[place].Token != token)
            place = (place + 1) & (slots.Length - 1);
        return ref slots[place];
    }

    private void Double()
    {
        Slot[] larger = new Slot[slots.Length * 2];
        foreach (Slot slot in slots)
            if (slot.Seen > 0)
                PlaceOf(larger, slot.Token) = slot;
        slots = larger;
    }

    private struct Slot
    {
        public Token Token;
        public long Seen;
    }
}
