using System.Runtime.InteropServices;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;

namespace Throughline.Core.Attribution.Reports;

/// <summary>
/// Counts paths: of a conversion the touches that competed for it, oldest first; of a customer without (further) conversion the valid touches
/// since the last one, as far as the longest window reaches back from the last touch. Not for several threads.
/// </summary>
public sealed class PathTally(CreditView view, PathOptions options)
{
    private const char StepEnd = '\u001f'; // no name holds a control character

    private readonly Dictionary<string, PathSum> paths = new(StringComparer.Ordinal);
    private readonly List<long> fromFirst = [];
    private readonly List<long> fromLast = [];
    private readonly List<(long Time, string Name)> steps = [];
    private readonly List<(long Time, ushort IdStart, long Position, int Row)> touches = [];
    private long conversions;
    private long withoutPath;
    private long notConverting;

    /// <summary>Takes a conversion's current case in.</summary>
    /// <exception cref="ReportTooLargeException">There are too many different paths.</exception>
    public void Add(ConversionCase conversion)
    {
        if (options.Conversion is { } kind && kind != conversion.Kind)
            return;
        if (conversion.Status is not (ConversionStatus.Attributed or ConversionStatus.Unattributed))
            return; // a duplicate, a bot's, nobody's: no customer's path led there
        steps.Clear();
        foreach (Candidate candidate in conversion.Candidates)
            if (candidate.Rank > 0)
                steps.Add((candidate.Time, NameOf(candidate)));
        if (steps.Count == 0)
        {
            withoutPath++;
            return;
        }
        conversions++;
        fromFirst.Add(conversion.Time - steps[0].Time);
        fromLast.Add(conversion.Time - steps[^1].Time);
        PathSum sum = SumOf();
        sum.Conversions++;
        string currency = CreditRows.CodeOf(conversion.Currency);
        sum.Values[currency] = checked(
            sum.Values.GetValueOrDefault(currency) + Math.Max(0, conversion.Minor - conversion.Refunded)
        );
    }

    /// <summary>How many identifiers there are, for <see cref="AddOthers"/>.</summary>
    public int Identifiers => view.Machine.Parts.Graph.Identifiers.Count;

    /// <summary>Takes the paths in that no conversion followed, of the customers that a stretch of identifiers founds.</summary>
    public void AddOthers(int first, int end)
    {
        IdentityGraph graph = view.Machine.Parts.Graph;
        for (int row = first; row < Math.Min(end, Identifiers); row++)
        {
            CustomerState customer = graph.Groups.StateOf(row);
            if (customer.Founder != row || customer.Size is 0 or > ConversionCase.MaxIdentifiers)
                continue;
            Gather(row);
            if (touches.Count == 0)
                continue;
            touches.Sort();
            long last = touches[^1].Time;
            if (last < options.From || last >= options.To)
                continue;
            steps.Clear();
            foreach ((long time, _, _, int touch) in touches)
                if (last - time <= view.LongestWindowMs)
                    steps.Add((time, NameOf(touch)));
            notConverting++;
            SumOf().NotConverting++;
        }
    }

    public PathReport Finish() =>
        new(
            JsonNamingPolicy.SnakeCaseLower.ConvertName(options.By.ToString()),
            Text(options.From),
            Text(options.To),
            view.Watermark is { } time ? EventTime.ToText(time) : null,
            view.Position,
            view.IsSettled,
            conversions,
            withoutPath,
            notConverting,
            paths.Count,
            [
                .. paths
                    .OrderByDescending(x => x.Value.Conversions)
                    .ThenByDescending(x => x.Value.NotConverting)
                    .ThenBy(x => x.Key, StringComparer.Ordinal)
                    .Take(options.Top)
                    .Select(x => RowOf(x.Key, x.Value)),
            ],
            TimeToConvert.Of(fromFirst),
            TimeToConvert.Of(fromLast)
        );

    // The customer's valid touches after its last conversion of the kind that no bot made.
    private void Gather(int founder)
    {
        IdentityGraph graph = view.Machine.Parts.Graph;
        AttributionLens lens = view.Machine.Parts.Attribution;
        VerdictLens verdicts = view.Machine.Parts.Verdicts;
        long converted = long.MinValue;
        foreach (int member in graph.Groups.MembersOf(founder))
            for (
                int next = graph.Identifiers[member].Conversions;
                next != 0;
                next = lens.Conversions[next - 1].NextOfOwner
            )
            {
                ref readonly ConversionRow row = ref lens.Conversions[next - 1];
                if (verdicts.Counts(row.Bucket) && IsOfKind(row.Kind))
                    converted = Math.Max(converted, row.Time);
            }
        touches.Clear();
        foreach (int member in graph.Groups.MembersOf(founder))
            for (int next = graph.Identifiers[member].Touches; next != 0; next = lens.Touches[next - 1].NextOfOwner)
            {
                ref readonly TouchRow row = ref lens.Touches[next - 1];
                if (row.Time <= converted)
                    break; // newest first
                if (view.IsValid(row))
                    touches.Add((row.Time, row.IdStart, row.Position, next - 1));
            }
    }

    private bool IsOfKind(int kind) =>
        options.Conversion is not { } asked || view.Machine.Parts.Names.ConversionKinds.Text(kind) == asked;

    private string NameOf(in Candidate candidate) =>
        options.By switch
        {
            ReportPart.Campaign => candidate.Campaign,
            ReportPart.Channel => candidate.Channel ?? "",
            _ => candidate.Kind,
        };

    private string NameOf(int row)
    {
        ReportTouch touch = default;
        view.Fill(ref touch, view.Machine.Parts.Attribution.Touches[row]);
        return options.By switch
        {
            ReportPart.Campaign => touch.Campaign,
            ReportPart.Channel => touch.Channel,
            _ => touch.Kind,
        };
    }

    private PathSum SumOf()
    {
        if (options.Collapse)
        {
            int kept = 1;
            for (int i = 1; i < steps.Count; i++)
                if (steps[i].Name != steps[kept - 1].Name)
                    steps[kept++] = steps[i];
            steps.RemoveRange(kept, steps.Count - kept);
        }
        int cut = Math.Max(0, steps.Count - options.LengthMax);
        string key = (cut > 0 ? "+" : "=") + string.Join(StepEnd, steps.Skip(cut).Select(step => step.Name));
        ref PathSum? sum = ref CollectionsMarshal.GetValueRefOrAddDefault(paths, key, out bool exists);
        if (!exists && paths.Count > PathOptions.DistinctMax)
            throw new ReportTooLargeException(
                $"There are more than {PathOptions.DistinctMax} different paths: ask for less time, collapse repeats, or shorten them."
            );
        return sum ??= new();
    }

    private static PathRow RowOf(string key, PathSum sum) =>
        new(
            key[1..].Split(StepEnd),
            key[0] == '+',
            sum.Conversions,
            sum.NotConverting,
            [.. sum.Values.Select(x => new PathValue(x.Key, x.Value))]
        );

    private static string? Text(long time) => EventTime.IsInRange(time) ? EventTime.ToText(time) : null;

    private sealed class PathSum
    {
        public long Conversions;
        public long NotConverting;
        public readonly SortedDictionary<string, long> Values = new(StringComparer.Ordinal);
    }
}
