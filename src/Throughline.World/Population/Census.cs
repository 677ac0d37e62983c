using System.Runtime.InteropServices;

namespace Throughline.World.Population;

/// <summary>Everybody and everything that a world holds at its start. Built once from the options; about 200 bytes a person.</summary>
internal sealed class Census
{
    // Shares of 100 unless said otherwise. docs/guide/simulated-world.md states them.
    private const int HouseholdsWithSharedDevice = 43;
    private const int SharedByApp = 90;
    private const int FamilyEmail = 6;
    private const int RecycledPhonePerMille = 10;
    private const int RecycledDevicePerMille = 5;
    private const int PeoplePerKiosk = 4_000;
    private const int KioskUsers = 20;

    private static readonly int[] HouseholdSizes = [30, 33, 17, 15, 5];
    private static readonly int[] ActivityShares = [28, 46, 21, 5];
    private static readonly int[] ActivityPerMillion = [62_000, 168_000, 380_000, 850_000];

    public Person[] People { get; }
    public List<Household> Households { get; } = [];
    public List<Surface> Surfaces { get; } = [];

    private readonly List<SurfaceUse>[] uses;
    private readonly ulong seed;
    private readonly short days;

    public Census(WorldOptions options)
    {
        seed = options.Seed;
        days = (short)options.Days;
        People = new Person[options.People];
        uses = new List<SurfaceUse>[options.People];
        int offices = Math.Max(1, options.People / 90);
        for (int first = 0; first < People.Length; )
            first += AddHousehold(first, offices);
        AddKiosks();
        Recycle();
        for (int person = 0; person < People.Length; person++)
            People[person].Uses = [.. uses[person]];
        LogIn();
    }

    private int AddHousehold(int first, int offices)
    {
        Chance chance = Chance.For(seed, Purpose.Household, (ulong)first);
        int count = Math.Min(1 + chance.Weighted(HouseholdSizes), People.Length - first);
        Households.Add(new(first, count, chance.Percent(35), (short)(chance.Percent(60) ? 0 : chance.Between(4, 12))));
        for (int person = first; person < first + count; person++)
            AddPerson(person, offices, ref chance);
        if (count > 1 && chance.Percent(HouseholdsWithSharedDevice))
        {
            int shared = AddShared(ref chance);
            int users = chance.Percent(90) ? 2 : count;
            for (int person = first; person < first + users; person++)
                Use(person, shared, 0, short.MaxValue, 30);
        }
        if (count > 1 && chance.Percent(FamilyEmail))
        {
            People[first].FamilyEmail = first;
            People[first + 1].FamilyEmail = first;
        }
        return count;
    }

    private void AddPerson(int number, int offices, ref Chance chance)
    {
        ref Person person = ref People[number];
        person.Household = Households.Count - 1;
        person.Office = chance.Percent(35) ? chance.Below(offices) : -1;
        person.Carrier = (byte)chance.Below(AddressPlan.Carriers);
        person.Emails = (byte)(1 + chance.Weighted([40, 40, 20]));
        person.Users = (byte)(chance.Percent(4) ? 2 : 1);
        person.Currency = (byte)chance.Weighted(Currencies.Shares);
        person.LoginHabit = (byte)chance.Between(95, 99);
        person.VisitsPerMillion = ActivityPerMillion[chance.Weighted(ActivityShares)];
        person.Phone = person.LaterPhone = chance.Percent(88) ? number : -1;
        person.PhoneSwitchDay = short.MaxValue;
        person.FamilyEmail = -1;
        person.Card = chance.Percent(45);
        person.LatestTouch = long.MinValue / 2;
        uses[number] = new(4);
        bool apple = chance.Percent(40);
        if (chance.Percent(62))
            Use(number, AddApp(apple, ref chance), 0, short.MaxValue, 45);
        Use(number, AddPhoneBrowser(apple, ref chance), 0, short.MaxValue, 30);
        if (chance.Percent(62))
            Use(number, AddComputer(ref chance), 0, short.MaxValue, 35);
        if (chance.Percent(20))
            Use(number, AddComputer(ref chance), 0, short.MaxValue, 15);
        if (chance.Percent(12))
            Use(number, AddBrowser(AgentClass.TabletSafari, SurfaceKind.Browser, ref chance), 0, short.MaxValue, 20);
    }

    private int AddApp(bool apple, ref Chance chance)
    {
        int surface = Add(SurfaceKind.App, apple ? AgentClass.AppPhone : AgentClass.AppAndroid, ref chance);
        Span<Surface> all = CollectionsMarshal.AsSpan(Surfaces);
        all[surface].ZeroDevice = chance.Percent(2);
        return surface;
    }

    private int AddPhoneBrowser(bool apple, ref Chance chance)
    {
        AgentClass agent = apple
            ? (chance.Percent(82) ? AgentClass.PhoneSafari : AgentClass.PhoneChrome)
            : (AgentClass)((int)AgentClass.AndroidChrome + chance.Weighted([80, 15, 5]));
        return AddBrowser(agent, SurfaceKind.PhoneBrowser, ref chance);
    }

    private int AddComputer(ref Chance chance) =>
        AddBrowser((AgentClass)chance.Weighted([42, 16, 8, 16, 14, 4]), SurfaceKind.Browser, ref chance);

    private int AddBrowser(AgentClass agent, SurfaceKind kind, ref Chance chance)
    {
        int surface = Add(kind, agent, ref chance);
        ref Surface added = ref CollectionsMarshal.AsSpan(Surfaces)[surface];
        bool strict =
            agent
            is AgentClass.MacSafari
                or AgentClass.PhoneSafari
                or AgentClass.TabletSafari
                or AgentClass.LinuxFirefox;
        added.ResetPerMillion = strict ? 700_000 : 340_000;
        added.HasStorage = chance.Percent(85);
        return surface;
    }

    private int AddShared(ref Chance chance)
    {
        int surface = chance.Percent(SharedByApp) ? AddApp(chance.Percent(50), ref chance) : AddComputer(ref chance);
        ref Surface added = ref CollectionsMarshal.AsSpan(Surfaces)[surface];
        added.Shared = true;
        added.ZeroDevice = false;
        added.HasStorage = false;
        added.ResetPerMillion = 15_000;
        return surface;
    }

    private int Add(SurfaceKind kind, AgentClass agent, ref Chance chance)
    {
        int versions = UserAgents.Count(agent);
        Surfaces.Add(
            new()
            {
                Kind = kind,
                Agent = agent,
                Version = (byte)Math.Max(0, versions - 1 - chance.Weighted([40, 40, 12, 8])),
                UpdateDay = (short)chance.Below(60),
                CookieEpoch = 1,
                StorageEpoch = 1,
                LoggedIn = -1,
            }
        );
        return Surfaces.Count - 1;
    }

    private void AddKiosks()
    {
        if (People.Length < 500)
            return;
        Chance chance = Chance.For(seed, Purpose.Population, 1);
        for (int kiosk = 0; kiosk < Math.Max(1, People.Length / PeoplePerKiosk); kiosk++)
        {
            int surface = AddShared(ref chance);
            for (int user = 0; user < KioskUsers; user++)
            {
                int person = chance.Below(People.Length);
                if (!uses[person].Exists(use => use.Surface == surface))
                    Use(person, surface, 0, short.MaxValue, 12);
            }
        }
    }

    // Most people have been here before the first day: their own surfaces know them.
    private void LogIn()
    {
        Chance chance = Chance.For(seed, Purpose.Population, 3);
        Span<Surface> all = CollectionsMarshal.AsSpan(Surfaces);
        for (int person = 0; person < People.Length; person++)
            foreach (SurfaceUse use in People[person].Uses)
                if (use.FromDay == 0 && !all[use.Surface].Shared && chance.PerMillion(995_000))
                    all[use.Surface].LoggedIn = person;
    }

    // A number or a phone is given up on some day, and somebody else has it from then on.
    private void Recycle()
    {
        Chance chance = Chance.For(seed, Purpose.Population, 2);
        for (int count = chance.Round((long)People.Length * RecycledPhonePerMille, 1000); count > 0; count--)
        {
            int from = chance.Below(People.Length);
            int to = chance.Below(People.Length);
            short day = (short)chance.Between(1 + days / 5, Math.Max(1 + days / 5, days * 4 / 5));
            ref Person loser = ref People[from];
            ref Person winner = ref People[to];
            if (
                from == to
                || loser.Phone < 0
                || loser.PhoneSwitchDay != short.MaxValue
                || winner.PhoneSwitchDay != short.MaxValue
            )
                continue;
            (loser.LaterPhone, loser.PhoneSwitchDay) = (People.Length + from, day);
            (winner.LaterPhone, winner.PhoneSwitchDay) = (loser.Phone, day);
        }
        for (int count = chance.Round((long)People.Length * RecycledDevicePerMille, 1000); count > 0; count--)
        {
            int from = chance.Below(People.Length);
            int to = chance.Below(People.Length);
            short day = (short)chance.Between(1 + days / 5, Math.Max(1 + days / 5, days * 4 / 5));
            int old = AppOf(from);
            if (from == to || old < 0 || uses[from][old].ToDay != short.MaxValue || uses[from][old].FromDay != 0)
                continue;
            SurfaceUse passed = uses[from][old];
            int theirs = AppOf(to);
            if (theirs >= 0 && (uses[to][theirs].ToDay != short.MaxValue || uses[to][theirs].FromDay != 0))
                continue;
            uses[from][old] = passed with { ToDay = day };
            int fresh = AddApp(chance.Percent(50), ref chance);
            CollectionsMarshal.AsSpan(Surfaces)[fresh].LoggedIn = from; // moved over with the account
            Use(from, fresh, day, short.MaxValue, 45);
            if (theirs >= 0)
                uses[to][theirs] = uses[to][theirs] with { ToDay = day };
            Use(to, passed.Surface, day, short.MaxValue, 45);
        }
    }

    private int AppOf(int person) =>
        uses[person]
            .FindIndex(use => Surfaces[use.Surface] is { Kind: SurfaceKind.App, Shared: false, ZeroDevice: false });

    private void Use(int person, int surface, short from, short to, byte weight) =>
        uses[person].Add(new(surface, from, to, weight));
}
