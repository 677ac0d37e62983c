using System.Globalization;
using System.Text;
using Throughline.Cli.Service;

namespace Throughline.Cli.Bench;

/// <summary>
/// Journeys as events: customers come by in turn, each with a touch, and every 31st time with a conversion. So from a customer's second
/// conversion on there are exactly <see cref="Touches"/> touches in the window of <see cref="WindowDays"/> days.
/// </summary>
internal sealed class JourneyEvents
{
    /// <summary>Touches between two conversions of a customer.</summary>
    public const int Touches = 30;

    /// <summary>Days that a customer's touches and conversion take.</summary>
    public const int WindowDays = 30;

    private const int Cycle = Touches + 1;
    private const long Start = 1_735_689_600_000; // 2025-01-01, milliseconds since 1970
    private const long DayMs = 86_400_000;
    private const int Campaigns = 20;

    private readonly long customers;
    private readonly long stepMs; // between two visits of one customer
    private long number;

    /// <param name="events">How many there will be, two cycles of each customer.</param>
    public JourneyEvents(long events)
    {
        customers = Math.Max(1, events / (2 * Cycle));
        stepMs = WindowDays * DayMs / Touches;
    }

    /// <summary>Conversions that may be asked for one by one, so that no customer has two of them and all have whole journeys.</summary>
    public long Single => customers;

    /// <summary>Events until every conversion has a whole journey before it.</summary>
    public long Filling => customers * Cycle;

    /// <summary>The value of every conversion, minor units.</summary>
    public const int Minor = 4_999;

    /// <summary>The next events, at most so many.</summary>
    public EventBatch Next(int most)
    {
        StringBuilder lines = new(most * 240);
        for (int i = 0; i < most; i++, number++)
            Append(lines, number % customers, number / customers);
        return new Lines(lines, most);
    }

    /// <summary>A conversion of a customer whose journey is whole, as a batch of its own, and its id.</summary>
    public (EventBatch Batch, string Id) Conversion()
    {
        StringBuilder line = new();
        long customer = number % customers;
        string id = AppendConversion(line, customer, TimeOf(customer, number / customers));
        number++;
        return (new Lines(line, 1), id);
    }

    private void Append(StringBuilder lines, long customer, long visit)
    {
        long time = TimeOf(customer, visit);
        if ((visit + customer) % Cycle == Touches)
        {
            AppendConversion(lines, customer, time);
            return;
        }
        string type = (visit & 1) == 0 ? "click" : "impression";
        lines.Append(
            CultureInfo.InvariantCulture,
            $"{{\"id\":\"t-{number}\",\"type\":\"{type}\",\"time\":{time},{Who(customer)},\"campaign\":\"c{(visit + customer) % Campaigns}\"}}\n"
        );
    }

    private string AppendConversion(StringBuilder lines, long customer, long time)
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"o-{number}");
        lines.Append(
            CultureInfo.InvariantCulture,
            $"{{\"id\":\"{id}\",\"type\":\"conversion\",\"time\":{time},{Who(customer)},\"kind\":\"purchase\",\"conversion\":{{\"value\":{{\"minor\":{Minor},\"currency\":\"EUR\"}}}}}}\n"
        );
        return id;
    }

    private static string Who(long customer) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"\"identifiers\":[{{\"type\":\"user\",\"value\":\"u-{customer}\"}},{{\"type\":\"device\",\"value\":\"d-{customer}\"}}]"
        );

    // Customers are evenly spread over a step.
    private long TimeOf(long customer, long visit) => Start + visit * stepMs + customer * stepMs / customers;

    private sealed class Lines : EventBatch
    {
        public Lines(StringBuilder text, int count)
        {
            string lines = text.ToString();
            Buffer.Advance(Encoding.UTF8.GetBytes(lines, Buffer.GetSpan(lines.Length)));
            Count = count;
        }
    }
}
