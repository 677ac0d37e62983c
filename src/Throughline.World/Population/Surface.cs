namespace Throughline.World.Population;

/// <summary>What kind of thing a person shops with.</summary>
internal enum SurfaceKind : byte
{
    /// <summary>The shop's app: known by a device id.</summary>
    App,

    /// <summary>A browser on a phone: known by a cookie and, where storage is not blocked, a browser id.</summary>
    PhoneBrowser,

    /// <summary>A browser on a computer or tablet.</summary>
    Browser,
}

/// <summary>
/// One app installation or browser profile: the place that identifiers belong to. Cookies are cleared now and then
/// (<see cref="CookieEpoch"/>), the browser's storage more rarely.
/// </summary>
internal struct Surface
{
    public SurfaceKind Kind;
    public AgentClass Agent;

    /// <summary>Version of the user agent at the start; one more from <see cref="UpdateDay"/> on.</summary>
    public byte Version;
    public short UpdateDay;

    /// <summary>Used by several people of a household, or by the public.</summary>
    public bool Shared;

    /// <summary>A browser whose storage id the site can read.</summary>
    public bool HasStorage;

    /// <summary>An app on a phone that hides its device id: it says the all-zero id, as many do.</summary>
    public bool ZeroDevice;

    /// <summary>Chance in a million that a visit finds the cookie cleared.</summary>
    public int ResetPerMillion;

    public ushort CookieEpoch;
    public ushort StorageEpoch;

    /// <summary>Who is logged in here, or -1.</summary>
    public int LoggedIn;

    /// <summary>Which of the person's accounts.</summary>
    public byte LoggedInUser;

    public readonly short AgentAt(int day) => UserAgents.Of(Agent, Version + (day >= UpdateDay ? 1 : 0));
}

/// <summary>A person may use a surface from one day to before another.</summary>
internal readonly record struct SurfaceUse(int Surface, short FromDay, short ToDay, byte Weight)
{
    public bool Holds(int day) => day >= FromDay && day < ToDay;
}
