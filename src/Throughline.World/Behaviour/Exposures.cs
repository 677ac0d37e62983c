using Throughline.Core.Events;
using Throughline.World.Marketing;
using Throughline.World.Population;

namespace Throughline.World.Behaviour;

/// <summary>Touches that lead to no visit: an advertisement shown elsewhere, a mail or push message opened and left.</summary>
internal sealed class Exposures(Stage stage)
{
    public void Advertisement(int person, long time, ref Chance chance)
    {
        if (Meet(person, time, app: false, ref chance, out Visitor visitor) is false)
            return;
        Channel channel = (Channel)((int)Channel.Display + chance.Weighted([55, 35, 10]));
        int campaign = stage.Campaigns.Pick(channel, person, ref chance);
        byte creative = (byte)chance.Between(1, 6);
        Visits.Touch(ref visitor, EventType.Impression, time, campaign, creative);
        if (chance.Percent(58))
            Visits.Touch(ref visitor, EventType.View, time + chance.Between(1_000, 5_000), campaign, creative);
        if (channel == Channel.Video && chance.Percent(40))
            Visits
                .Touch(ref visitor, EventType.Nurture, time + chance.Between(15_000, 30_000), campaign, creative)
                .Nurture = Nurture.VideoComplete;
        stage.Census.People[person].LatestTouch = time;
    }

    public void Message(int person, long time, ref Chance chance)
    {
        bool push = chance.Percent(32);
        if (Meet(person, time, push, ref chance, out Visitor visitor) is false)
            return;
        byte creative = (byte)chance.Between(1, 6);
        if (push && visitor.At.Kind == SurfaceKind.App)
        {
            int pushed = stage.Campaigns.Pick(Channel.Push, person, ref chance);
            Visits.Touch(ref visitor, EventType.Nurture, time, pushed, creative).Nurture = Nurture.PushOpen;
        }
        else
        {
            // Some mails belong to no campaign: order confirmations.
            int campaign = chance.Percent(12) ? -1 : stage.Campaigns.Pick(Channel.Email, person, ref chance);
            Visits.EmailOpen(ref stage.Add(EventType.Nurture, time), visitor, campaign, creative);
        }
        stage.Census.People[person].LatestTouch = time;
    }

    private bool Meet(int number, long time, bool app, ref Chance chance, out Visitor visitor)
    {
        visitor = default;
        ref readonly Person person = ref stage.Census.People[number];
        int surface = SurfaceChoice.Pick(stage.Census, person, stage.DayOf(time), app, false, ref chance);
        if (surface < 0)
            return false;
        // What is shown elsewhere is mostly shown to whom the site knows.
        Surface place = stage.Census.Surfaces[surface];
        bool own = place is { Shared: false, Kind: not SurfaceKind.App };
        if (place.LoggedIn != number && !chance.Percent(own ? 50 : 10))
            return false;
        visitor = new(stage, number, surface, time, visit: false, ref chance);
        if (place.LoggedIn == number)
        {
            visitor.Account = number;
            visitor.AccountNumber = place.LoggedInUser;
            visitor.PassesEmail = visitor.PassesPhone = false;
        }
        return true;
    }
}
