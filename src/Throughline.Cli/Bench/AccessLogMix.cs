using System.Globalization;

namespace Throughline.Cli.Bench;

/// <summary>
/// Writes an access log of the combined form as a shop's server would: people who open a page with its files and go on by links, crawlers,
/// scanners that probe, and libraries that ask for prices. So many visits are under way at any time, each at its own pace; the lines
/// are in the order of time. Always the same log for the same number of lines.
/// </summary>
internal static class AccessLogMix
{
    private const int Seed = 20_260_602;
    private const int VisitsAtOnce = 400;
    private const int Products = 20_000;
    private static readonly DateTime Start = new(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly string[] Browsers =
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.{0} Mobile/15E148 Safari/604.1",
    ];

    private static readonly string[] Crawlers =
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
        "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    ];

    private static readonly string[] Libraries = ["python-requests/2.32.3", "curl/8.5.0", "Go-http-client/1.1", "-"];

    private static readonly string[] Probes =
    [
        "/wp-login.php",
        "/.env",
        "/.git/config",
        "/phpmyadmin/index.php",
        "/admin/login",
        "/backup.sql",
        "/cgi-bin/test.cgi",
        "/shell.php",
        "/?id=1%27%20UNION%20SELECT%20password%20FROM%20users--",
        "/actuator/health",
        "/index.php?page=../../../../etc/passwd",
        "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php",
    ];

    private static readonly string[] Assets =
    [
        "/static/site.css",
        "/static/app.9f3a.js",
        "/static/logo.svg",
        "/img/p/{0}/large.webp",
        "/img/p/{0}/small.webp",
        "/favicon.ico",
    ];

    private enum Kind
    {
        Person,
        Crawler,
        Scanner,
        Library,
    }

    /// <summary>Writes so many lines.</summary>
    public static void Write(string path, int lines, CancellationToken cancellation)
    {
        Random chance = new(Seed);
        using StreamWriter target = new(path) { NewLine = "\n" };
        PriorityQueue<Visit, (long Time, int Number)> next = new();
        int visits = 0;
        for (; visits < VisitsAtOnce; visits++)
            next.Enqueue(new(chance), (chance.Next(60_000), visits));
        for (int line = 0; line < lines; line++)
        {
            if (line % 10_000 == 0)
                cancellation.ThrowIfCancellationRequested();
            next.TryDequeue(out Visit? visit, out (long Time, int Number) at);
            visit!.WriteLine(target, Start.AddMilliseconds(at.Time), chance);
            long then = at.Time + visit.Pause(chance);
            if (visit.IsOver)
                next.Enqueue(new(chance), (then, visits++));
            else
                next.Enqueue(visit, (then, at.Number));
        }
    }

    private sealed class Visit
    {
        private readonly Kind kind;
        private readonly string address;
        private readonly string agent;
        private int left;
        private int assetsLeft;
        private int product;
        private string referrer = "-";

        public Visit(Random chance)
        {
            kind = chance.Next(100) switch
            {
                < 88 => Kind.Person,
                < 94 => Kind.Crawler,
                < 96 => Kind.Scanner,
                _ => Kind.Library,
            };
            address = string.Create(
                CultureInfo.InvariantCulture,
                $"{chance.Next(11, 200)}.{chance.Next(256)}.{chance.Next(256)}.{chance.Next(1, 255)}"
            );
            (agent, left) = kind switch
            {
                Kind.Person => (
                    string.Format(
                        CultureInfo.InvariantCulture,
                        Browsers[chance.Next(Browsers.Length)],
                        chance.Next(120, 145)
                    ),
                    chance.Next(1, 12)
                ),
                Kind.Crawler => (Crawlers[chance.Next(Crawlers.Length)], chance.Next(20, 400)),
                Kind.Scanner => (
                    chance.Next(2) == 0
                        ? Browsers[0].Replace("{0}", "98", StringComparison.Ordinal)
                        : "Mozilla/5.0 zgrab/0.x",
                    chance.Next(30, 300)
                ),
                _ => (Libraries[chance.Next(Libraries.Length)], chance.Next(10, 60)),
            };
        }

        public bool IsOver => left <= 0 && assetsLeft <= 0;

        /// <summary>Milliseconds until its next request.</summary>
        public int Pause(Random chance) =>
            kind switch
            {
                Kind.Person => assetsLeft > 0 ? chance.Next(5, 150) : chance.Next(3_000, 60_000),
                Kind.Crawler => chance.Next(1_000, 15_000),
                Kind.Scanner => chance.Next(50, 900),
                _ => chance.Next(2_000, 60_000),
            };

        public void WriteLine(TextWriter target, DateTime time, Random chance)
        {
            bool isAsset = assetsLeft > 0;
            string path = isAsset ? Asset() : Page(chance);
            int status =
                kind == Kind.Scanner ? (chance.Next(20) == 0 ? 200 : 404)
                : isAsset && chance.Next(4) == 0 ? 304
                : chance.Next(60) == 0 ? 404
                : 200;
            int size = status == 304 ? 0 : chance.Next(300, 60_000);
            string method = kind == Kind.Person && path == "/cart" ? "POST" : "GET";
            target.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{address} - - [{time:dd/MMM/yyyy:HH:mm:ss} +0000] \"{method} {path} HTTP/1.1\" {status} {size} \"{referrer}\" \"{agent}\""
                )
            );
            if (kind == Kind.Person && !isAsset)
                referrer = "https://shop.example" + path;
        }

        private string Asset() => string.Format(CultureInfo.InvariantCulture, Assets[--assetsLeft], product);

        private string Page(Random chance)
        {
            left--;
            if (kind == Kind.Person)
                assetsLeft = Assets.Length;
            if (kind == Kind.Scanner)
                return Probes[chance.Next(Probes.Length)];
            product = (int)(Products * Math.Pow(chance.NextDouble(), 3)); // a few are asked for again and again
            return chance.Next(10) switch
            {
                0 when kind == Kind.Crawler => "/robots.txt",
                0 => "/",
                1 => string.Create(CultureInfo.InvariantCulture, $"/search?q=item+{product}&size=m"),
                2 when kind == Kind.Person => "/cart",
                < 5 => string.Create(CultureInfo.InvariantCulture, $"/c/{product % 40}?page={1 + product % 9}"),
                _ => string.Create(CultureInfo.InvariantCulture, $"/p/{product}-trail-runner"),
            };
        }
    }
}
