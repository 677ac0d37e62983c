namespace Throughline.World.Population;

/// <summary>
/// Who has which network address. All IPv4 addresses are from the reserved block 240.0.0.0/4 and all IPv6 addresses from the
/// documentation block 2001:db8::/32, so that no real network is named:
/// <code>
/// 240.0.0.0/6  homes (an own address each, changed now and then)     2001:db8::/32  homes with IPv6
/// 244.0.0.0/8  offices (20 to 40 people each)                        248.0.0.0/8    mobile carriers' shared addresses (CGNAT)
/// 249.0.0.0/8  proxies for rent    250.0.0.0/8  data centres         251.0.0.0/8    declared crawlers, a /16 each
/// </code>
/// An address is a number: IPv4 in the low 32 bits, or with the top bit set an IPv6 prefix number and an interface seed.
/// 0 is none.
/// </summary>
internal static class AddressPlan
{
    public const ulong V6 = 1UL << 63;
    public const int Carriers = 4;

    /// <summary>A household's address in the given lease; <paramref name="surface"/> tells the devices of an IPv6 home apart.</summary>
    public static ulong Home(int household, int lease, bool v6, int surface)
    {
        uint number = (uint)household * 8 + (uint)(lease & 7);
        if (v6)
            return V6 | ((ulong)(number & 0x7FFF_FFFF) << 32) | (uint)Chance.Mix((ulong)surface * 64 + (uint)lease);
        return 0xF000_0000u | ((number * 0x02C1_B3C5u) & 0x03FF_FFFFu);
    }

    public static ulong Office(int office) => 0xF400_0000u | (((uint)office * 0x00A3_1F1Bu) & 0x00FF_FFFFu);

    /// <summary>One of a carrier's shared addresses: one for about 400 people.</summary>
    public static ulong Carrier(int carrier, int people, ref Chance chance)
    {
        int pool = Math.Max(2, people / (400 * Carriers));
        int member = chance.Below(pool);
        return 0xF800_0000u | ((uint)carrier << 22) | (((uint)member * 0x0001_9E37u) & 0x003F_FFFFu);
    }

    public static ulong Proxy(ref Chance chance) => 0xF900_0000u | (uint)chance.Below(1 << 24);

    /// <summary>An address in one of a data centre's networks; actors keep to a few /24 each.</summary>
    public static ulong DataCentre(int network, ref Chance chance) =>
        0xFA00_0000u | (((uint)network * 0x3B5Du & 0xFFFFu) << 8) | (uint)chance.Between(1, 254);

    public static ulong Crawler(int brand, ref Chance chance) =>
        0xFB00_0000u | ((uint)brand << 16) | ((uint)chance.Below(4) << 8) | (uint)chance.Between(1, 60);
}
