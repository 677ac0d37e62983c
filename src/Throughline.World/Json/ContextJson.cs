using Throughline.World.Behaviour;
using Throughline.World.Population;

namespace Throughline.World.Json;

/// <summary>Writes where an event came from: address, user agent, referrer.</summary>
internal static class ContextJson
{
    /// <summary>The member with a comma before it, or nothing if nothing is known.</summary>
    public static void Write(Utf8Line line, in Draft draft)
    {
        if (draft.Address == 0 && draft.Agent < 0)
            return;
        line.Raw(",\"context\":{\"address\":\""u8);
        Address(line, draft.Address);
        line.Raw("\",\"userAgent\":\""u8);
        line.Raw(UserAgents.Utf8[draft.Agent]);
        if (draft.Site != Site.None)
        {
            line.Raw("\",\"referrer\":\""u8);
            if (draft.Site == Site.Inside)
            {
                line.Raw("https://www.shop.example"u8);
                PagePath.Write(line, draft.FromPage, draft.FromNumber, null);
            }
            else
                line.Raw(PagePath.SiteOf(draft.Site));
        }
        line.Raw("\"}"u8);
    }

    private static void Address(Utf8Line line, ulong address)
    {
        if ((address & AddressPlan.V6) == 0)
        {
            for (int shift = 24; shift >= 0; shift -= 8)
            {
                line.Number((long)((address >> shift) & 255));
                if (shift > 0)
                    line.Raw((byte)'.');
            }
            return;
        }
        // Every group is at least 0x1000, so that the text is the canonical one: nothing to leave out or to shorten.
        line.Raw("2001:db8:"u8);
        uint prefix = (uint)(address >> 32) & 0x7FFF_FFFF;
        line.Group(0x1000 + prefix / 0xE000);
        line.Raw((byte)':');
        line.Group(0x1000 + prefix % 0xE000);
        ulong rest = Chance.Mix((uint)address);
        for (int i = 0; i < 4; i++, rest >>= 16)
        {
            line.Raw((byte)':');
            line.Group(0x1000 + (uint)(rest & 0xFFFF) % 0xE000);
        }
    }
}
