using System.Globalization;
using Throughline.Cel.Library;
using Throughline.Core.Gate.Requests;

namespace Throughline.Cli.Bench;

/// <summary>Requests as a shop sees them: mostly people with browsers, some crawlers and libraries, a few that probe. Always the same ones.</summary>
internal sealed class GateMix
{
    /// <summary>They are used again and again, in turn.</summary>
    public const int Different = 1000;

    private const string Host = "shop.example";

    private static readonly string[] Browsers =
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    ];

    private static readonly string[] Machines =
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "python-requests/2.32.3",
        "curl/8.5.0",
    ];

    private static readonly string[] Paths =
    [
        "/",
        "/c/shoes",
        "/c/shoes?page=2&sort=price",
        "/p/10423-trail-runner",
        "/p/884-sun-hat?utm_source=mail&utm_campaign=june",
        "/cart",
        "/search?q=blue%20jacket&size=m",
        "/static/app.9f3a.js",
        "/static/site.css",
        "/img/p/10423/large.webp",
        "/api/stock?sku=10423,884,17",
        "/robots.txt",
    ]; // csharpier-ignore

    private readonly EdgeRequest[] requests = new EdgeRequest[Different];

    public GateMix()
    {
        Random chance = new(20_260_601);
        for (int i = 0; i < Different; i++)
            requests[i] = Make(chance);
    }

    public EdgeRequest this[int number] => requests[number % Different];

    private static EdgeRequest Make(Random chance)
    {
        bool machine = chance.Next(100) < 25;
        string target = chance.Next(100) < 2 ? "/wp-login.php" : Paths[chance.Next(Paths.Length)];
        int query = target.IndexOf('?', StringComparison.Ordinal);
        EdgeRequest request = new()
        {
            Knowledge =
                RequestKnowledge.Headers | RequestKnowledge.Cookies | RequestKnowledge.Agent | RequestKnowledge.Host,
            Method = chance.Next(20) == 0 ? "POST" : "GET",
            Path = query < 0 ? target : target[..query],
            Query = query < 0 ? "" : target[(query + 1)..],
            Host = Host,
            Scheme = "https",
            UserAgent = machine ? Machines[chance.Next(Machines.Length)] : Browsers[chance.Next(Browsers.Length)],
            Address = IpAddress.Of((UInt128)(0xCB00_7100u + (uint)chance.Next(200_000)), isV6: false),
        };
        AddHeaders(request, machine, chance);
        return request;
    }

    private static void AddHeaders(EdgeRequest request, bool machine, Random chance)
    {
        void Add(string name, string value) => request.Headers.Add(new(name, value));
        Add("host", Host);
        Add("user-agent", request.UserAgent!);
        Add("accept", machine ? "*/*" : "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        Add("accept-encoding", "gzip, deflate, br");
        if (machine)
            return;
        Add("accept-language", "de-DE,de;q=0.9,en;q=0.8");
        Add("sec-fetch-site", "same-origin");
        Add("sec-fetch-mode", "navigate");
        Add("sec-fetch-dest", "document");
        Add("referer", $"https://{Host}/");
        Add(
            "cookie",
            string.Create(CultureInfo.InvariantCulture, $"sid={chance.Next():x8}{chance.Next():x8}; consent=1")
        );
        request.Referrer = $"https://{Host}/";
    }
}
