using Throughline.Core.Events;
using Throughline.World.Behaviour;
using Throughline.World.Marketing;
using Throughline.World.Population;
using Throughline.World.Truth;

namespace Throughline.World.Bots;

/// <summary>What each family of bots does in one session.</summary>
internal sealed class BotActs(Stage stage, BotPlan plan)
{
    private const int Products = 5_000;

    private int sessions;

    public void Run(int actor, long time, ref Chance chance)
    {
        sessions++;
        switch (plan.FamilyOf(actor))
        {
            case BotFamily.DeclaredCrawler:
                Crawl(actor, time, ref chance);
                break;
            case BotFamily.Scraper:
                Scrape(actor, time, ref chance);
                break;
            case BotFamily.CredentialStuffing:
                Stuff(actor, time, ref chance);
                break;
            case BotFamily.ClickFraud:
                Defraud(actor, time, ref chance);
                break;
            default:
                Creep(actor, time, ref chance);
                break;
        }
    }

    private void Crawl(int actor, long time, ref Chance chance)
    {
        int brand = actor - plan.First(BotFamily.DeclaredCrawler);
        ulong address = AddressPlan.Crawler(brand, ref chance);
        short agent = UserAgents.Of(AgentClass.Crawler, brand);
        if (chance.Percent(35))
            Ask(actor, BotFamily.DeclaredCrawler, Page.Robots, 0, time, address, agent);
        if (chance.Percent(6))
            Ask(actor, BotFamily.DeclaredCrawler, Page.Sitemap, 0, time + 900, address, agent);
        for (int left = chance.Between(4, 23); left > 0; left--)
        {
            time += chance.Between(1_500, 40_000);
            bool product = chance.Percent(80);
            ref Draft request = ref Ask(
                actor,
                BotFamily.DeclaredCrawler,
                product ? Page.Product : Page.Category,
                chance.Below(product ? Products : 40),
                time,
                address,
                agent
            );
            request.Status = (short)(chance.Percent(3) ? 404 : 200);
        }
    }

    // One in ten sessions calls itself a search crawler, from an address that is none of that crawler's.
    private void Scrape(int actor, long time, ref Chance chance)
    {
        ulong address = AddressPlan.DataCentre(actor * 5 + chance.Below(5), ref chance);
        short agent =
            chance.Percent(10) ? UserAgents.Of(AgentClass.Crawler, 0)
            : chance.Percent(50) ? UserAgents.Of(AgentClass.WindowsChrome, chance.Below(4))
            : UserAgents.Of(AgentClass.OldChrome, chance.Below(4));
        bool cookie = chance.Percent(30);
        int pace = chance.Between(120, 1_100);
        int length = chance.Percent(25) ? chance.Between(300, 700) : chance.Between(40, 140);
        int product = chance.Below(Products);
        for (int i = 0; i < length; i++)
        {
            Page page =
                i % 12 == 0 ? Page.Category
                : chance.Percent(25) ? Page.StockApi
                : Page.Product;
            ref Draft request = ref Ask(
                actor,
                BotFamily.Scraper,
                page,
                page == Page.Category ? i / 12 % 40 : product,
                time,
                address,
                agent
            );
            if (page == Page.Product)
                product = (product + 1) % Products;
            request.Status = (short)(
                chance.Percent(2) ? 404
                : chance.Percent(1) ? 429
                : 200
            );
            if (cookie)
                ShowCookie(ref request);
            time += chance.Between(pace / 2, pace * 3 / 2);
        }
    }

    private void Stuff(int actor, long time, ref Chance chance)
    {
        bool script = chance.Percent(50);
        short agent = script
            ? UserAgents.Of(AgentClass.Script, chance.Below(5))
            : UserAgents.Of(AgentClass.OldChrome, chance.Below(4));
        bool jar = chance.Percent(15);
        ulong address = 0;
        int pace = chance.Between(500, 3_500);
        int length = chance.Between(20, 120);
        for (int i = 0; i < length; i++)
        {
            if (i % 10 == 0)
            {
                address = chance.Percent(50)
                    ? AddressPlan.Proxy(ref chance)
                    : AddressPlan.DataCentre(4_000 + actor * 8 + chance.Below(8), ref chance);
                sessions++;
            }
            ref Draft request = ref Ask(actor, BotFamily.CredentialStuffing, Page.Login, 0, time, address, agent);
            request.Post = true;
            request.Status = (short)(
                chance.PerMillion(6_000) ? 302
                : chance.Percent(4) ? 429
                : 401
            );
            request.Bytes = 310;
            if (jar)
                ShowCookie(ref request);
            if (chance.Percent(70))
            {
                // A stolen list: many of the addresses are real customers'.
                request.Shown |= Shown.Email;
                request.EmailOwner = chance.Below(stage.Options.People);
            }
            else
            {
                request.Shown |= Shown.BotEmail;
                request.Session = sessions * 16 + i % 10;
                request.Shown &= ~Shown.BotCookie;
            }
            time += chance.Between(pace / 2, pace * 3 / 2);
        }
    }

    private void Defraud(int ring, long time, ref Chance chance)
    {
        Channel channel = ring % 2 == 0 ? Channel.Display : Channel.Affiliate;
        Chance habit = Chance.For(stage.Options.Seed, Purpose.BotAct, (ulong)ring);
        int campaign = stage.Campaigns.Any(channel, ref habit);
        short agent = UserAgents.Of(AgentClass.WindowsChrome, chance.Below(2));
        ulong address = chance.Percent(85) ? AddressPlan.Proxy(ref chance) : SomeHome(time, ref chance);
        if (chance.Percent(45))
            Fake(EventType.Impression, time - chance.Between(300, 1_500));
        Fake(EventType.Click, time);
        int pages = chance.Between(1, 3);
        for (int i = 0; i < pages; i++)
        {
            time += chance.Between(150, 2_500);
            ref Draft request = ref Ask(
                ring,
                BotFamily.ClickFraud,
                i == 0 ? Page.Landing : Page.Product,
                chance.Below(Products),
                time,
                address,
                agent
            );
            request.Site = i == 0 ? (channel == Channel.Display ? Site.News : Site.Affiliate) : Site.None;
            request.Campaign = (short)(i == 0 ? campaign : -1);
            ShowCookie(ref request);
        }
        if (!chance.Percent(12))
            return;
        ref Draft sale = ref Fake(EventType.Conversion, time + chance.Between(1_000, 9_000));
        sale.Campaign = -1;
        sale.Shown |= Shown.BotEmail;
        sale.ConversionKind = chance.Percent(65) ? ConversionKind.Purchase : ConversionKind.Signup;
        sale.Minor = sale.ConversionKind == ConversionKind.Signup ? 500 : chance.Between(1_500, 9_999);
        sale.Order = sale.ConversionKind == ConversionKind.Signup ? -1 : stage.NewOrder();

        ref Draft Fake(EventType type, long at)
        {
            ref Draft draft = ref stage.AddBot(type, at, BotFamily.ClickFraud, ring);
            draft.Address = address;
            draft.Agent = agent;
            draft.Campaign = (short)campaign;
            draft.Creative = 1;
            ShowCookie(ref draft);
            return ref draft;
        }
    }

    // Never more than 12 requests in an hour: the gap is always over five minutes.
    private void Creep(int actor, long time, ref Chance chance)
    {
        ulong address = chance.Percent(70)
            ? SomeHome(time, ref chance)
            : AddressPlan.Carrier(chance.Below(AddressPlan.Carriers), stage.Options.People, ref chance);
        short agent = UserAgents.Of((AgentClass)chance.Weighted([50, 10, 0, 0, 10, 0, 30]), 2);
        int product = chance.Below(Products);
        bool cookie = chance.Percent(30);
        for (int left = chance.Between(24, 38); left > 0; left--)
        {
            ref Draft request = ref Ask(
                actor,
                BotFamily.LowAndSlow,
                Page.Product,
                product++ % Products,
                time,
                address,
                agent
            );
            if (cookie)
                ShowCookie(ref request);
            time += chance.Between(301_000, 560_000);
        }
    }

    private ref Draft Ask(int actor, BotFamily family, Page page, int number, long time, ulong address, short agent)
    {
        ref Draft request = ref stage.AddBot(EventType.Request, time, family, actor);
        request.Page = page;
        request.PageNumber = number;
        request.Address = address;
        request.Agent = agent;
        request.Status = 200;
        request.Bytes = 2_000 + (int)(Chance.Mix((ulong)number * 16 + (ulong)page) % 60_000);
        return ref request;
    }

    private void ShowCookie(ref Draft draft)
    {
        draft.Shown |= Shown.BotCookie;
        draft.Session = sessions;
    }

    // The very address that some person's device has at home that day: an infected computer, a rented line.
    private ulong SomeHome(long time, ref Chance chance)
    {
        ref readonly Person person = ref stage.Census.People[chance.Below(stage.Options.People)];
        Household home = stage.Census.Households[person.Household];
        int surface = person.Uses[chance.Below(person.Uses.Length)].Surface;
        return AddressPlan.Home(person.Household, home.LeaseAt(stage.DayOf(time)), home.V6, surface);
    }
}
