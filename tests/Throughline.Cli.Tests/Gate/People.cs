using System.Globalization;

namespace Throughline.Cli.Tests.Gate;

/// <summary>A day of people only, each kind of which rules could take for bots.</summary>
internal sealed class People(SiteLog log)
{
    private const string Fleet =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0";
    private const double Day = 86_400;

    private static readonly string[] Icons =
    [
        "/apple-touch-icon.png",
        "/apple-touch-icon-precomposed.png",
        "/apple-touch-icon-120x120.png",
        "/favicon.ico",
        "/browserconfig.xml",
        "/manifest.json",
        "/site.webmanifest",
        "/.well-known/assetlinks.json",
        "/.well-known/apple-app-site-association",
        "/apple-app-site-association",
        "/sitemap.xml",
        "/ads.txt",
        "/service-worker.js",
    ];

    public void Everybody()
    {
        Visitors(1_500);
        Office(300);
        Branches(60);
        Sale(1_500);
        Carrier(2_000);
        Newsletter(500);
        BrokenPages(200);
        WithoutReferrers(120);
        LongReaders(30);
        ManyTabs(60);
        Forgetful(100);
        Applications(50);
        OldPhones(100);
    }

    public void Visitors(int people)
    {
        for (int i = 0; i < people; i++)
            Visit("visitor", log.Random.NextDouble() * Day, new(log.Address(), log.Desktop()));
    }

    // One address, one browser, and many log in.
    private void Office(int people)
    {
        Client office = new("198.51.100.10", Fleet);
        for (int i = 0; i < people; i++)
        {
            double at = Visit("office", 28_800 + log.Wait(1_800), office);
            if (i % 2 == 0)
                LogIn("office", at, office, failures: i % 20 == 0 ? 1 : 0);
        }
    }

    private void Branches(int addresses)
    {
        for (int i = 0; i < addresses * 4; i++)
            Visit(
                "branch",
                30_000 + log.Random.NextDouble() * 3_600,
                new(string.Create(CultureInfo.InvariantCulture, $"198.51.{i % addresses}.7"), Fleet)
            );
    }

    // All at once, from messages and apps, again and again the same page.
    private void Sale(int people)
    {
        for (int i = 0; i < people; i++)
        {
            double at = 50_000 + log.Random.NextDouble() * 300;
            Client client = new(log.Address(), log.One(log.Phone(), log.Desktop()));
            int tries = log.Random.Next(1, 8);
            for (int k = 0; k < tries; k++, at += 1 + log.Random.NextDouble() * 14)
            {
                log.Add(
                    at,
                    "sale",
                    client,
                    "GET /p/7",
                    log.One(200, 200, 503),
                    log.One("", "https://www.instagram.com/")
                );
                if (k == 0)
                    Parts("sale", at, client, "/p/7");
            }
            if (i % 3 != 0)
                continue;
            log.Add(at, "sale", client, "POST /cart", 302, SiteLog.Site + "/p/7");
            log.Add(at + 5, "sale", client, "POST /checkout", 302, SiteLog.Site + "/cart");
        }
    }

    // Thousands of phones behind a few addresses, from apps that pass no referrer on, often with all in their caches.
    private void Carrier(int people)
    {
        for (int i = 0; i < people; i++)
            Visit(
                "carrier",
                log.Random.NextDouble() * Day,
                new(string.Create(CultureInfo.InvariantCulture, $"203.0.113.{i % 16}"), log.Phone()),
                pages: log.One(1, 1, 1, 2, 3, 5),
                cached: i % 3 == 0,
                from: log.One("", "", "https://www.google.com/")
            );
    }

    private void Newsletter(int people)
    {
        for (int i = 0; i < people; i++)
            Visit(
                "newsletter",
                60_000 + log.Wait(3_000),
                new(string.Create(CultureInfo.InvariantCulture, $"203.0.114.{i % 60}"), log.Phone()),
                pages: log.One(1, 1, 2),
                cached: i % 2 == 0,
                from: "",
                first: log.One("/c/1?utm_campaign=spring&utm_source=mail", "/p/3?utm_campaign=spring&utm_source=mail")
            );
    }

    private void BrokenPages(int people)
    {
        for (int i = 0; i < people; i++)
        {
            double at = log.Random.NextDouble() * Day;
            Client client = new(log.Address(), log.Desktop());
            at = Visit("broken", at, client, pages: 2);
            for (int k = 0; k < 25; k++, at += 5 + log.Wait(20))
            {
                log.Add(
                    at,
                    "broken",
                    client,
                    $"GET /old/{log.Random.Next(500)}",
                    log.One(404, 200),
                    SiteLog.Site + "/c/9"
                );
                if (log.ServesStatic)
                    log.Add(at, "broken", client, $"GET /img/old{k}.jpg", 404, SiteLog.Site + "/c/9");
            }
        }
    }

    private void WithoutReferrers(int people)
    {
        for (int i = 0; i < people; i++)
        {
            Client client = new(log.Address(), log.Desktop());
            double at = log.Random.NextDouble() * 40_000;
            Visit("no referrer", at, client, pages: log.Random.Next(1, 10), refers: false);
            Visit("no referrer", at + 43_000, client, pages: log.Random.Next(1, 10), refers: false, cached: true);
        }
    }

    private void LongReaders(int people)
    {
        for (int i = 0; i < people; i++)
            Visit(
                "long reader",
                log.Random.NextDouble() * 60_000,
                new(log.Address(), log.Desktop()),
                pages: log.Random.Next(60, 180),
                cached: i % 2 == 0
            );
    }

    // A browser that was started again, and a list whose entries are opened one after another.
    private void ManyTabs(int people)
    {
        for (int i = 0; i < people; i++)
        {
            Client client = new(log.Address(), log.Desktop());
            double at = log.Random.NextDouble() * 80_000;
            int tabs = log.Random.Next(5, 15);
            for (int k = 0; k < tabs; k++)
                log.Add(at + k * 0.3, "tabs again", client, "GET " + log.Page(), 200);
            Visit("tabs again", at + 60, client, from: SiteLog.Site + "/p/1");
            Client other = new(log.Address(), log.Desktop());
            Visit("tabs of a list", at, other, pages: 1, first: "/c/3");
            for (int k = 0; k < 25; k++)
                log.Add(at + 10 + k * 0.4, "tabs of a list", other, "GET " + log.Page(), 200, SiteLog.Site + "/c/3");
        }
    }

    private void Forgetful(int people)
    {
        for (int i = 0; i < people; i++)
            LogIn(
                "forgetful",
                log.Random.NextDouble() * 80_000,
                new(log.Address(), log.Desktop()),
                failures: 1 + i % 5
            );
    }

    // Their session ends, and they do not notice.
    private void Applications(int people)
    {
        for (int i = 0; i < people; i++)
        {
            Client client = new(log.Address(), log.Desktop());
            double at = Visit("application", log.Random.NextDouble() * 70_000, client, pages: 2);
            for (int k = 0; k < 200; k++, at += 5)
                log.Add(
                    at,
                    "application",
                    client,
                    $"{log.One("GET", "POST")} /api/v1/{log.One("me", "cart", "poll")}",
                    k < 150 ? 200 : 401,
                    SiteLog.Site + "/app"
                );
        }
    }

    private void OldPhones(int people)
    {
        for (int i = 0; i < people; i++)
        {
            Client client = new(log.Address(), log.Phone());
            double at = Visit("old phone", log.Random.NextDouble() * 80_000, client, pages: 2);
            foreach (string icon in Icons)
                log.Add(at, "old phone", client, "GET " + icon, 404);
        }
    }

    private double Visit(
        string actor,
        double at,
        Client client,
        int? pages = null,
        bool refers = true,
        bool cached = false,
        string? from = null,
        string? first = null
    )
    {
        string referrer = from ?? log.One("https://www.google.com/", "", "https://www.bing.com/", "");
        string page = first ?? log.One(log.Page(), log.Page(), "/", $"/c/{log.Random.Next(30)}");
        int count = pages ?? 1 + (int)log.Wait(4);
        for (int i = 0; i < count; i++, at += 2 + log.Wait(25))
        {
            log.Add(at, actor, client, "GET " + page, 200, refers ? referrer : "");
            if (i == 0 && !cached)
                Parts(actor, at, client, page, refers);
            if (log.ServesStatic && (!cached || log.Random.Next(2) == 0))
                for (int k = log.Random.Next(4); k > 0; k--)
                    log.Add(
                        at + 1,
                        actor,
                        client,
                        $"GET /img/{log.Random.Next(900)}.jpg",
                        200,
                        refers ? SiteLog.Site + page : ""
                    );
            (referrer, page) = (SiteLog.Site + page, log.Page());
        }
        return at;
    }

    private void Parts(string actor, double at, Client client, string page, bool refers = true)
    {
        if (!log.ServesStatic)
            return;
        foreach (string part in (string[])["/css/site.css", "/js/app.js", "/img/logo.svg"])
            log.Add(at + 0.5, actor, client, "GET " + part, 200, refers ? SiteLog.Site + page : "");
        if (log.Random.Next(2) == 0)
            log.Add(at + 1, actor, client, "GET /favicon.ico", log.One(200, 404));
    }

    private void LogIn(string actor, double at, Client client, int failures)
    {
        log.Add(at, actor, client, "GET /login", 200, SiteLog.Site + "/");
        for (int i = 0; i <= failures; i++)
        {
            at += 6 + log.Random.NextDouble() * 14;
            log.Add(at, actor, client, "POST /login", i < failures ? 401 : 302, SiteLog.Site + "/login");
        }
        log.Add(at + 1, actor, client, "GET /account", 200, SiteLog.Site + "/login");
    }
}
