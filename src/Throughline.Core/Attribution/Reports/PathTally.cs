using System.Runtime.InteropServices;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;

namespace Throughline.Core.Attribution.Reports;

/// <summary>
/// Counts paths: of a conversion the touches that competed for it, oldest first; of a customer without (further) conversion the valid touches
/// since the last one, as far as the longest window reaches back from the last touch. Not for several threads: each has its own.
/// </summary>
public sealed class PathTally
{
    private const char StepEnd = '\u001f'; // no name holds a control character

    private readonly CreditView view;
    private readonly PathOptions options;

    private readonly Dictionary<string, PathSum> paths = new(StringComparer.Ordinal);
    private readonly List<long> fromFirst = [];
    private readonly List<long> fromLast = [];
    private readonly Dictionary<string, PathSum>.AlternateLookup<ReadOnlySpan<char>> lookup;
    private readonly List<string> steps = [];
    private readonly List<(long Time, ushort IdStart, long Position, int Row)> touches = [];
    private char[] key = new char[256];
    private long conversions;
    private long withoutPath;
    private long notConverting;

    public PathTally(CreditView view, PathOptions options)
    {
        (this.view, this.options) = (view, options);
        lookup = paths.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Takes a conversion's current case in.</summary>
    /// <exception cref="ReportTooLargeException">There are too many different paths.</exception>
    public void Add(ConversionCase conversion)
    {
        if (options.Conversion is { } kind && kind != conversion.Kind)
            return;
        if (conversion.Status is not (ConversionStatus.Attributed or ConversionStatus.Unattributed))
            return; // a duplicate, a bot's, nobody's: no customer's path led there
        steps.Clear();
        (long first, long last) = (0, 0);
        foreach (ref readonly Candidate candidate in CollectionsMarshal.AsSpan(conversion.Candidates))
            if (candidate.Rank > 0)
            {
                first = steps.Count == 0 ? candidate.Time : first;
                last = candidate.Time;
                steps.Add(NameOf(candidate));
            }
        if (steps.Count == 0)
        {
            withoutPath++;
            return;
        }
        conversions++;
        fromFirst.Add(conversion.Time - first);
        fromLast.Add(conversion.Time - last);
        PathSum sum = SumOf();
        sum.Conversions++;
        sum.Add(conversion.Currency, Math.Max(0, conversion.Minor - conversion.Refunded));
    }

    /// <summary>Takes over what another has counted of other conversions and customers, by the same options.</summary>
    /// <exception cref="ReportTooLargeException">There are too many different paths.</exception>
    public void Add(PathTally other)
    {
        conversions += other.conversions;
        withoutPath += other.withoutPath;
        notConverting += other.notConverting;
        fromFirst.AddRange(other.fromFirst);
        fromLast.AddRange(other.fromLast);
        foreach ((string path, PathSum its) in other.paths)
        {
            ref PathSum? sum = ref CollectionsMarshal.GetValueRefOrAddDefault(paths, path, out _);
            sum ??= new();
            sum.Add(its);
        }
        CheckSize();
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
                    steps.Add(NameOf(touch));
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
                if (steps[i] != steps[kept - 1])
                    steps[kept++] = steps[i];
            steps.RemoveRange(kept, steps.Count - kept);
        }
        int cut = Math.Max(0, steps.Count - options.LengthMax);
        int length = 0;
        Append(cut > 0 ? "+" : "=", ref length);
        for (int i = cut; i < steps.Count; i++)
        {
            if (i > cut)
                key[length++] = StepEnd;
            Append(steps[i], ref length);
        }
        ref PathSum? sum = ref CollectionsMarshal.GetValueRefOrAddDefault(
            lookup,
            key.AsSpan(0, length),
            out bool exists
        );
        sum ??= new();
        if (!exists)
            CheckSize();
        return sum;
    }

    // One more finds room after it.
    private void Append(string text, ref int length)
    {
        if (key.Length <= length + text.Length)
            Array.Resize(ref key, 2 * (length + text.Length + 1));
        text.CopyTo(key.AsSpan(length));
        length += text.Length;
    }

    private void CheckSize()
    {
        if (paths.Count > PathOptions.DistinctMax)
            throw new ReportTooLargeException(
                $"There are more than {PathOptions.DistinctMax} different paths: ask for less time, collapse repeats, or shorten them."
            );
    }

    private static PathRow RowOf(string key, PathSum sum) =>
        new(key[1..].Split(StepEnd), key[0] == '+', sum.Conversions, sum.NotConverting, sum.Values);

    private static string? Text(long time) => EventTime.IsInRange(time) ? EventTime.ToText(time) : null;

    private sealed class PathSum
    {
        private readonly List<(int Currency, long Minor)> values = []; // a path has few currencies

        public long Conversions;
        public long NotConverting;

        public IReadOnlyList<PathValue> Values =>
            [
                .. values
                    .Select(x => new PathValue(CreditRows.CodeOf(x.Currency), x.Minor))
                    .OrderBy(x => x.Currency, StringComparer.Ordinal),
            ];

        public void Add(int currency, long minor)
        {
            foreach (ref (int Currency, long Minor) value in CollectionsMarshal.AsSpan(values))
                if (value.Currency == currency)
                {
                    value.Minor = checked(value.Minor + minor);
                    return;
                }
            values.Add((currency, minor));
        }

        public void Add(PathSum other)
        {
            Conversions += other.Conversions;
            NotConverting += other.NotConverting;
            foreach ((int currency, long minor) in other.values)
                Add(currency, minor);
        }
    }
}
