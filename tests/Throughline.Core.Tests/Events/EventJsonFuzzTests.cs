using System.Text;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Events;

/// <summary>Random damage to good events: refused with a reason, or an event that round-trips; never an exception.</summary>
public sealed class EventJsonFuzzTests
{
    private static readonly byte[][] Samples =
    [
        .. EventSamples.All.Values.Select(Encoding.UTF8.GetBytes),
        .. HostilePayloads.All.Where(payload => payload.Bytes.Length < 2000).Select(payload => payload.Bytes),
    ];

    private static readonly string[] Fragments =
    [
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "null",
        "true",
        "0",
        "-1",
        "1e400",
        "\\u0000",
        "\\ud800",
        "\\u00e9",
        "\u0001",
        "é",
        "😀",
        "\"id\":",
        "\"type\":",
        "\"value\":",
        "\"time\":0",
        "\"a\":1,",
        "\"identifiers\":[]",
        "\"EUR\"",
        "\"refund\"",
        "@",
        "%40",
        "/",
        "~",
        " ",
    ];

    [Fact]
    public void TryParse_DamagedJson_IsRefusedOrRoundTrips()
    {
        Random random = Seeds.Random();
        int rounds = LongTests.Rounds(30_000, 2_000_000);
        var read = new RawEvent();
        int accepted = 0;
        for (int round = 0; round < rounds; round++)
        {
            byte[] json = Samples[random.Next(round % 2 == 0 ? EventSamples.All.Count : Samples.Length)];
            for (int change = random.Next(1, 4); change > 0; change--)
                json = Damage(json, random);
            if (EventJson.TryParse(json, IdentifierRules.Default, read, out Rejection rejection))
            {
                accepted++;
                CheckRoundTrip(json);
            }
            else
            {
                Assert.NotEqual(default, rejection.Reason);
                Assert.True(rejection.Pointer.Length == 0 || rejection.Pointer[0] == '/', rejection.Pointer);
            }
        }
        Assert.InRange(accepted, rounds / 100, rounds);
    }

    [Fact]
    public void TryParse_AcceptedJson_IsJsonToTheFrameworkToo()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < LongTests.Rounds(5_000, 200_000); round++)
        {
            byte[] json = Damage(Samples[random.Next(EventSamples.All.Count)], random);
            if (!EventJson.TryParse(json, out _, out _))
                continue;
            using JsonDocument document = JsonDocument.Parse(json);
            string[] names = [.. document.RootElement.EnumerateObject().Select(member => member.Name)];
            Assert.Equal(names.Length, names.Distinct().Count());
        }
    }

    private static void CheckRoundTrip(byte[] json)
    {
        byte[] record = EventSamples.Encode(Encoding.UTF8.GetString(json));
        Assert.True(EventRecord.TryFromUntrusted(record, out _, out string error), error);
        string written = EventSamples.Write(record, opened: true);
        Assert.Equal(Convert.ToHexString(record), Convert.ToHexString(EventSamples.Encode(written)));
        EventSamples.Write(record, opened: false);
    }

    private static byte[] Damage(byte[] json, Random random)
    {
        if (json.Length == 0)
            return json;
        int at = random.Next(json.Length);
        int end = Math.Min(json.Length, at + random.Next(1, 12));
        switch (random.Next(6))
        {
            case 0:
                byte[] changed = [.. json];
                changed[at] = (byte)random.Next(256);
                return changed;
            case 1:
                return
                [
                    .. json[..at],
                    .. Encoding.UTF8.GetBytes(Fragments[random.Next(Fragments.Length)]),
                    .. json[at..],
                ];
            case 2:
                return [.. json[..at], .. json[end..]];
            case 3:
                return [.. json[..end], .. json[at..]];
            case 4:
                byte[] printable = [.. json];
                printable[at] = (byte)random.Next(32, 127);
                return printable;
            default:
                byte[] other = Samples[random.Next(Samples.Length)];
                return [.. json[..at], .. other[Math.Min(at, other.Length)..]];
        }
    }
}
