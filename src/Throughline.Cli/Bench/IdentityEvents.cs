using System.Globalization;
using System.Text;
using Throughline.Core.Events;

namespace Throughline.Cli.Bench;

/// <summary>
/// Identify events of customers with four identifiers each (user, e-mail, cookie, device), as records. A customer is seen three
/// times, about 3,000 events apart: at the log-in (user, e-mail), on the device (user, cookie, device), and with all four.
/// </summary>
internal sealed class IdentityEvents(IEventKeys keys)
{
    public const int IdentifiersPerCustomer = 4;
    public const int EventsPerCustomer = 3;

    private const int Crowd = 3_000; // customers who are under way at a time
    public const long Start = 1_780_000_000_000; // milliseconds since 1970
    private const int PerSecond = 1_000;

    private readonly EventEncoder encoder = new(keys);
    private readonly RawEvent parsed = new();
    private long number;

    /// <summary>Appends the next event of the mix, of 2 to 4 identifiers.</summary>
    public void Next(RecordBuffer target)
    {
        (long crowd, long at) = Math.DivRem(number, Crowd * EventsPerCustomer);
        (long visit, long one) = Math.DivRem(at, Crowd);
        long customer = crowd * Crowd + one;
        Show(
            target,
            visit switch
            {
                0 => [User(customer), Email(customer)],
                1 => [User(customer), Cookie(customer), Device(customer)],
                _ => [User(customer), Email(customer), Cookie(customer), Device(customer)],
            }
        );
    }

    /// <summary>Appends a customer's four identifiers as one event.</summary>
    public void Whole(RecordBuffer target, long customer) =>
        Show(target, [User(customer), Email(customer), Cookie(customer), Device(customer)]);

    /// <summary>Appends one link: a customer on a device that was never seen.</summary>
    public void Link(RecordBuffer target, long customer) => Show(target, [User(customer), Device(-1 - number)]);

    /// <summary>The next event is a day later.</summary>
    public void NextDay() => number += 86_400L * PerSecond;

    /// <summary>The body of a question for a customer by the e-mail address.</summary>
    public static byte[] Question(long customer)
    {
        (string type, string value) = Email(customer);
        return Encoding.UTF8.GetBytes($$"""{"type":"{{type}}","value":"{{value}}"}""");
    }

    private static (string Type, string Value) User(long customer) => ("user", Text("u-", customer));

    private static (string Type, string Value) Email(long customer) => ("email", Text("c", customer) + "@example.com");

    private static (string Type, string Value) Cookie(long customer) => ("cookie", Text("k-", customer));

    private static (string Type, string Value) Device(long customer) => ("device", Text("d-", customer));

    private static string Text(string prefix, long number) => prefix + number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Appends an event that shows these identifiers.</summary>
    public void Show(RecordBuffer target, ReadOnlySpan<(string Type, string Value)> identifiers)
    {
        StringBuilder json = new();
        string time = DateTimeOffset
            .FromUnixTimeMilliseconds(Start + number * 1000 / PerSecond)
            .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        json.Append(
            CultureInfo.InvariantCulture,
            $$"""{"id":"i-{{number++}}","type":"identify","time":"{{time}}","identifiers":["""
        );
        foreach ((string type, string value) in identifiers)
            json.Append(CultureInfo.InvariantCulture, $$"""{"type":"{{type}}","value":"{{value}}"},""");
        json.Length--;
        json.Append("]}");
        byte[] line = Encoding.UTF8.GetBytes(json.ToString());
        if (!EventJson.TryParse(line, IdentifierRules.Default, parsed, out Rejection rejection))
            throw new InvalidDataException($"not an event: {rejection}");
        encoder.Encode(parsed, backfill: false, target);
    }
}
