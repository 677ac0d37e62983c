using Throughline.Core.Events;
using Throughline.Core.Tenant;

namespace Throughline.Core.Attribution.Examples;

/// <summary>What is counted of a touch's history.</summary>
public enum HistoryCount : byte
{
    /// <summary>Touches of any campaign and kind.</summary>
    Touches = 0,

    /// <summary>Those of the touch's own campaign.</summary>
    CampaignTouches = 1,
    Impressions = 2,
    Views = 3,
    Clicks = 4,

    /// <summary>Nurturing events.</summary>
    OtherTouches = 5,

    /// <summary>Conversions, each order once, when it was first told of.</summary>
    Conversions = 6,
}

/// <summary>How far back is counted.</summary>
public enum HistoryWindow : byte
{
    Hour = 0,
    Day = 1,
    Week = 2,
    Month = 3,
    Ever = 4,
}

/// <summary>
/// What was known when a touch happened, from its history (<see cref="TouchHistory"/>) alone. Reused from touch to touch.
/// </summary>
public sealed class ExampleFeatures
{
    private const long HourMs = 3_600_000;
    private const int ToldBefore = -1;

    /// <summary>How far each window reaches back, milliseconds: an event exactly so old is in it.</summary>
    public static IReadOnlyList<long> WindowMs { get; } =
    [HourMs, 24 * HourMs, 7 * 24 * HourMs, 30 * 24 * HourMs, long.MaxValue];

    private readonly int[] counts = new int[7 * 5];
    private readonly List<int> past = [];
    private readonly List<int> sales = []; // ordinals of conversions, newest first
    private readonly HashSet<Token> told = []; // orders

    /// <summary>How many events of a kind happened in a window.</summary>
    public int this[HistoryCount what, HistoryWindow window] => counts[(int)what * 5 + (int)window];

    /// <summary>Milliseconds since the last touch; null if there was none.</summary>
    public long? SinceTouchMs { get; private set; }
    public long? SinceCampaignMs { get; private set; }
    public long? SinceClickMs { get; private set; }
    public long? SinceConversionMs { get; private set; }

    /// <summary>Milliseconds since the first event of the history.</summary>
    public long? SinceFirstMs { get; private set; }

    /// <summary>What earlier conversions were worth, in the currency of the latest that had a value; minor units, before refunds.</summary>
    public long EarlierMinor { get; private set; }

    /// <summary>Three ASCII letters, the first in the lowest byte; 0: none had a value.</summary>
    public int EarlierCurrency { get; private set; }

    /// <summary>How often the last <see cref="Fill"/> looked at a conversion: what it costs, in steps.</summary>
    internal int Looks { get; private set; }

    /// <summary>Works out what happened before an instant.</summary>
    /// <param name="before">Of the touch itself, but for tests.</param>
    internal void Fill(TouchHistory history, AttributionLens lens, Names names, int ordinal, long before)
    {
        Array.Clear(counts);
        sales.Clear();
        told.Clear();
        Looks = 0;
        (SinceTouchMs, SinceCampaignMs, SinceClickMs) = (null, null, null);
        (SinceConversionMs, EarlierMinor, EarlierCurrency) = (null, 0, 0);
        history.Before(ordinal, before, past, out long? first);
        SinceFirstMs = before - first;
        int campaign = names.Touches.PartsOf(lens.Touches[history.TouchOf(ordinal)].Campaign).Campaign;
        foreach (int at in past)
        {
            int row = history.TouchOf(at);
            if (row < 0)
            {
                sales.Add(at);
                continue;
            }
            ref readonly TouchRow touch = ref lens.Touches[row];
            long age = before - touch.Time;
            SinceTouchMs ??= age;
            Count(HistoryCount.Touches, age);
            if (names.Touches.PartsOf(touch.Campaign).Campaign == campaign)
            {
                SinceCampaignMs ??= age;
                Count(HistoryCount.CampaignTouches, age);
            }
            HistoryCount kind = KindOf(touch.Kind);
            Count(kind, age);
            if (kind == HistoryCount.Clicks)
                SinceClickMs ??= age;
        }
        // Of one order the first report counts: oldest first, those that tell of it again are left out.
        for (int i = sales.Count - 1; i >= 0; i--)
            if (SaleAt(history, lens, sales[i]).Order is var order && order != default && !told.Add(order))
                sales[i] = ToldBefore;
        AddSales(history, lens, before);
    }

    private void AddSales(TouchHistory history, AttributionLens lens, long before)
    {
        foreach (int at in sales)
        {
            if (at == ToldBefore)
                continue;
            ref readonly ConversionRow sale = ref SaleAt(history, lens, at);
            long age = before - sale.Time;
            SinceConversionMs ??= age;
            Count(HistoryCount.Conversions, age);
            if (EarlierCurrency == 0)
                EarlierCurrency = sale.Currency;
            if (sale.Currency != 0 && sale.Currency == EarlierCurrency)
                EarlierMinor = EarlierMinor > long.MaxValue - sale.Minor ? long.MaxValue : EarlierMinor + sale.Minor;
        }
    }

    private ref readonly ConversionRow SaleAt(TouchHistory history, AttributionLens lens, int ordinal)
    {
        Looks++;
        return ref lens.Conversions[history.ConversionOf(ordinal)];
    }

    private static HistoryCount KindOf(int kind) =>
        kind < Names.OwnTouchKinds ? (HistoryCount)((int)HistoryCount.Impressions + kind) : HistoryCount.OtherTouches;

    private void Count(HistoryCount what, long age)
    {
        for (int window = (int)HistoryWindow.Ever; window >= 0 && age <= WindowMs[window]; window--)
            counts[(int)what * 5 + window]++;
    }
}
