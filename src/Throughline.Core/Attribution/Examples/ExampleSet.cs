using Throughline.Core.Attribution.Reports;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;

namespace Throughline.Core.Attribution.Examples;

/// <summary>
/// A tenant's touches as examples for machine learning, as of one position of the log: features from the events before each touch alone,
/// labels from the current credit. The driver gives it all touches and conversions of the log and all current cases (in any order), seals it,
/// and then asks for one example after another. Off the writer's thread.
/// </summary>
public sealed class ExampleSet
{
    // So many names help; more are looked up elsewhere.
    private const int NamedMax = 20;

    private readonly CreditView view;
    private readonly ExampleOptions options;
    private readonly TouchHistory history;
    private readonly ExampleOutcomes outcomes;
    private readonly bool[] kinds;
    private readonly Example example = new();

    /// <summary>Of all touches that a view knows.</summary>
    /// <param name="view">With customers.</param>
    public ExampleSet(CreditView view, ExampleOptions options)
    {
        (this.view, this.options) = (view, options);
        history = new(Lens, view.Erasures);
        outcomes = new(view, history);
        State.NameTable names = view.Machine.Parts.Names.TouchKinds;
        kinds =
        [
            .. Enumerable
                .Range(0, names.Count)
                .Select(kind => options.Kinds is not { Count: > 0 } some || some.Contains(names.Text(kind))),
        ];
    }

    /// <summary>What is asked for though the tenant has no such touch, and what it has, as a sentence; null: all of it is known.</summary>
    public static string? Unknown(CreditView view, ExampleOptions options)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(options);
        Tenant.Names names = view.Machine.Parts.Names;
        string[] kinds = [.. Enumerable.Range(0, names.TouchKinds.Count).Select(names.TouchKinds.Text)];
        if (options.Kinds?.FirstOrDefault(kind => !kinds.Contains(kind)) is { } kind)
            return $"No touch is of the kind {Quoted(kind)}; there are {Listed(kinds)}.";
        if (options.Campaign is { } campaign && !names.Touches.Campaigns.Contains(campaign))
            return $"No touch is of the campaign {Quoted(campaign)}; there are {Listed([.. names.Touches.Campaigns.Where(x => x.Length > 0)])}.";
        return null;
    }

    private static string Listed(string[] all)
    {
        Array.Sort(all, string.CompareOrdinal);
        return all.Length switch
        {
            0 => "none",
            > NamedMax => $"{string.Join(", ", all.Take(NamedMax))} and {all.Length - NamedMax} more",
            _ => string.Join(", ", all),
        };
    }

    private static string Quoted(string text) => $"'{text}'";

    /// <summary>Positions of all touches and conversions, ascending; the event of each is to be taken in.</summary>
    public IEnumerable<long> Positions => history.Positions();

    /// <summary>How many these are.</summary>
    public int Events => history.Count;

    /// <summary>Takes in the event of a touch or conversion.</summary>
    public void Take(long position, in EventRecord record) => history.Take(position, record);

    /// <summary>Takes in a current case.</summary>
    public void Take(ConversionCase conversion) => outcomes.Take(conversion);

    /// <summary>All events and cases were taken in.</summary>
    public void Seal()
    {
        history.Seal();
        outcomes.Seal();
        (First, Last) = Range();
    }

    /// <summary>Time of the first touch that is asked for (but for sampling), milliseconds since 1970; null: there is none.</summary>
    public long? First { get; private set; }

    /// <summary>Time of the last.</summary>
    public long? Last { get; private set; }

    /// <summary>The first place in the order that is not before an instant.</summary>
    public int OrdinalAt(long time) => history.OrdinalAt(time);

    /// <summary>The first place in the order after that of an example, which need not be there any more.</summary>
    /// <param name="read">Gives a stored event by its position: ids are compared where several events are of its instant.</param>
    public int OrdinalAfter(ExamplePlace place, Func<long, byte[]> read)
    {
        (int low, int high) = (history.OrdinalAt(place.Time), history.OrdinalAt(place.Time + 1));
        while (low < high)
        {
            int middle = low + (high - low) / 2;
            if (IdAt(middle, read).CompareTo(place.Id) <= 0)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>Finds touches that are asked for from a place of the order on; gives the place to go on from, or -1 at the end.</summary>
    /// <param name="max">So many at most.</param>
    /// <param name="found">Gets their places in the order, and the positions of their events.</param>
    public int Gather(int ordinal, int max, List<(int Ordinal, long Position)> found)
    {
        for (; ordinal < history.Count && history.TimeOf(ordinal) < options.To; ordinal++)
        {
            if (!IsAsked(ordinal))
                continue;
            if (found.Count == max)
                return ordinal;
            found.Add((ordinal, Lens.Touches[history.TouchOf(ordinal)].Position));
        }
        return -1;
    }

    /// <summary>The example of a touch; null if sampling leaves it out. Valid until the next call.</summary>
    /// <param name="record">The touch's event.</param>
    public Example? Make(int ordinal, in EventRecord record) => Make(ordinal, record, record.Time);

    /// <summary>The same with features of another instant than the touch's: tests plant leaks with it.</summary>
    internal Example? Make(int ordinal, in EventRecord record, long before)
    {
        int row = history.TouchOf(ordinal);
        ref readonly TouchRow touch = ref Lens.Touches[row];
        example.Read(record);
        example.Earned = outcomes.EarnedBy(row);
        bool isPositive = example.Earned.Count > 0;
        if (!isPositive && !options.Keeps(example.Id))
            return null;
        example.Place = new(touch.Time, record.Id);
        example.Weight = isPositive ? 1 : options.OneIn;
        ReportTouch named = new();
        view.Fill(ref named, touch);
        (example.Kind, example.Campaign, example.Channel) = (named.Kind, named.Campaign, named.Channel);
        example.Identifiers = history.Identifiers(ordinal);
        int bucket = VerdictPolicy.BucketOf(touch.Time);
        example.ReadTypes(record, token => view.Erasures.Covers(token, bucket));
        CustomerState customer = Graph.CustomerOf(touch.Owner);
        example.Customer = customer.Size == 0 ? "" : Graph.Groups.IdOf(customer.Founder).ToString();
        example.State = outcomes.StateOf(
            touch.Time,
            named.Campaign,
            customer.Size is > 0 and <= ConversionCase.MaxIdentifiers
        );
        // Also of a credited one nothing is said before its window is over: those that are known early would all be positives.
        bool isKnown = example.State is OutcomeState.Final or OutcomeState.Late;
        example.Label =
            !isKnown ? null
            : isPositive ? 1
            : 0;
        example.Followed = isKnown ? outcomes.FollowedBy(row) : null;
        example.IsValid = view.IsValid(touch);
        example.Features.Fill(history, Lens, view.Machine.Parts.Names, ordinal, before);
        return example;
    }

    private bool IsAsked(int ordinal)
    {
        int row = history.TouchOf(ordinal);
        if (row < 0)
            return false;
        ref readonly TouchRow touch = ref Lens.Touches[row];
        return touch.Time >= options.From
            && touch.Time < options.To
            && kinds[touch.Kind]
            && (options.WithInvalid || view.IsValid(touch))
            && (options.Campaign is null || options.Campaign == CampaignOf(touch));
    }

    private string CampaignOf(in TouchRow touch)
    {
        Tenant.Names names = view.Machine.Parts.Names;
        return names.Touches.Campaigns[names.Touches.PartsOf(touch.Campaign).Campaign];
    }

    private Token IdAt(int ordinal, Func<long, byte[]> read) =>
        history.TouchOf(ordinal) is >= 0 and var row
            ? EventRecord.FromTrusted(read(Lens.Touches[row].Position)).Id
            : Lens.Conversions[history.ConversionOf(ordinal)].Id;

    private (long? First, long? Last) Range()
    {
        int first = 0;
        while (first < history.Count && !IsAsked(first))
            first++;
        int last = history.Count - 1;
        while (last > first && !IsAsked(last))
            last--;
        return first < history.Count ? (history.TimeOf(first), history.TimeOf(last)) : (null, null);
    }

    private AttributionLens Lens => view.Machine.Parts.Attribution;
    private IdentityGraph Graph => view.Machine.Parts.Graph;
}
