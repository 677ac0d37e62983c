using Throughline.Cel.Library;
using Throughline.Core.Gate.Requests;

namespace Throughline.Server.Edge.Rules;

/// <summary>Makes requests out of what a test case says of them.</summary>
internal static class CaseRequests
{
    public const string DefaultHost = "www.example.com";

    // What a current desktop browser sends when somebody opens a page.
    private static readonly HeaderField[] Browser =
    [
        new("sec-ch-ua", "\"Chromium\";v=\"140\", \"Not=A?Brand\";v=\"24\", \"Google Chrome\";v=\"140\""),
        new("sec-ch-ua-mobile", "?0"),
        new("sec-ch-ua-platform", "\"Windows\""),
        new("upgrade-insecure-requests", "1"),
        new(
            "user-agent",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
        ),
        new(
            "accept",
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
        ),
        new("sec-fetch-site", "none"),
        new("sec-fetch-mode", "navigate"),
        new("sec-fetch-user", "?1"),
        new("sec-fetch-dest", "document"),
        new("accept-encoding", "gzip, deflate, br, zstd"),
        new("accept-language", "en-GB,en;q=0.9"),
    ];

    /// <summary>A request at a time, all of whose features are known.</summary>
    public static EdgeRequest Make(GateCaseRequest from, long time)
    {
        int question = from.Path.IndexOf('?', StringComparison.Ordinal);
        EdgeRequest request = new()
        {
            Time = time,
            Knowledge =
                RequestKnowledge.Headers
                | RequestKnowledge.HeaderOrder
                | RequestKnowledge.Cookies
                | RequestKnowledge.Agent
                | RequestKnowledge.Host,
            Address = IpAddress.TryParse(from.Address, out IpAddress address, out _) ? address : null,
            Method = from.Method,
            Path = question < 0 ? from.Path : from.Path[..question],
            Query = question < 0 ? "" : from.Path[(question + 1)..],
            Host = from.Host ?? DefaultHost,
            Scheme = "https",
            Protocol = "HTTP/2",
            Ja3 = from.Ja3,
            Ja4 = from.Ja4,
            Asn = from.Asn,
            Country = from.Country,
            Session = from.Session,
        };
        request.Headers.AddRange(from.Headers ?? Browser);
        request.UserAgent = request.Header("user-agent");
        request.Referrer = request.Header("referer");
        return request;
    }
}
