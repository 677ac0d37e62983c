using Throughline.Core.Events;
using Throughline.World.Population;

namespace Throughline.World.Behaviour;

/// <summary>A person at a surface during one visit or exposure: what their events show.</summary>
internal ref struct Visitor
{
    private readonly Stage stage;

    public readonly int Person;
    public readonly int Surface;
    public readonly int Day;
    public ulong Address;

    /// <summary>Whose account the surface is logged in to, or -1. Seldom it is somebody else's.</summary>
    public int Account = -1;
    public byte AccountNumber;

    /// <summary>The site's tags pass on the account's e-mail or phone.</summary>
    public bool PassesEmail;
    public bool PassesPhone;

    /// <summary>The app lost its account and says "unknown".</summary>
    public bool SaysUnknown;

    /// <summary>The page that the next request follows.</summary>
    public Page FromPage;
    public int FromNumber;

    /// <summary>This visit starts a new cookie.</summary>
    public readonly bool Fresh;

    /// <param name="visit">They come to the shop, and may find that the cookie is gone.</param>
    public Visitor(Stage stage, int person, int surface, long time, bool visit, ref Chance chance)
    {
        this.stage = stage;
        Person = person;
        Surface = surface;
        Day = stage.DayOf(time);
        ref Surface at = ref At;
        if (visit && at.Kind != SurfaceKind.App && chance.PerMillion(at.ResetPerMillion))
        {
            at.CookieEpoch++;
            at.StorageEpoch += chance.Percent(40) ? (ushort)1 : (ushort)0;
            at.LoggedIn = -1;
            Fresh = true;
        }
        Address = AddressOf(time, ref chance);
        PassesEmail = chance.Percent(66);
        PassesPhone = chance.Percent(16);
    }

    public readonly ref Surface At =>
        ref System.Runtime.InteropServices.CollectionsMarshal.AsSpan(stage.Census.Surfaces)[Surface];

    /// <summary>A draft of this person with the surface's identifiers and, if logged in, the account's.</summary>
    public readonly ref Draft Add(EventType type, long time)
    {
        ref Draft draft = ref stage.Add(type, time);
        draft.Actor = Person;
        draft.Address = Address;
        draft.Agent = At.AgentAt(Day);
        ShowSurface(ref draft);
        if (SaysUnknown)
            draft.Shown |= Shown.JunkUser;
        else if (Account >= 0)
            ShowAccount(ref draft, PassesEmail, PassesPhone);
        return ref draft;
    }

    /// <summary>An event that a server reports on its own: no surface, no context.</summary>
    public readonly ref Draft AddFromServer(EventType type, long time)
    {
        ref Draft draft = ref stage.Add(type, time);
        draft.Actor = Person;
        if (Account >= 0)
            ShowAccount(ref draft, email: true, phone: false);
        return ref draft;
    }

    public readonly void ShowAccount(ref Draft draft, bool email, bool phone)
    {
        draft.Shown |= Shown.User;
        draft.User = Account;
        draft.UserAccount = AccountNumber;
        if (email)
        {
            draft.Shown |= Shown.Email;
            draft.EmailOwner = Account;
            draft.EmailNumber = 0;
        }
        if (phone && stage.Census.People[Account].PhoneAt(Day) is >= 0 and int number)
        {
            draft.Shown |= Shown.Phone;
            draft.Phone = number;
        }
    }

    public readonly void ShowCard(ref Draft draft)
    {
        if (!stage.Census.People[Person].Card)
            return;
        draft.Shown |= Shown.Card;
        draft.CardHolder = Person;
    }

    /// <summary>An e-mail that this person types: one of their own, the family's, or the noreply one.</summary>
    public readonly void TypeEmail(ref Draft draft, ref Chance chance)
    {
        ref readonly Person person = ref stage.Census.People[Person];
        if (chance.PerMillion(25_000))
        {
            draft.Shown = (draft.Shown & ~Shown.Email) | Shown.JunkEmail;
            return;
        }
        bool family = person.FamilyEmail >= 0 && chance.Percent(45);
        draft.Shown |= Shown.Email;
        draft.EmailOwner = family ? person.FamilyEmail : Person;
        draft.EmailNumber = family
            ? IdentifierText.FamilyEmail
            : (byte)(chance.Percent(50) ? 0 : chance.Below(person.Emails));
        if (chance.Percent(6))
            draft.Shown |= Shown.Typed;
    }

    private readonly void ShowSurface(ref Draft draft)
    {
        ref readonly Surface at = ref At;
        draft.Surface = Surface;
        if (at.Kind == SurfaceKind.App)
        {
            draft.Shown |= at.ZeroDevice ? Shown.JunkDevice : Shown.Device;
            return;
        }
        draft.CookieEpoch = at.CookieEpoch;
        draft.StorageEpoch = at.StorageEpoch;
        draft.Shown |= at.HasStorage ? Shown.Cookie | Shown.Storage : Shown.Cookie;
    }

    private readonly ulong AddressOf(long time, ref Chance chance)
    {
        Census census = stage.Census;
        ref readonly Person person = ref census.People[Person];
        int hour = (int)((time - stage.StartMs) % Stage.DayMs / 3_600_000);
        bool mobile = At is { Shared: false, Kind: SurfaceKind.PhoneBrowser or SurfaceKind.App };
        if (mobile && chance.Percent(50))
            return AddressPlan.Carrier(person.Carrier, census.People.Length, ref chance);
        if (person.Office >= 0 && hour is >= 8 and < 18 && At is { Shared: false } && chance.Percent(60))
            return AddressPlan.Office(person.Office);
        Household home = census.Households[person.Household];
        return AddressPlan.Home(person.Household, home.LeaseAt(Day), home.V6, Surface);
    }
}
