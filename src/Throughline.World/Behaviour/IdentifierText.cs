using System.Text;

namespace Throughline.World.Behaviour;

/// <summary>
/// The values of identifiers, and the numbers that stand for them: kind in the top 8 bits, an epoch or sub-number in the
/// next 24, an index in the low 32.
/// </summary>
internal sealed class IdentifierText(ulong seed)
{
    /// <summary>Number of the e-mail that a household shares.</summary>
    public const byte FamilyEmail = 15;

    public const string NoReply = "noreply@shop.example";
    public const string ZeroDevice = "00000000-0000-0000-0000-000000000000";
    public const string ZeroPhone = "+10000000000";

    private static readonly string[] FirstNames =
    [
        "anna",
        "ben",
        "clara",
        "david",
        "elena",
        "felix",
        "greta",
        "hugo",
        "ines",
        "jonas",
        "katja",
        "leon",
        "maria",
        "nils",
        "olga",
        "paul",
        "rosa",
        "samir",
        "tina",
        "uwe",
        "vera",
        "walid",
        "yara",
        "zoe",
    ];

    private static readonly string[] LastNames =
    [
        "adler",
        "berg",
        "costa",
        "dietz",
        "ender",
        "fuchs",
        "garcia",
        "haas",
        "ivanov",
        "jung",
        "keller",
        "lang",
        "moser",
        "novak",
        "okafor",
        "peters",
        "quast",
        "rossi",
        "silva",
        "thoma",
        "ulrich",
        "vogel",
        "weber",
        "xu",
        "yilmaz",
        "zimmer",
    ];

    private static readonly string[] Domains =
    [
        "mail.example",
        "post.example",
        "inbox.example",
        "work.example",
        "web.example",
    ];

    private readonly ulong key = Chance.Mix(seed * 17 + 3);

    public enum Kind : byte
    {
        User = 1,
        Email = 2,
        Phone = 3,
        Device = 4,
        Cookie = 5,
        Storage = 6,
        BotCookie = 7,
        BotEmail = 8,
        Junk = 9,
        Card = 10,
    }

    public static ulong Pack(Kind kind, int index, int sub) =>
        ((ulong)kind << 56) | ((ulong)(sub & 0xFF_FFFF) << 32) | (uint)index;

    public static Kind KindOf(ulong packed) => (Kind)(packed >> 56);

    public static bool IsTypedByHand(ulong packed) => KindOf(packed) is Kind.Email or Kind.Phone;

    public static string TypeOf(ulong packed) =>
        KindOf(packed) switch
        {
            Kind.User => "user",
            Kind.Email or Kind.BotEmail => "email",
            Kind.Phone => "phone",
            Kind.Device => "device",
            Kind.Cookie or Kind.BotCookie => "cookie",
            Kind.Storage => "browser",
            Kind.Card => "card",
            _ => JunkTypes[(int)(uint)packed],
        };

    /// <summary>Junk values by number: what many unrelated people's events show.</summary>
    public static readonly string[] JunkValues = [NoReply, "unknown", ZeroPhone, ZeroDevice, "test"];
    public static readonly string[] JunkTypes = ["email", "user", "phone", "device", "user"];

    /// <summary>Writes a value in its normal form; returns its length. At most 80 bytes.</summary>
    public int Write(ulong packed, Span<byte> target)
    {
        uint index = (uint)packed;
        int sub = (int)(packed >> 32) & 0xFF_FFFF;
        switch (KindOf(packed))
        {
            case Kind.User:
                "u-"u8.CopyTo(target);
                return 2 + Digits(index * 2UL + (uint)sub + 100_000, target[2..]);
            case Kind.Email:
                return Email(index, sub, target);
            case Kind.Phone:
                "+4915"u8.CopyTo(target);
                return 5 + FixedDigits(index, 9, target[5..]);
            case Kind.Device:
                return Uuid(Scatter(packed), target);
            case Kind.Cookie or Kind.BotCookie:
                "c."u8.CopyTo(target);
                return 2 + Hex(Scatter(packed), target[2..]);
            case Kind.Storage:
                "b."u8.CopyTo(target);
                return 2 + Hex(Scatter(packed), target[2..]);
            case Kind.Card:
                "6070"u8.CopyTo(target);
                return 4 + FixedDigits(index, 10, target[4..]);
            case Kind.BotEmail:
                "buyer"u8.CopyTo(target);
                int length = 5 + Hex(Scatter(packed), target[5..]);
                "@quick.example"u8.CopyTo(target[length..]);
                return length + 14;
            default:
                return Encoding.ASCII.GetBytes(JunkValues[index], target);
        }
    }

    public string Text(ulong packed)
    {
        Span<byte> buffer = stackalloc byte[96];
        return Encoding.ASCII.GetString(buffer[..Write(packed, buffer)]);
    }

    /// <summary>As a hasty person types it: an e-mail with capitals, a phone with spaces.</summary>
    public int WriteTyped(ulong packed, Span<byte> target)
    {
        int length = Write(packed, target);
        if (KindOf(packed) == Kind.Email)
        {
            target[0] -= 32;
            for (int i = 1; i < length; i++)
                if (target[i - 1] == (byte)'.' && target[i] is >= (byte)'a' and <= (byte)'z' && i < 24)
                    target[i] -= 32;
            return length;
        }
        target[3..length].CopyTo(target[4..]);
        target[3] = (byte)' ';
        return length + 1;
    }

    private ulong Scatter(ulong packed) => Chance.Mix(packed ^ key);

    private int Email(uint owner, int number, Span<byte> target)
    {
        ulong mixed = Chance.Mix(owner ^ key);
        string last = LastNames[mixed % (ulong)LastNames.Length];
        string first = number == FamilyEmail ? "family" : FirstNames[(mixed >> 8) % (ulong)FirstNames.Length];
        string domain = Domains[((mixed >> 16) + (ulong)number) % (ulong)Domains.Length];
        int length = Encoding.ASCII.GetBytes(first, target);
        target[length++] = (byte)'.';
        length += Encoding.ASCII.GetBytes(last, target[length..]);
        target[length++] = (byte)'.';
        length += Digits(owner * 16UL + (uint)number, target[length..]);
        target[length++] = (byte)'@';
        return length + Encoding.ASCII.GetBytes(domain, target[length..]);
    }

    private static int Digits(ulong value, Span<byte> target)
    {
        System.Buffers.Text.Utf8Formatter.TryFormat(value, target, out int written);
        return written;
    }

    private static int FixedDigits(uint value, int width, Span<byte> target)
    {
        for (int i = width - 1; i >= 0; i--, value /= 10)
            target[i] = (byte)('0' + value % 10);
        return width;
    }

    public static int Hex(ulong value, Span<byte> target)
    {
        for (int i = 15; i >= 0; i--, value >>= 4)
            target[i] = "0123456789abcdef"u8[(int)(value & 15)];
        return 16;
    }

    private static int Uuid(ulong value, Span<byte> target)
    {
        Span<byte> digits = stackalloc byte[32];
        Hex(value, digits);
        Hex(Chance.Mix(value), digits[16..]);
        int length = 0;
        for (int i = 0; i < 32; i++)
        {
            if (i is 8 or 12 or 16 or 20)
                target[length++] = (byte)'-';
            target[length++] = digits[i];
        }
        return length;
    }
}
