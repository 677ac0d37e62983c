using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;
using Throughline.Core.State;

namespace Throughline.Core.Attribution.Reports;

/// <summary>What is asked of a funnel.</summary>
/// <param name="Steps">Names in their order: kinds of touches, conversions as <c>conversion/KIND</c>; a name may be there twice.</param>
/// <param name="From">First instant of first steps, milliseconds since 1970.</param>
/// <param name="To">First instant after it.</param>
/// <param name="WithinMs">How long after the first step the others may come.</param>
public sealed record FunnelOptions(IReadOnlyList<string> Steps, long From, long To, long WithinMs)
{
    public const int StepsMax = 10;
}

/// <summary>How many customers went how far.</summary>
public sealed record FunnelReport(
    string From,
    string To,
    string Within,
    string? AsOf,
    long AsOfPosition,
    IReadOnlyList<FunnelStep> Steps
);

/// <summary>One step of a funnel.</summary>
/// <param name="Customers">Who took this step and all before it, in order.</param>
/// <param name="OfFirst">Share of those who took the first, to six digits; null if nobody did.</param>
/// <param name="OfPrevious">Share of those who took the one before.</param>
public sealed record FunnelStep(string Name, long Customers, decimal? OfFirst, decimal? OfPrevious);

/// <summary>
/// Counts how far customers went through steps: in order of event time, each after the one before and
/// within a time of the first. Of all ways through a customer's events the farthest counts. Events of bots and machines do not. Not for
/// several threads: each has its own.
/// </summary>
public sealed class FunnelTally(CreditView view, FunnelOptions options)
{
    private readonly long[] reached = new long[options.Steps.Count];
    private readonly List<(long Time, int Steps)> events = [];

    // By the number of a name: the steps that it is, as bits.
    private readonly int[] ofTouches = StepsOf(view.Machine.Parts.Names.TouchKinds, "", options);
    private readonly int[] ofConversions = StepsOf(view.Machine.Parts.Names.ConversionKinds, "conversion/", options);

    // By step: the latest first step from which it was reached.
    private readonly long[] starts = new long[options.Steps.Count];
    private readonly long[] before = new long[options.Steps.Count]; // the instant under way

    /// <summary>How many identifiers there are.</summary>
    public int Identifiers => view.Machine.Parts.Graph.Identifiers.Count;

    /// <summary>Takes the customers in that a stretch of identifiers founds.</summary>
    public void Add(int first, int end)
    {
        IdentityGraph graph = view.Machine.Parts.Graph;
        for (int row = first; row < Math.Min(end, Identifiers); row++)
        {
            CustomerState customer = graph.Groups.StateOf(row);
            if (customer.Founder != row || customer.Size is 0 or > ConversionCase.MaxIdentifiers)
                continue;
            Gather(row);
            for (int i = 0; i < Depth(); i++)
                reached[i]++;
        }
    }

    /// <summary>Takes over what another has counted of other customers, by the same options.</summary>
    public void Add(FunnelTally other)
    {
        for (int i = 0; i < reached.Length; i++)
            reached[i] += other.reached[i];
    }

    public FunnelReport Finish() =>
        new(
            EventTime.ToText(options.From),
            EventTime.ToText(options.To),
            DurationText.Of(options.WithinMs),
            view.Watermark is { } time ? EventTime.ToText(time) : null,
            view.Position,
            [
                .. options.Steps.Select(
                    (name, i) =>
                        new FunnelStep(
                            name,
                            reached[i],
                            Share(reached[i], reached[0]),
                            Share(reached[i], reached[Math.Max(0, i - 1)])
                        )
                ),
            ]
        );

    private int Depth()
    {
        if (events.Count == 0)
            return 0;
        events.Sort(static (x, y) => x.Time.CompareTo(y.Time)); // the order within an instant changes nothing
        Array.Fill(starts, long.MinValue);
        int depth = 0;
        for (int i = 0; i < events.Count; )
        {
            starts.CopyTo(before, 0); // what happened at one instant is not after one another
            for (long time = events[i].Time; i < events.Count && events[i].Time == time; i++)
            for (int step = 0; step < options.Steps.Count; step++)
                if ((events[i].Steps >> step & 1) != 0 && Take(step, time))
                    depth = Math.Max(depth, step + 1);
        }
        return depth;
    }

    private bool Take(int step, long time)
    {
        long start =
            step > 0 ? before[step - 1]
            : time >= options.From && time < options.To ? time
            : long.MinValue;
        if (start == long.MinValue || time - start > options.WithinMs)
            return false;
        starts[step] = Math.Max(starts[step], start);
        return true;
    }

    private void Gather(int founder)
    {
        IdentityGraph graph = view.Machine.Parts.Graph;
        AttributionLens lens = view.Machine.Parts.Attribution;
        VerdictLens verdicts = view.Machine.Parts.Verdicts;
        events.Clear();
        foreach (int member in graph.Groups.MembersOf(founder))
        {
            for (int next = graph.Identifiers[member].Touches; next != 0; next = lens.Touches[next - 1].NextOfOwner)
            {
                ref readonly TouchRow row = ref lens.Touches[next - 1];
                if (row.Time < options.From)
                    break; // newest first
                if (ofTouches[row.Kind] != 0 && view.IsValid(row))
                    events.Add((row.Time, ofTouches[row.Kind]));
            }
            for (
                int next = graph.Identifiers[member].Conversions;
                next != 0;
                next = lens.Conversions[next - 1].NextOfOwner
            )
            {
                ref readonly ConversionRow row = ref lens.Conversions[next - 1];
                if (row.Time < options.From)
                    break;
                if (ofConversions[row.Kind] != 0 && verdicts.Counts(row.Bucket))
                    events.Add((row.Time, ofConversions[row.Kind]));
            }
        }
    }

    private static int[] StepsOf(NameTable names, string before, FunnelOptions options)
    {
        int[] steps = new int[names.Full + 1]; // those beyond the table's room have no name
        foreach (int name in Enumerable.Range(0, names.Count).Append(names.Full))
            for (int step = 0; step < options.Steps.Count; step++)
                if (options.Steps[step] == before + names.Text(name))
                    steps[name] |= 1 << step;
        return steps;
    }

    private static decimal? Share(long part, long whole) =>
        whole == 0 ? null : Math.Round(part / (decimal)whole, 6, MidpointRounding.AwayFromZero);
}
