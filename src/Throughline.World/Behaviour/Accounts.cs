using Throughline.Core.Events;
using Throughline.World.Population;

namespace Throughline.World.Behaviour;

/// <summary>How people log in, and what the site then learns of them.</summary>
internal sealed class Accounts(Stage stage)
{
    /// <summary>The log-in page, some wrong passwords, the right one, and what the site reports; gives the time after it.</summary>
    public long LogIn(ref Visitor visitor, long time, ref Chance chance)
    {
        if (visitor.At.Kind != SurfaceKind.App)
        {
            PageViews.Request(ref visitor, Page.Login, 0, time, ref chance);
            time += chance.Between(4_000, 20_000);
        }
        for (int failures = chance.Percent(7) ? chance.Between(1, 3) : 0; failures > 0; failures--)
        {
            ref Draft failed = ref PageViews.Request(ref visitor, Page.Login, 0, time, ref chance);
            (failed.Post, failed.Status) = (true, 401);
            time += chance.Between(4_000, 25_000);
        }
        ref Draft done = ref PageViews.Request(ref visitor, Page.Login, 0, time, ref chance);
        (done.Post, done.Status) = (true, 302);
        ref readonly Person person = ref stage.Census.People[visitor.Person];
        ref Surface at = ref visitor.At;
        at.LoggedIn = visitor.Account = visitor.Person;
        at.LoggedInUser = visitor.AccountNumber = (byte)(person.Users > 1 && chance.Percent(35) ? 1 : 0);
        Identify(ref visitor, time + chance.Between(50, 400), ref chance);
        return time + chance.Between(500, 2_000);
    }

    public static void Identify(ref Visitor visitor, long time, ref Chance chance)
    {
        ref Draft identify = ref visitor.Add(EventType.Identify, time);
        if (visitor.SaysUnknown || visitor.Account < 0)
            return;
        visitor.ShowAccount(ref identify, email: true, phone: chance.Percent(60));
        if (visitor.Account == visitor.Person && chance.Percent(35))
            visitor.TypeEmail(ref identify, ref chance);
        if (chance.PerMillion(8_000))
            identify.Shown = (identify.Shown & ~Shown.Phone) | Shown.JunkPhone;
        if (chance.Percent(5))
            identify.Shown |= Shown.Typed;
        if (visitor.Account == visitor.Person && chance.Percent(75))
            visitor.ShowCard(ref identify);
    }
}
