using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;

namespace Throughline.Core.Tenant;

/// <summary>
/// Takes over results that another logic made. The machine has replayed the whole log under this logic and numbers its results
/// by itself; here it is given the last stored result of every subject, goes on from those, and publishes again what they tell
/// otherwise. Doing it twice publishes nothing more.
/// </summary>
public sealed class Restatement
{
    private readonly TenantMachine machine;
    private readonly Publisher publisher;
    private readonly Func<long, byte[]> readResult;
    private readonly Dictionary<(ResultKind, Token), StoredResult> last = [];

    internal Restatement(TenantMachine machine, Publisher publisher, Func<long, byte[]> readResult)
    {
        this.machine = machine;
        this.publisher = publisher;
        this.readResult = readResult;
    }

    /// <summary>Notes a stored result. To be called for all of them, in order.</summary>
    public void Adopt(long sequence, ReadOnlySpan<byte> bytes)
    {
        ResultRecord result = ResultRecord.FromTrusted(bytes);
        // A customer is known by its founder: the id follows from it.
        Founder founder = result.Kind == ResultKind.Customer ? CustomerChange.Read(result).Now.Founder : default;
        last[(result.Kind, result.Kind == ResultKind.Customer ? founder.Token : result.Subject)] = new(
            ResultRef.Of(sequence, result.Revision),
            result.Content,
            result.Version == ResultRecord.CurrentVersion,
            founder.FirstSeen
        );
    }

    /// <summary>Publishes what differs, caused by the last event of the log; gives how many results those were.</summary>
    /// <param name="nextResult">The sequence after the last stored result.</param>
    /// <param name="results">Takes them.</param>
    /// <param name="taken">Called now and then to store and clear them, and at the end.</param>
    public long Publish(long nextResult, RecordBuffer results, Action taken)
    {
        publisher.Continue(nextResult);
        long cause = machine.NextPosition - 1;
        VerdictLens verdicts = machine.Parts.Verdicts;
        for (int row = 0; row < verdicts.Actors.Count; row++, Pass(results, taken))
            if (verdicts.Actors[row].Actor != Actor.Nobody)
                publisher.RestateVerdict(row, Last(ResultKind.Verdict, SubjectOf(verdicts, row)), cause, results);
        for (int row = 0; row < machine.Parts.Graph.Identifiers.Count; row++, Pass(results, taken))
            Customer(row, cause, results);
        machine.Parts.Graph.Groups.Settle();
        AttributionLens attribution = machine.Parts.Attribution;
        for (int row = 0; row < attribution.Conversions.Count; row++, Pass(results, taken))
            publisher.RestateConversion(
                row,
                Last(ResultKind.Conversion, attribution.Conversions[row].Id),
                cause,
                results
            );
        taken();
        return machine.NextResult - nextResult;
    }

    private void Customer(int row, long cause, RecordBuffer results)
    {
        IdentityGraph graph = machine.Parts.Graph;
        StoredResult stored = Last(ResultKind.Customer, graph.Identifiers[row].Token);
        graph.Identifiers.Mutable(row).SetRevision(stored.Ref.Revision);
        if (stored.Ref.Exists)
            graph.Groups.Name(row, graph.Groups.IdOf(row)); // its id was given out
        bool toldOfSomebody = stored.Ref.Exists && stored.Content != 0;
        CustomerState now = graph.Groups.StateOf(row);
        if (now.Size > 0 && now.Founder == row)
            publisher.RestateCustomer(now, stored, toldOfSomebody ? Told(stored) : null, cause, results);
    }

    private CustomerSnapshot Told(in StoredResult stored) =>
        CustomerChange.Read(ResultRecord.FromTrusted(readResult(stored.Ref.Sequence))).Now;

    private StoredResult Last(ResultKind kind, Token key) => last.GetValueOrDefault((kind, key));

    private static Token SubjectOf(VerdictLens verdicts, int row) =>
        VerdictResult.SubjectOf(verdicts.Actors[row].Actor, verdicts.Actors[row].Bucket);

    private static void Pass(RecordBuffer results, Action taken)
    {
        if (results.Count >= 8192)
            taken();
    }
}

/// <summary>The last stored result of a subject; all zero without one.</summary>
/// <param name="IsReadable">It has the form that this build reads.</param>
/// <param name="Since">Of a customer: when its founder was first seen.</param>
internal readonly record struct StoredResult(ResultRef Ref, ulong Content, bool IsReadable, long Since)
{
    public bool Says(ulong content) => Ref.Exists && IsReadable && Content == content;
}
