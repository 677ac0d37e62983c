using Throughline.Core.Events;
using Throughline.Core.Explain;
using Throughline.Core.Gate.Decide;

namespace Throughline.Core.Gate.Reports;

/// <summary>Counts requests by what was decided and why, and by what their actors were.</summary>
internal sealed class TrafficTally
{
    /// <summary>The cause of requests that went past the gate.</summary>
    private const string PastTheGate = "bypass";

    private static readonly string[] Actions = NamesOf<DecisionAction>();
    private static readonly string[] Causes = [.. NamesOf<DecisionCause>(), PastTheGate];
    private static readonly string[] Verdicts = NamesOf<Verdict>();

    private readonly long[,] decided = new long[Actions.Length, Causes.Length];
    private readonly long[] verdicts = new long[Verdicts.Length];
    private long flagged;

    public long Requests { get; private set; }

    /// <summary>Requests that no rule judged: past the gate, out of time, or a failure.</summary>
    public long Bypassed { get; private set; }

    public void Add(DecisionRecord record, Verdict verdict)
    {
        Requests++;
        int cause = record.Kind == RecordKind.Bypass ? Causes.Length - 1 : (int)record.Cause;
        if ((uint)record.Action >= Actions.Length || (uint)cause >= Causes.Length)
            throw new InvalidDataException("a record has an action or cause that is not known");
        decided[(int)record.Action, cause]++;
        Bypassed += IsBypass(record) ? 1 : 0;
        flagged += record.IsFlagged ? 1 : 0;
        verdicts[(int)verdict]++;
    }

    /// <summary>Whether no rule had a say.</summary>
    public static bool IsBypass(DecisionRecord record) =>
        record.Kind == RecordKind.Bypass || record.Cause is DecisionCause.BudgetExceeded or DecisionCause.Failure;

    public TrafficFigures Finish()
    {
        Dictionary<string, IReadOnlyDictionary<string, long>> decisions = [];
        for (int action = 0; action < Actions.Length; action++)
        {
            Dictionary<string, long> causes = [];
            for (int cause = 0; cause < Causes.Length; cause++)
                if (decided[action, cause] is var count and > 0)
                    causes.Add(Causes[cause], count);
            decisions.Add(Actions[action], causes);
        }
        return new(
            Requests,
            Bypassed,
            flagged,
            decisions,
            Verdicts.Zip(verdicts).ToDictionary(x => x.First, x => x.Second, StringComparer.Ordinal)
        );
    }

    private static string[] NamesOf<T>()
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(x => Explainer.Snake(x))];
}
