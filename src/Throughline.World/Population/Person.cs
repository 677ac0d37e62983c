namespace Throughline.World.Population;

/// <summary>One person: what is fixed about them, and the little that changes.</summary>
internal struct Person
{
    public int Household;

    /// <summary>Office network used at working hours, or -1.</summary>
    public int Office;
    public byte Carrier;
    public byte Emails;
    public byte Users;
    public byte Currency;

    /// <summary>Share of visits in a browser in which the person is logged in or logs in, percent.</summary>
    public byte LoginHabit;

    /// <summary>Visits expected a day, in millionths.</summary>
    public int VisitsPerMillion;

    /// <summary>Number of the phone before and from <see cref="PhoneSwitchDay"/> on; -1 for none.</summary>
    public int Phone;
    public int LaterPhone;
    public short PhoneSwitchDay;

    /// <summary>First person of the household if its members share one e-mail and this person types it at times, else -1.</summary>
    public int FamilyEmail;

    /// <summary>Has a loyalty card.</summary>
    public bool Card;

    public SurfaceUse[] Uses;

    /// <summary>Time of the latest campaign touch, for the chance of a purchase; milliseconds.</summary>
    public long LatestTouch;

    public readonly int PhoneAt(int day) => day < PhoneSwitchDay ? Phone : LaterPhone;
}

/// <summary>Where people live together.</summary>
internal readonly record struct Household(int First, int Count, bool V6, short LeaseDays)
{
    /// <summary>Which of the home's addresses holds on a day.</summary>
    public int LeaseAt(int day) => LeaseDays == 0 ? 0 : day / LeaseDays;
}
