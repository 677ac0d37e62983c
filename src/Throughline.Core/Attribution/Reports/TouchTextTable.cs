using System.Numerics;
using System.Runtime.InteropServices;
using Throughline.Core.Events;

namespace Throughline.Core.Attribution.Reports;

/// <summary>What only a touch's event tells.</summary>
/// <param name="Creative">Empty if the event names none, or nobody asked.</param>
public readonly record struct TouchTexts(string Creative, string Placement)
{
    public static TouchTexts None { get; } = new("", "");

    public static TouchTexts Of(in EventRecord record) =>
        new(record.Text(EventField.Creative) ?? "", record.Text(EventField.Placement) ?? "");
}

/// <summary>
/// What only events tell of the touches of a time, four bytes for each: the log is read once, in its order, and not for each conversion
/// again. Several threads may fill it, each with a <see cref="TouchTextReader"/> of its own and other rows; then any may ask.
/// </summary>
public sealed class TouchTextTable
{
    /// <summary>Different ones that are told apart: memory stays bounded.</summary>
    public const int DistinctMax = 1_000_000;

    private readonly CreditView view;
    private readonly CreditReportOptions options;
    private readonly int[] numbers; // by row from First on; 0 is None
    private readonly long firstPosition;
    private readonly Stretch[] stretches; // of 64 positions each, from the first on
    private readonly Lock adding = new();
    private readonly Dictionary<TouchTexts, int> known = [];
    private readonly List<TouchTexts> texts = [TouchTexts.None];

    public TouchTextTable(CreditView view, CreditReportOptions options)
    {
        (this.view, this.options) = (view, options);
        // By conversion date touches earn from before the time on, as far as windows reach.
        From =
            options.Date == ReportDate.Conversion && options.From > long.MinValue + view.LongestWindowMs
                ? options.From - view.LongestWindowMs
            : options.Date == ReportDate.Conversion ? long.MinValue
            : options.From;
        (First, End) = view.TouchRows(From, options.To);
        numbers = new int[End - First];
        if (numbers.Length == 0)
        {
            stretches = [];
            return;
        }
        firstPosition = view.PositionOf(First);
        stretches = new Stretch[(view.PositionOf(End - 1) - firstPosition) / Stretch.Positions + 1];
        for (int row = First; row < End; row++)
        {
            long place = view.PositionOf(row) - firstPosition;
            stretches[place / Stretch.Positions].Touches |= 1UL << (int)(place % Stretch.Positions);
        }
        for (int i = 1; i < stretches.Length; i++)
            stretches[i].Before = stretches[i - 1].Before + BitOperations.PopCount(stretches[i - 1].Touches);
    }

    /// <summary>The first row of touches that is read.</summary>
    public int First { get; }

    /// <summary>The row after the last.</summary>
    public int End { get; }

    /// <summary>The first instant of touches that are read.</summary>
    private long From { get; }

    /// <summary>What a touch's event tells; nothing of one that is not of the time.</summary>
    /// <param name="position">Of its event.</param>
    public TouchTexts Of(long position)
    {
        long place = position - firstPosition;
        if (place < 0 || place / Stretch.Positions >= stretches.Length)
            return TouchTexts.None;
        ref readonly Stretch stretch = ref stretches[place / Stretch.Positions];
        ulong bit = 1UL << (int)(place % Stretch.Positions);
        return (stretch.Touches & bit) == 0
            ? TouchTexts.None
            : texts[numbers[stretch.Before + BitOperations.PopCount(stretch.Touches & (bit - 1))]];
    }

    internal TouchTexts this[int number] => texts[number];

    internal int NumberOf(int row) => row < First || row >= End ? 0 : numbers[row - First];

    /// <summary>The positions of the touches in a stretch of rows whose events are to be read, ascending.</summary>
    internal void Gather(int first, int end, List<(long Position, int Row)> found) =>
        view.Gather(first, Math.Min(end, End), From, options.To, found);

    internal void Set(int row, int number) => numbers[row - First] = number;

    internal bool IsCreativeAsked => options.By.Contains(ReportPart.Creative);
    internal bool IsPlacementAsked => options.By.Contains(ReportPart.Placement);

    internal int Add(TouchTexts found)
    {
        if (found == TouchTexts.None)
            return 0;
        lock (adding)
        {
            ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(known, found, out bool exists);
            if (!exists)
            {
                if (known.Count > DistinctMax)
                    throw new ReportTooLargeException(
                        $"The touches have more than {DistinctMax} different creatives and placements: ask for fewer days."
                    );
                number = texts.Count;
                texts.Add(found);
            }
            return number;
        }
    }

    // Which of some positions are touches, and how many there are before them.
    private struct Stretch
    {
        public const int Positions = 64;

        public ulong Touches;
        public int Before;
    }
}

/// <summary>One thread's reading of events into a table.</summary>
public sealed class TouchTextReader(TouchTextTable table)
{
    private readonly bool creative = table.IsCreativeAsked;
    private readonly bool placement = table.IsPlacementAsked;
    private readonly TextCache names = new();
    private readonly Dictionary<PartKey, int> known = [];
    private readonly List<(long Position, int Row)> touches = [];
    private int place;

    /// <summary>The positions of the events that are to be read of a stretch of rows, ascending; <see cref="Take"/> is then given each.</summary>
    public long[] Begin(int first, int end)
    {
        touches.Clear();
        table.Gather(first, end, touches);
        place = 0;
        return [.. touches.Select(touch => touch.Position)];
    }

    /// <summary>Takes the next event in.</summary>
    public void Take(in EventRecord record)
    {
        (string itsCreative, string itsPlacement) = TouchTexts.None;
        foreach (EventRecord.Field field in record)
            if (creative && field.Tag == EventField.Creative)
                itsCreative = names[field.Value];
            else if (placement && field.Tag == EventField.Placement)
                itsPlacement = names[field.Value];
            else if (field.Tag > EventField.Placement)
                break; // they ascend
        PartKey key = new(null, null, itsCreative, itsPlacement, null, null);
        if (!known.TryGetValue(key, out int number))
            known[key] = number = table.Add(new(itsCreative, itsPlacement));
        table.Set(touches[place++].Row, number);
    }
}
