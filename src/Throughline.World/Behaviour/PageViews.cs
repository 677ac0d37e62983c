using Throughline.Core.Events;

namespace Throughline.World.Behaviour;

/// <summary>What one page of the shop costs and leads to.</summary>
internal static class PageViews
{
    /// <summary>A request of a visitor; it becomes the page that the next one follows, unless it is a part of a page.</summary>
    public static ref Draft Request(ref Visitor visitor, Page page, int number, long time, ref Chance chance)
    {
        ref Draft request = ref visitor.Add(EventType.Request, time);
        request.Page = page;
        request.PageNumber = number;
        request.Status = (short)(
            chance.PerMillion(12_000) ? 404
            : page is Page.Script or Page.Image && chance.Percent(40) ? 304
            : 200
        );
        request.Bytes = request.Status == 304 ? 0 : chance.Between(2_000, 90_000);
        if (visitor.FromPage != Page.None)
        {
            request.Site = Site.Inside;
            request.FromPage = visitor.FromPage;
            request.FromNumber = visitor.FromNumber;
        }
        if (page is not (Page.Script or Page.Image or Page.StockApi))
        {
            visitor.FromPage = page == Page.Landing ? Page.Product : page;
            visitor.FromNumber = number;
        }
        return ref request;
    }
}
