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

/// <summary>
/// All current credit as it stands at one position of the log. Made on the writer's thread, between events; read on any one other, while
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

    internal bool IsValid(in TouchRow touch) => !touch.IsMachineOpen && Verdicts.Counts(touch.Bucket);

    internal void Fill(ref ReportTouch touch, in TouchRow stored)
    {
        (int campaign, int channel) = fork.Parts.Names.Touches.PartsOf(stored.Campaign);
        touch.Time = stored.Time;
        touch.Campaign = fork.Parts.Names.Touches.Campaigns[campaign];
        touch.Channel = fork.Parts.Names.Touches.Channels[channel];
        touch.Kind = fork.Parts.Names.TouchKinds.Text(stored.Kind);
    }

    private AttributionLens Lens => fork.Parts.Attribution;
    private VerdictLens Verdicts => fork.Parts.Verdicts;
}
