using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;

namespace Throughline.Core.Attribution.Reports;

/// <summary>Where a conversion's current result is.</summary>
/// <param name="Row">Of the view; conversions are in the order of the log.</param>
/// <param name="Position">Of the conversion's event in the log.</param>
/// <param name="Sequence">Of its result.</param>
public readonly record struct CreditRef(int Row, long Position, long Sequence, int Revision);

/// <summary>Takes a touch as the state holds it.</summary>
/// <param name="touch">Without what only its event tells.</param>
/// <param name="position">Of its event in the log.</param>
/// <param name="isValid">Neither a bot's nor a machine's.</param>
public delegate void TouchHandler(in ReportTouch touch, long position, bool isValid);

/// <summary>The same of a touch as its row has it.</summary>
internal delegate void TouchRowHandler(int row, in TouchRow touch, bool isValid);

/// <summary>
/// All current credit as it stands at one position of the log. Made on the writer's thread, between events; read on any others, while
/// the writer goes on: the pages are shared.
/// </summary>
public sealed class CreditView
{
    private readonly TenantMachine fork;
    private readonly Dictionary<long, AttributionRule> rules;

    /// <summary>Shares the machine's pages.</summary>
    /// <param name="withCustomers">Customers are asked for, too.</param>
    public CreditView(TenantMachine machine, bool withCustomers = false)
    {
        fork = machine.ForkCredit(withCustomers);
        rules = machine.AttributionRules.ToDictionary(rule => rule.Position, rule => rule.Rule);
        LongestWindowMs = rules.Values.Select(rule => rule.LongestWindowMs).DefaultIfEmpty().Max();
        HorizonMs = machine.Settings.HorizonMs;
        Erasures = machine.Erasures.Copy();
        _ = fork.Parts.Names.Touches.Campaigns; // told apart here, so that several threads may read them
    }

    /// <summary>All events before it are known.</summary>
    public long Position => fork.NextPosition;

    /// <summary>All results before it are known.</summary>
    public long NextResult => fork.NextResult;

    /// <summary>Greatest event time, milliseconds since 1970; null before the first event.</summary>
    public long? Watermark => fork.Watermark;

    /// <summary>No conversion waits to be evaluated again.</summary>
    public bool IsSettled => !fork.HasBacklog;

    /// <summary>Of all versions of rules, in milliseconds.</summary>
    public long LongestWindowMs { get; }

    /// <summary>How much later than the watermark an event may still be told of.</summary>
    public long HorizonMs { get; }

    /// <summary>Rows of conversions.</summary>
    public int Conversions => Lens.Conversions.Count;

    /// <summary>Rows of touches.</summary>
    public int Touches => Lens.Touches.Count;

    /// <summary>All versions of rules.</summary>
    public IReadOnlyCollection<AttributionRule> Rules => rules.Values;

    internal TenantMachine Machine => fork;

    /// <summary>Which identifiers were erased up to when.</summary>
    internal Erasures Erasures { get; }

    /// <summary>Where statements stand in the log, ascending: costs are among them.</summary>
    public IReadOnlyList<long> Statements
    {
        get
        {
            long[] positions = new long[fork.Parts.Control.Positions.Count];
            for (int i = 0; i < positions.Length; i++)
                positions[i] = fork.Parts.Control.Positions[i];
            return positions;
        }
    }

    /// <summary>Finds current results of conversions from a row on; gives the row to go on from, or -1 at the end.</summary>
    /// <param name="from">First instant that is wanted, milliseconds since 1970.</param>
    /// <param name="to">First instant after it.</param>
    /// <param name="max">So many at most.</param>
    public int Gather(int row, long from, long to, int max, List<CreditRef> found)
    {
        for (; row < Conversions; row++)
        {
            ref readonly ConversionRow conversion = ref Lens.Conversions[row];
            if (conversion.Time < from || conversion.Time >= to || !conversion.Result.Exists)
                continue;
            if (found.Count == max)
                return row;
            found.Add(new(row, conversion.Position, conversion.Result.Sequence, conversion.Result.Revision));
        }
        return -1;
    }

    /// <summary>The current results of all conversions of a time, ascending.</summary>
    /// <param name="from">First instant that is wanted, milliseconds since 1970.</param>
    /// <param name="to">First instant after it.</param>
    public long[] Results(long from, long to)
    {
        List<long> found = [];
        for (int row = 0; row < Conversions; row++)
        {
            ref readonly ConversionRow conversion = ref Lens.Conversions[row];
            if (IsOf(conversion.Time, from, to) && conversion.Result.Exists)
                found.Add(conversion.Result.Sequence);
        }
        found.Sort();
        return [.. found];
    }

    /// <summary>The first row of a conversion whose event stands at or after a position.</summary>
    public int RowFrom(long position)
    {
        int low = 0;
        int high = Conversions;
        while (low < high)
        {
            int middle = low + (high - low) / 2;
            if (Lens.Conversions[middle].Position < position)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>The case that a stored result holds.</summary>
    public static ConversionCase Read(ReadOnlySpan<byte> result) =>
        ConversionResult.Read(ResultRecord.FromTrusted(result));

    /// <summary>A rule's document as it was published; null if it is not known here.</summary>
    public AttributionRule? RuleOf(CaseRule named) => rules.GetValueOrDefault(named.Position);

    /// <summary>The share that a candidate's rule competed for; default if there is none.</summary>
    public GroupShare ShareOf(in Candidate candidate, ConversionCase conversion)
    {
        string? group = candidate.Rule < 0 ? null : RuleOf(conversion.Rules[candidate.Rule])?.Group;
        foreach (GroupShare share in conversion.Shares)
            if (share.Group == group)
                return share;
        return default;
    }

    /// <summary>The customer of a conversion; null if it has none.</summary>
    public Token? CustomerOf(CreditRef conversion)
    {
        IdentityGraph graph = fork.Parts.Graph;
        return graph.CustomerOf(Lens.Conversions[conversion.Row].Owner) is { Size: > 0 } customer
            ? graph.Groups.IdOf(customer.Founder)
            : null;
    }

    /// <summary>Gives the touches of a stretch of rows, in the order of the log; creative and placement stay empty.</summary>
    public void ForTouches(int first, int end, TouchHandler take)
    {
        ReportTouch touch = new() { Creative = "", Placement = "" };
        for (int row = first; row < Math.Min(end, Touches); row++)
        {
            ref readonly TouchRow stored = ref Lens.Touches[row];
            Fill(ref touch, stored);
            take(touch, stored.Position, IsValid(stored));
        }
    }

    /// <summary>The rows of touches of a time lie between two.</summary>
    internal (int First, int End) TouchRows(long from, long to)
    {
        (int first, int end) = (0, Touches);
        while (first < end && !IsOf(Lens.Touches[first].Time, from, to))
            first++;
        while (end > first && !IsOf(Lens.Touches[end - 1].Time, from, to))
            end--;
        return (first, end);
    }

    /// <summary>Where the event of a row's touch stands in the log.</summary>
    internal long PositionOf(int row) => Lens.Touches[row].Position;

    /// <summary>The touches of a time in a stretch of rows.</summary>
    internal void Gather(int first, int end, long from, long to, List<(long Position, int Row)> found)
    {
        for (int row = first; row < Math.Min(end, Touches); row++)
            if (IsOf(Lens.Touches[row].Time, from, to))
                found.Add((Lens.Touches[row].Position, row));
    }

    /// <summary>Gives the rows of touches of a time in a stretch of them.</summary>
    internal void ForTouchRows(int first, int end, long from, long to, TouchRowHandler take)
    {
        for (int row = first; row < Math.Min(end, Touches); row++)
        {
            ref readonly TouchRow touch = ref Lens.Touches[row];
            if (IsOf(touch.Time, from, to))
                take(row, touch, IsValid(touch));
        }
    }

    internal string KindOf(in TouchRow touch) => fork.Parts.Names.TouchKinds.Text(touch.Kind);

    internal bool IsValid(in TouchRow touch) => !touch.IsMachineOpen && Verdicts.Counts(touch.Bucket);

    internal void Fill(ref ReportTouch touch, in TouchRow stored)
    {
        touch.Time = stored.Time;
        Name(ref touch, stored.Campaign, stored.Kind);
    }

    /// <summary>Looks the names up that rows have numbers of.</summary>
    internal void Name(ref ReportTouch touch, int name, int kind)
    {
        (int campaign, int channel) = fork.Parts.Names.Touches.PartsOf(name);
        touch.Campaign = fork.Parts.Names.Touches.Campaigns[campaign];
        touch.Channel = fork.Parts.Names.Touches.Channels[channel];
        touch.Kind = fork.Parts.Names.TouchKinds.Text(kind);
    }

    private static bool IsOf(long time, long from, long to) => from <= time && time < to;

    private AttributionLens Lens => fork.Parts.Attribution;
    private VerdictLens Verdicts => fork.Parts.Verdicts;
}
