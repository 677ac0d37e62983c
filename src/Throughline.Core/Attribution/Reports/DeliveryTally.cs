using System.Runtime.InteropServices;

namespace Throughline.Core.Attribution.Reports;

/// <summary>
/// Counts touches that were told of, credited or not, by the numbers that the state has for their names: the names are looked up once for
/// many. Not for several threads: each has its own.
/// </summary>
/// <param name="texts">What only events tell, if the report asks for it.</param>
public sealed class DeliveryTally(CreditView view, CreditReportOptions options, TouchTextTable? texts = null)
{
    private const int KeysMax = 65_536; // memory stays bounded

    private readonly CreditCube cube = new(options);
    private readonly Dictionary<DeliveryKey, DeliverySum> sums = [];

    /// <summary>Counts the touches of a stretch of rows.</summary>
    /// <exception cref="ReportTooLargeException">There are too many rows.</exception>
    public void Add(int first, int end)
    {
        view.ForTouchRows(
            first,
            end,
            options.From,
            options.To,
            (row, in touch, isValid) =>
            {
                DeliveryKey key = new(
                    options.DayOf(touch.Time),
                    touch.Campaign,
                    touch.Kind,
                    texts is null ? 0 : texts.NumberOf(row)
                );
                ref DeliverySum sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out bool exists);
                if (!exists)
                    sum.Place = DeliverySum.PlaceOf(view.KindOf(touch));
                sum.Add(sum.Place, isValid);
                sum.Time = touch.Time;
            }
        );
        if (sums.Count > KeysMax)
            Flush();
    }

    /// <summary>Adds all that was counted to a report's sums.</summary>
    public void AddTo(CreditCube target)
    {
        Flush();
        target.Add(cube);
    }

    private void Flush()
    {
        ReportTouch touch = default;
        foreach ((DeliveryKey key, DeliverySum sum) in sums)
        {
            view.Name(ref touch, key.Name, key.Kind);
            touch.Time = sum.Time;
            (touch.Creative, touch.Placement) = texts is null ? TouchTexts.None : texts[key.Texts];
            cube.Deliver(touch, sum);
        }
        sums.Clear();
    }

    // The name is that of campaign and channel together.
    private readonly record struct DeliveryKey(int Day, int Name, int Kind, int Texts);
}
