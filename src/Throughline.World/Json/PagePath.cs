using Throughline.World.Behaviour;
using Throughline.World.Marketing;

namespace Throughline.World.Json;

/// <summary>The paths of the shop's pages and the sites that send visitors.</summary>
internal static class PagePath
{
    private static readonly byte[][] Terms =
    [
        "running+shoes"u8.ToArray(),
        "rain+jacket"u8.ToArray(),
        "desk+lamp"u8.ToArray(),
        "coffee+grinder"u8.ToArray(),
        "backpack+30l"u8.ToArray(),
        "yoga+mat"u8.ToArray(),
        "headphones"u8.ToArray(),
        "garden+chair"u8.ToArray(),
    ];

    public static void Write(Utf8Line line, Page page, int number, Campaign? campaign)
    {
        switch (page)
        {
            case Page.Category:
                Numbered(line, "/c/"u8, number);
                break;
            case Page.Product:
                Numbered(line, "/p/"u8, number);
                break;
            case Page.Search:
                line.Raw("/search?q="u8);
                line.Raw(Terms[number % Terms.Length]);
                break;
            case Page.Cart:
                line.Raw("/cart"u8);
                break;
            case Page.Checkout:
                line.Raw("/checkout"u8);
                break;
            case Page.Login:
                line.Raw("/login"u8);
                break;
            case Page.Account:
                line.Raw("/account"u8);
                break;
            case Page.Robots:
                line.Raw("/robots.txt"u8);
                break;
            case Page.Sitemap:
                line.Raw("/sitemap.xml"u8);
                break;
            case Page.Script:
                Numbered(line, "/static/app."u8, number);
                line.Raw(".js"u8);
                break;
            case Page.Image:
                Numbered(line, "/img/"u8, number);
                line.Raw(".webp"u8);
                break;
            case Page.StockApi:
                Numbered(line, "/api/stock/"u8, number);
                break;
            case Page.Landing:
                Numbered(line, "/p/"u8, number);
                if (campaign is null)
                    break;
                line.Raw("?utm_source="u8);
                line.Raw(campaign.ChannelUtf8);
                line.Raw("&utm_campaign="u8);
                line.Raw(campaign.IdUtf8);
                break;
            default:
                line.Raw((byte)'/');
                break;
        }
    }

    public static ReadOnlySpan<byte> SiteOf(Site site) =>
        site switch
        {
            Site.Search => "https://www.google.com/"u8,
            Site.OtherSearch => "https://www.bing.com/"u8,
            Site.Social => "https://www.instagram.com/"u8,
            Site.Video => "https://www.youtube.com/"u8,
            Site.News => "https://news.example/today"u8,
            _ => "https://deals.example/best"u8,
        };

    private static void Numbered(Utf8Line line, ReadOnlySpan<byte> before, int number)
    {
        line.Raw(before);
        line.Number(number);
    }
}
