using System.Globalization;

namespace Throughline.Cli.Tests.Gate;

/// <summary>A log of a shop's requests, of each of which it is known who made it; the same for the same seed.</summary>
/// <param name="servesStatic">Whether the shop's pictures, styles and scripts are in its log; else they come from elsewhere.</param>
/// <param name="day">The day that the log begins on.</param>
internal sealed class SiteLog(int seed, bool servesStatic, int day = 0)
{
    public const string Site = "https://shop.example";

    private static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    private readonly List<(double Time, string Line, string Actor)> lines = [];

    public Random Random { get; } = new(seed);

    public bool ServesStatic => servesStatic;

    /// <summary>All requests in the order of time.</summary>
    public IReadOnlyList<(double Time, string Line, string Actor)> InOrder() => [.. lines.OrderBy(x => x.Time)];

    /// <param name="time">Seconds since the day began.</param>
    /// <param name="actor">Who it is, for the test.</param>
    public void Add(double time, string actor, Client client, string request, int status, string referrer = "")
    {
        string at = Start
            .AddDays(day)
            .AddSeconds(time)
            .ToString("dd/MMM/yyyy:HH:mm:ss '+0000'", CultureInfo.InvariantCulture);
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{client.Address} - - [{at}] \"{request} HTTP/1.1\" {status} {Random.Next(200, 30_000)} \"{(referrer.Length == 0 ? "-" : referrer)}\" \"{client.Agent}\""
        );
        lines.Add((time, line, actor));
    }

    public T One<T>(params IReadOnlyList<T> of) => of[Random.Next(of.Count)];

    public double Wait(double mean) => -mean * Math.Log(1 - Random.NextDouble());

    public string Page() => string.Create(CultureInfo.InvariantCulture, $"/p/{Random.Next(400)}");

    public string Address() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Random.Next(11, 180)}.{Random.Next(256)}.{Random.Next(256)}.{Random.Next(1, 255)}"
        );

    public string Desktop() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Mozilla/5.0 ({One("Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64")}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{Random.Next(100, 141)}.0.0.0 Safari/537.36"
        );

    public string Phone() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Mozilla/5.0 (Linux; Android {Random.Next(9, 16)}; {One("SM-S911B", "Pixel 8", "CPH2211", "M2101K6G", "moto g(30)")}{One("", "; wv")}) AppleWebKit/537.36 (KHTML, like Gecko) {One("", "Version/4.0 ")}Chrome/{Random.Next(100, 141)}.0.0.0 Mobile Safari/537.36{One("", " [FB_IAB/FB4A;FBAV/511.0.0.49.90;]", " Instagram 380.0.0.28.104 Android")}"
        );
}

/// <summary>What a site sees of whoever asks.</summary>
internal sealed record Client(string Address, string Agent);
