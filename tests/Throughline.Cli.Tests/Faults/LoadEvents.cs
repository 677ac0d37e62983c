using System.Globalization;
using System.Text;

namespace Throughline.Cli.Tests.Faults;

/// <summary>One request's events as lines of JSON.</summary>
internal sealed record LoadBatch(string[] Ids, byte[] Body);

/// <summary>
/// Events of a small world, dense enough that customers meet, conversions are credited, refunded and evaluated again. The
/// same seed gives the same events.
/// </summary>
internal sealed class LoadEvents(int seed, string prefix, int most = LoadEvents.MaxEvents)
{
    /// <summary>Events of one batch at most.</summary>
    public const int MaxEvents = 120;
    private const int People = 6;
    private const int EventsOfSome = 100;

    private static readonly DateTimeOffset Start = new(2025, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Random random = new(seed);
    private int count;

    public LoadBatch Next()
    {
        string[] ids = new string[random.Next(4) == 0 ? 1 : random.Next(1, most + 1)];
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
        string time = Start
            .AddSeconds(random.Next(7200))
            .ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        string rest = random.Next(10) switch
        {
            0 or 1 =>
                """ "type":"request","request":{"method":"GET","host":"shop.example","path":"/a","status":200,"bytes":10} """,
            2 or 3 => """ "type":"click","campaign":"spring" """,
            4 => """ "type":"view","campaign":"autumn" """,
            5 => """ "type":"identify" """,
            6 when count > 1 =>
                $$$""" "type":"refund","refund":{"conversion":"{{{prefix}}}-{{{random.Next(Math.Max(0, count - EventsOfSome), count)}}}","value":{"minor":5,"currency":"EUR"}} """,
            _ =>
                $$$""" "type":"conversion","conversion":{"value":{"minor":{{{random.Next(1000)}}},"currency":"EUR"}} """,
        };
        // People come and go, so that no customer grows for ever.
        string person = $"{prefix}-{count / EventsOfSome}-{random.Next(People)}";
        string second = random.Next(3) == 0 ? $$""",{"type":"cookie","value":"{{person}}-{{random.Next(3)}}"}""" : "";
        string context =
            $$"""{"address":"192.0.2.{{random.Next(20)}}","userAgent":"Mozilla/5.0 (X11; Linux x86_64) Firefox/127.0"}""";
        string who = $$"""[{"type":"user","value":"{{person}}"}{{second}}]""";
        return $$"""{"id":"{{id}}","time":"{{time}}",{{rest}},"identifiers":{{who}},"context":{{context}}}""";
    }
}
