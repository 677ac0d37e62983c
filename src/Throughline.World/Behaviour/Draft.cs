using Throughline.Core.Events;
using Throughline.World.Truth;

namespace Throughline.World.Behaviour;

/// <summary>Which identifiers an event shows.</summary>
[Flags]
internal enum Shown : ushort
{
    None = 0,
    User = 1,
    Email = 2,
    Phone = 4,
    Device = 8,
    Cookie = 16,
    Storage = 32,

    /// <summary>The one noreply address that many people type.</summary>
    JunkEmail = 64,

    /// <summary>An account id that an integration sends when it has none.</summary>
    JunkUser = 128,

    /// <summary>A telephone number of zeros.</summary>
    JunkPhone = 256,

    /// <summary>The all-zero device id.</summary>
    JunkDevice = 512,

    /// <summary>A bot's own cookie.</summary>
    BotCookie = 1024,

    /// <summary>An invented e-mail.</summary>
    BotEmail = 2048,

    /// <summary>The e-mail is written with capitals, the phone with spaces, as people type.</summary>
    Typed = 4096,

    /// <summary>The number of the person's loyalty card: a type of the shop's own.</summary>
    Card = 8192,
}

/// <summary>Pages of the shop; some take a number.</summary>
internal enum Page : byte
{
    None,
    Home,
    Category,
    Product,
    Search,
    Cart,
    Checkout,
    Login,
    Account,
    Robots,
    Sitemap,
    Script,
    Image,
    StockApi,
    Landing,
}

/// <summary>Where a visit came from; <see cref="Inside"/> is the page before.</summary>
internal enum Site : byte
{
    None,
    Inside,
    Search,
    OtherSearch,
    Social,
    Video,
    News,
    Affiliate,
}

internal enum Nurture : byte
{
    EmailOpen,
    PushOpen,
    VideoComplete,
}

internal enum ConversionKind : byte
{
    Purchase,
    Signup,
}

/// <summary>
/// One event before it is written: numbers only, so that millions pass without a text. Its JSON is a pure function of it,
/// so that a resend is the same bytes.
/// </summary>
internal struct Draft
{
    public long Time;
    public ulong Id;

    /// <summary>Person or bot.</summary>
    public int Actor;

    /// <summary>The visit, or session of a bot, that it is part of; 0: none that a door could refuse.</summary>
    public int Visit;
    public EventType Type;
    public ActorKind Kind;
    public BotFamily Family;

    public byte UserAccount;
    public byte EmailNumber;
    public Shown Shown;
    public int User;
    public int EmailOwner;
    public int Phone;
    public int CardHolder;
    public int Surface;
    public ushort CookieEpoch;
    public ushort StorageEpoch;

    /// <summary>Tells a bot's fresh cookies and e-mails apart.</summary>
    public int Session;

    public ulong Address;

    /// <summary>Index into the user agents, or -1.</summary>
    public short Agent;

    public Site Site;
    public Page FromPage;
    public int FromNumber;

    public bool Post;
    public Page Page;
    public int PageNumber;
    public short Status;
    public int Bytes;

    /// <summary>Campaign's number, or -1.</summary>
    public short Campaign;
    public byte Creative;
    public Nurture Nurture;

    public ConversionKind ConversionKind;
    public byte Currency;
    public bool AsAmount;

    /// <summary>A refund that names the order instead of the event.</summary>
    public bool ByOrder;

    /// <summary>Order number, or -1.</summary>
    public int Order;
    public long Minor;

    /// <summary>Refund: the conversion it takes back. Conversion: the first report of the same order, or 0.</summary>
    public ulong Conversion;
}

/// <summary>A growing run of drafts, filled in place.</summary>
internal sealed class DraftBuffer
{
    private Draft[] items = new Draft[1024];

    public int Count { get; private set; }

    public ref Draft this[int index] => ref items[index];

    public ref Draft Add()
    {
        if (Count == items.Length)
            Array.Resize(ref items, items.Length * 2);
        return ref items[Count++];
    }

    public void Clear() => Count = 0;
}
