using Throughline.Core.Events;
using Throughline.World.Marketing;
using Throughline.World.Population;

namespace Throughline.World.Behaviour;

/// <summary>What people do in the shop: come by some way, look around, log in, buy.</summary>
internal sealed class Visits(Stage stage, Purchases purchases)
{
    private readonly Accounts accounts = new(stage);

    private enum Cause
    {
        Direct,
        Organic,
        SearchAd,
        Display,
        Social,
        Video,
        Email,
        Push,
        Sms,
        Affiliate,
    }

    private static readonly int[] Causes = [37, 19, 14, 7, 6, 2, 8, 4, 1, 2];
    private static readonly int[] Lengths = [34, 24, 16, 10, 6, 4, 3, 2, 1];

    public void Run(int number, long time, ref Chance chance)
    {
        ref Person person = ref stage.Census.People[number];
        int day = stage.DayOf(time);
        Cause cause = (Cause)chance.Weighted(Causes);
        int surface = SurfaceChoice.Pick(
            stage.Census,
            person,
            day,
            cause == Cause.Push,
            cause == Cause.Email,
            ref chance
        );
        if (surface < 0)
            return;
        Visitor visitor = new(stage, number, surface, time, visit: true, ref chance);
        if (cause == Cause.Push && visitor.At.Kind != SurfaceKind.App)
            cause = Cause.Direct;
        if (visitor.At.Shared && cause > Cause.Organic && chance.Percent(75))
            cause = Cause.Direct; // messages and tempting links are mostly read on one's own devices
        Arrive(ref visitor, ref chance);
        if (visitor.At.Shared && visitor.Account != number && chance.Percent(90))
            time = accounts.LogIn(ref visitor, time, ref chance); // on a shared device people mostly choose who they are first
        bool clicked = cause >= Cause.SearchAd;
        int campaign = clicked ? Enter(ref visitor, cause, time, ref chance) : -1;
        long now = Browse(ref visitor, cause, campaign, time + chance.Between(200, 1500), ref chance);
        bool touchedLately = time - person.LatestTouch < 7 * Stage.DayMs;
        if (clicked)
            person.LatestTouch = time;
        purchases.Consider(ref visitor, now, clicked, touchedLately, ref chance);
    }

    // Who is logged in: the one from before, unless somebody else was; they mostly log out first.
    private static void Arrive(ref Visitor visitor, ref Chance chance)
    {
        ref Surface at = ref visitor.At;
        if (at.LoggedIn >= 0 && at.LoggedIn != visitor.Person && !chance.Percent(5))
            at.LoggedIn = -1;
        visitor.Account = at.LoggedIn;
        visitor.AccountNumber = at.LoggedInUser;
        visitor.SaysUnknown = at.Kind == SurfaceKind.App && chance.PerMillion(4_000);
    }

    // The touch that brought the visitor; gives its campaign.
    private int Enter(ref Visitor visitor, Cause cause, long time, ref Chance chance)
    {
        Channel channel = cause switch
        {
            Cause.SearchAd => Channel.Search,
            Cause.Display => Channel.Display,
            Cause.Social => Channel.Social,
            Cause.Video => Channel.Video,
            Cause.Email => Channel.Email,
            Cause.Push => Channel.Push,
            Cause.Sms => Channel.Sms,
            _ => Channel.Affiliate,
        };
        int campaign = stage.Campaigns.Pick(channel, visitor.Person, ref chance);
        byte creative = (byte)chance.Between(1, 6);
        if (channel is Channel.Display or Channel.Social or Channel.Video)
        {
            long shown = time - chance.Between(3_000, 60_000);
            Touch(ref visitor, EventType.Impression, shown, campaign, creative);
            if (chance.Percent(75))
                Touch(ref visitor, EventType.View, shown + 1_000, campaign, creative);
        }
        if (channel == Channel.Email)
        {
            ref Draft open = ref stage.Add(EventType.Nurture, time - chance.Between(4_000, 90_000));
            EmailOpen(ref open, visitor, campaign, creative);
        }
        if (channel == Channel.Push)
        {
            Touch(ref visitor, EventType.Nurture, time, campaign, creative).Nurture = Nurture.PushOpen;
            return campaign;
        }
        ref Draft click = ref Touch(ref visitor, EventType.Click, time, campaign, creative);
        int phone = stage.Census.People[visitor.Person].PhoneAt(visitor.Day);
        if (channel == Channel.Email)
        {
            // The link in the mail says whom it was sent to.
            click.Shown |= Shown.Email;
            click.EmailOwner = visitor.Person;
            click.EmailNumber = 0;
        }
        else if (channel == Channel.Sms && phone >= 0)
        {
            click.Shown |= Shown.Phone;
            click.Phone = phone;
        }
        return campaign;
    }

    public static void EmailOpen(ref Draft open, in Visitor visitor, int campaign, byte creative)
    {
        open.Actor = visitor.Person;
        open.Nurture = Nurture.EmailOpen;
        open.Campaign = (short)campaign;
        open.Creative = creative;
        open.Shown = Shown.Email | Shown.User;
        open.EmailOwner = open.User = visitor.Person;
        open.Address = visitor.Address;
        open.Agent = visitor.At.AgentAt(visitor.Day);
    }

    public static ref Draft Touch(ref Visitor visitor, EventType type, long time, int campaign, byte creative)
    {
        ref Draft touch = ref visitor.Add(type, time);
        touch.Campaign = (short)campaign;
        touch.Creative = creative;
        return ref touch;
    }

    private long Browse(ref Visitor visitor, Cause cause, int campaign, long time, ref Chance chance)
    {
        ref readonly Person person = ref stage.Census.People[visitor.Person];
        ref Surface at = ref visitor.At;
        bool app = at.Kind == SurfaceKind.App;
        int length = 1 + chance.Weighted(Lengths);
        bool logsIn =
            visitor.Account < 0
            && chance.Percent(app || at.Shared ? Math.Max((int)person.LoginHabit, 96) : person.LoginHabit);
        int loginAt = logsIn ? (app ? 0 : chance.Below(Math.Min(3, length))) : -1;
        visitor.FromPage = Page.None;
        for (int i = 0; i < length; i++)
        {
            if (i == loginAt)
                time = accounts.LogIn(ref visitor, time, ref chance);
            Page page = i == 0 && campaign >= 0 ? Page.Landing : NextPage(i, ref chance);
            ref Draft request = ref PageViews.Request(
                ref visitor,
                page,
                chance.Below(page == Page.Product ? 5_000 : 40),
                time,
                ref chance
            );
            if (i == 0)
                request.Site = SiteOf(cause, ref chance);
            if (page == Page.Landing)
            {
                request.PageNumber = chance.Below(5_000);
                request.Campaign = (short)campaign;
            }
            if (i == 0 && !app && (visitor.Fresh || chance.Percent(15)))
            {
                PageViews.Request(
                    ref visitor,
                    Page.Script,
                    visitor.Day / 7,
                    time + chance.Between(80, 400),
                    ref chance
                );
                if (visitor.Fresh && chance.Percent(30))
                    visitor.Add(EventType.Consent, time + chance.Between(2_000, 9_000));
            }
            else if (chance.Percent(8))
                PageViews.Request(
                    ref visitor,
                    app ? Page.StockApi : Page.Image,
                    chance.Below(5_000),
                    time + chance.Between(80, 900),
                    ref chance
                );
            time += chance.Between(3_000, 8_000) + chance.Below(chance.Percent(20) ? 180_000 : 25_000);
        }
        if (app && chance.Percent(18) && visitor.Account >= 0)
            Accounts.Identify(ref visitor, time, ref chance);
        return time;
    }

    private static Page NextPage(int step, ref Chance chance) =>
        step == 0
            ? (Page)((int)Page.Home + chance.Weighted([50, 20, 30]))
            : (Page)((int)Page.Home + chance.Weighted([4, 24, 48, 12, 6, 0, 0, 6]));

    private static Site SiteOf(Cause cause, ref Chance chance) =>
        cause switch
        {
            Cause.Organic or Cause.SearchAd => chance.Percent(88) ? Site.Search : Site.OtherSearch,
            Cause.Display => Site.News,
            Cause.Social => Site.Social,
            Cause.Video => Site.Video,
            Cause.Affiliate => Site.Affiliate,
            _ => Site.None,
        };
}
