using System.Globalization;
using System.Text;

namespace Throughline.Cli.Tests.Faults;

/// <summary>One request's events as lines of JSON.</summary>
internal sealed record LoadBatch(string[] Ids, byte[] Body);

/// <summary>
/// Events of a small world, dense enough that customers meet, conversions are credited, refunded and evaluated again. The
/// same seed gives the same events.
/// </summary>
internal sealed class LoadEvents(int seed, string prefix)
{
    private const int MaxEvents = 120;
    private const int People = 60;

    private static readonly DateTimeOffset Start = new(2025, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Random random = new(seed);
    private int count;

    public LoadBatch Next()
    {
        string[] ids = new string[random.Next(4) == 0 ? 1 : random.Next(1, MaxEvents)];
        StringBuilder body = new();
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = $"{prefix}-{count++}";
            body.Append(Event(ids[i])).Append('\n');
        }
        return new(ids, Encoding.UTF8.GetBytes(body.ToString()));
    }

    private string Event(string id)
    {
        string time = Start.AddSeconds(random.Next(7200)).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        string rest = random.Next(10) switch
        {
            0 or 1 => """ "type":"request","request":{"method":"GET","host":"shop.example","path":"/a","status":200,"bytes":10} """,
            2 or 3 => """ "type":"click","campaign":"spring" """,
            4 => """ "type":"view","campaign":"autumn" """,
            5 => """ "type":"identify" """,
            6 when count > 1 => $$$""" "type":"refund","refund":{"conversion":"{{{prefix}}}-{{{random.Next(count)}}}","value":{"minor":5,"currency":"EUR"}} """,
            _ => $$$""" "type":"conversion","conversion":{"value":{"minor":{{{random.Next(1000)}}},"currency":"EUR"}} """,
        };
        int person = random.Next(People);
        string second = random.Next(5) == 0 ? $$""",{"type":"cookie","value":"c{{random.Next(People)}}"}""" : "";
        string context = $$"""{"address":"192.0.2.{{random.Next(20)}}","userAgent":"Mozilla/5.0 (X11; Linux x86_64) Firefox/127.0"}""";
        string who = $$"""[{"type":"user","value":"u{{person}}"}{{second}}]""";
        return $$"""{"id":"{{id}}","time":"{{time}}",{{rest}},"identifiers":{{who}},"context":{{context}}}""";
    }
}
