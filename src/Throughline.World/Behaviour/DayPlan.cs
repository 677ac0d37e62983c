using Throughline.World.Bots;
using Throughline.World.Population;

namespace Throughline.World.Behaviour;

internal enum ActKind : byte
{
    Visit,
    Advertisement,
    Message,
    StoreSale,
    Bot,
}

/// <summary>Something that somebody sets out to do; <paramref name="Slot"/> tells the acts of one actor and day apart.</summary>
internal readonly record struct Act(long Time, int Actor, ActKind Kind, int Slot) : IComparable<Act>
{
    public int CompareTo(Act other)
    {
        int order = Time.CompareTo(other.Time);
        if (order == 0)
            order = Kind.CompareTo(other.Kind);
        if (order == 0)
            order = Actor.CompareTo(other.Actor);
        return order != 0 ? order : Slot.CompareTo(other.Slot);
    }
}

/// <summary>Who does what on one day, in time order.</summary>
internal sealed class DayPlan(Stage stage, BotPlan bots)
{
    private const int VisitSlots = 3;
    private const int AdvertisementSlots = 2;
    private const int MessageSlots = 2;

    // Millionths a day and person.
    private const int Advertisements = 210_000;
    private const int Messages = 105_000;
    private const int StoreSales = 1_100;

    // When people are about, by hour.
    private static readonly int[] Hours =
    [
        8,
        4,
        3,
        2,
        3,
        8,
        20,
        35,
        45,
        50,
        52,
        54,
        60,
        56,
        50,
        50,
        54,
        62,
        74,
        86,
        92,
        80,
        50,
        22,
    ];

    private readonly List<Act> acts = [];

    public List<Act> Of(int day)
    {
        acts.Clear();
        long start = stage.StartMs + day * Stage.DayMs;
        Person[] people = stage.Census.People;
        for (int person = 0; person < people.Length; person++)
        {
            Chance chance = Chance.For(stage.Options.Seed, Purpose.PersonDay, (ulong)person, (ulong)day);
            int slot = 0;
            for (int i = 0; i < VisitSlots; i++, slot++)
                Draw(ActKind.Visit, people[person].VisitsPerMillion / VisitSlots, ref chance);
            for (int i = 0; i < AdvertisementSlots; i++, slot++)
                Draw(ActKind.Advertisement, Advertisements / AdvertisementSlots, ref chance);
            for (int i = 0; i < MessageSlots; i++, slot++)
                Draw(ActKind.Message, Messages / MessageSlots, ref chance);
            Draw(ActKind.StoreSale, StoreSales, ref chance);

            void Draw(ActKind kind, int perMillion, ref Chance chance)
            {
                if (chance.PerMillion(perMillion))
                    acts.Add(
                        new(start + chance.Weighted(Hours) * 3_600_000L + chance.Below(3_600_000), person, kind, slot)
                    );
            }
        }
        bots.AddSessions(day, acts);
        acts.Sort();
        return acts;
    }
}
