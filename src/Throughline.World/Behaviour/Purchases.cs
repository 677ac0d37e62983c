using Throughline.Core.Events;
using Throughline.World.Population;

namespace Throughline.World.Behaviour;

/// <summary>
/// When a visit ends in a conversion, and what follows. The stated rule: a purchase in 4 % of visits, 5 points more if the
/// visit began with a click or an opened message, 3 points more if the person had a campaign touch in the 7 days before; a sign-up in 2 %.
/// </summary>
internal sealed class Purchases(Stage stage)
{
    private const int BasePercent = 4;
    private const int ClickedPercent = 5;
    private const int TouchedPercent = 3;
    private const int SignupPercent = 2;
    private const int TwicePerMille = 25;
    private const int RefundedPercent = 9;

    public void Consider(ref Visitor visitor, long time, bool clicked, bool touchedLately, ref Chance chance)
    {
        int percent = BasePercent + (clicked ? ClickedPercent : 0) + (touchedLately ? TouchedPercent : 0);
        if (chance.Percent(percent))
            Buy(ref visitor, time, ref chance);
        else if (chance.Percent(SignupPercent))
            SignUp(ref visitor, time, ref chance);
    }

    /// <summary>A sale in a shop of stone, reported by its till: a loyalty card's account or the phone number said aloud.</summary>
    public void BuyInStore(int number, long time, ref Chance chance)
    {
        ref readonly Person person = ref stage.Census.People[number];
        int phone = person.PhoneAt(stage.DayOf(time));
        ref Draft sale = ref stage.Add(EventType.Conversion, time);
        sale.Actor = number;
        if (person.Card && chance.Percent(80))
        {
            sale.Shown |= Shown.Card;
            sale.CardHolder = number;
        }
        else if (phone >= 0)
        {
            sale.Shown |= Shown.Phone;
            sale.Phone = phone;
        }
        if (sale.Shown == Shown.None || chance.Percent(65))
        {
            sale.Shown |= Shown.User;
            sale.User = number;
        }
        Price(ref sale, person.Currency, ref chance);
        FollowUp(sale, ref chance);
    }

    private void Buy(ref Visitor visitor, long time, ref Chance chance)
    {
        PageViews.Request(ref visitor, Page.Cart, 0, time, ref chance);
        time += chance.Between(4_000, 30_000);
        PageViews.Request(ref visitor, Page.Checkout, 0, time, ref chance);
        time += chance.Between(15_000, 120_000);
        ref Draft pay = ref PageViews.Request(ref visitor, Page.Checkout, 0, time, ref chance);
        (pay.Post, pay.Status) = (true, 302);
        ref Draft sale = ref visitor.Add(EventType.Conversion, time + chance.Between(100, 1_500));
        // Logged in: the account's e-mail. A guest types one.
        if (visitor.Account >= 0 && !visitor.SaysUnknown)
            visitor.ShowAccount(ref sale, email: true, phone: chance.Percent(15));
        else
            visitor.TypeEmail(ref sale, ref chance);
        Price(ref sale, stage.Census.People[visitor.Person].Currency, ref chance);
        FollowUp(sale, ref chance);
    }

    private static void SignUp(ref Visitor visitor, long time, ref Chance chance)
    {
        ref Draft signup = ref visitor.Add(EventType.Conversion, time);
        visitor.TypeEmail(ref signup, ref chance);
        signup.ConversionKind = ConversionKind.Signup;
        signup.Minor = 500;
    }

    private void Price(ref Draft sale, byte currency, ref Chance chance)
    {
        sale.Order = stage.NewOrder();
        sale.Currency = currency;
        sale.AsAmount = chance.Percent(30);
        int items = 1 + chance.Weighted([55, 25, 12, 8]);
        for (; items > 0; items--)
            sale.Minor += chance.Between(499, chance.Percent(15) ? 24_999 : 5_999);
    }

    // The same order reported twice under another id; refunds in one or two parts.
    private void FollowUp(Draft sale, ref Chance chance)
    {
        if (chance.PerMillion(TwicePerMille * 1000))
        {
            long later = chance.Percent(70) ? chance.Between(1_000, 60_000) : chance.Between(60_000, 10_000_000);
            ref Draft again = ref Report(sale, EventType.Conversion, sale.Time + later);
            again.ConversionKind = sale.ConversionKind;
            again.Minor = sale.Minor;
        }
        if (!chance.Percent(RefundedPercent))
            return;
        long back = sale.Time + Stage.DayMs / 4 + chance.Below((int)(14 * Stage.DayMs));
        bool whole = chance.Percent(65);
        ref Draft refund = ref Report(sale, EventType.Refund, back);
        refund.Minor = whole ? sale.Minor : 1 + sale.Minor * chance.Between(10, 60) / 100;
        refund.ByOrder = chance.Percent(50);
        if (!whole && chance.Percent(25))
        {
            ref Draft second = ref Report(sale, EventType.Refund, back + chance.Below((int)(5 * Stage.DayMs)) + 1);
            second.Minor = 1 + sale.Minor * chance.Between(5, 30) / 100;
            second.ByOrder = chance.Percent(50);
        }
    }

    // A statement of the shop's own servers about an order: the buyer's account or e-mail, no surface, no context.
    private ref Draft Report(in Draft sale, EventType type, long time)
    {
        ref Draft report = ref stage.Add(type, time);
        report.Actor = sale.Actor;
        report.Shown = sale.Shown & (Shown.User | Shown.Email | Shown.JunkEmail | Shown.Phone | Shown.Card);
        report.User = sale.User;
        report.UserAccount = sale.UserAccount;
        report.EmailOwner = sale.EmailOwner;
        report.EmailNumber = sale.EmailNumber;
        report.Phone = sale.Phone;
        report.CardHolder = sale.CardHolder;
        report.Currency = sale.Currency;
        report.Order = sale.Order;
        report.Conversion = sale.Id;
        return ref report;
    }
}
