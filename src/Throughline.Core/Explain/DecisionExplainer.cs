using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Gate.Agents;
using Throughline.Core.State;
using Throughline.Core.Tenant;

namespace Throughline.Core.Explain;

/// <summary>Why a request was judged as it was.</summary>
internal sealed class DecisionExplainer(
    TenantMachine machine,
    IHistory history,
    Func<long, byte[]> readResult,
    GateExplainer? gate = null
)
{
    private readonly VerdictLens lens = machine.Parts.Verdicts;

    public Why? Explain(string id, long position)
    {
        byte[] bytes = history.Read(position).ToArray();
        EventRecord record = EventRecord.FromTrusted(bytes);
        GateWhy? decided = gate?.Invoke(bytes);
        Token actor = Actor.Of(record);
        int row = lens.Find(actor, VerdictPolicy.BucketOf(record.Time));
        if (decided is not null && (actor == Actor.Nobody || row < 0 || !lens.Actors[row].Result.Exists))
            return OfRecord(id, position, record, decided);
        if (actor == Actor.Nobody || row < 0 || !lens.Actors[row].Result.Exists)
            return null;
        ResultRecord stored = ResultRecord.FromTrusted(readResult(lens.Actors[row].Result.Sequence));
        VerdictResult result = VerdictResult.Read(stored);
        DecisionAction action = ActionOf(record, result.Verdict);
        Explanation tree = Tree(id, record, result, action);
        string sentence =
            $"{Explainer.Snake(action)}, because its actor was judged {Explainer.Snake(result.Verdict)} in the 5 minutes from {Explainer.Iso(result.Bucket * VerdictPolicy.BucketMs)}: {Sentence(result)}.";
        (Verdict verdict, VerdictReason reason) = VerdictPolicy.Decide(result.Inputs);
        string? fromRecord =
            (verdict, reason) == (result.Verdict, result.Reason) ? null : $"inputs give {verdict} ({reason})";
        if (decided is not null)
        {
            tree.Add(decided.Tree);
            sentence =
                $"{decided.Sentence} Its actor was judged {Explainer.Snake(result.Verdict)}: {Sentence(result)}.";
            fromRecord = fromRecord ?? decided.Differs;
        }
        return new(
            "decision",
            id,
            stored.Id,
            stored.Revision,
            stored.Cause,
            sentence,
            tree,
            fromRecord,
            CheckEvents(row, result)
        );
    }

    // Nothing is known of who asked: there is no verdict to speak of.
    private static Why OfRecord(string id, long position, in EventRecord record, GateWhy decided)
    {
        Explanation tree = new("decision", Explainer.Snake(ActionOf(record, Verdict.Unknown)));
        tree.Add("event", id);
        tree.Add("time", Explainer.Iso(record.Time));
        tree.Add(decided.Tree);
        return new("decision", id, "", 0, position, decided.Sentence, tree, decided.Differs, null);
    }

    // A recorded decision is a fact and is never remade; a request without one is answered as the verdict would.
    public static DecisionAction ActionOf(in EventRecord record, Verdict verdict)
    {
        if (record.Type == EventType.Decision && record.TryGet(EventField.Action, out ReadOnlySpan<byte> action))
            return (DecisionAction)action[0];
        return verdict == Verdict.Bot ? DecisionAction.Deny : DecisionAction.Allow;
    }

    private static Explanation Tree(string id, in EventRecord record, VerdictResult result, DecisionAction action)
    {
        Explanation tree = new("decision", Explainer.Snake(action));
        tree.Add("event", id);
        tree.Add("time", Explainer.Iso(record.Time));
        Explanation verdict = tree.Add("verdict", Explainer.Snake(result.Verdict));
        verdict.Add("policy", VerdictPolicy.Name);
        verdict.Add("reason", Explainer.Snake(result.Reason));
        verdict.Add("bucket", Explainer.Iso(result.Bucket * VerdictPolicy.BucketMs));
        Explanation inputs = verdict.Add("inputs");
        inputs.Add("label", result.Inputs.Label is { } label ? Explainer.Snake(label) : "none");
        inputs.Add("recordedDecision", result.Inputs.Decision is { } decision ? Explainer.Snake(decision) : "none");
        inputs.Add("userAgents", result.Inputs.Agents.ToString());
        inputs
            .Add("addressOverRate", result.Inputs.OverRate)
            .Add("limit", $"{VerdictPolicy.RequestsPerAddress} requests of one address in 5 minutes");
        if (record.Text(EventField.UserAgent) is { } agent)
            tree.Add("userAgent", agent);
        return tree;
    }

    private static string Sentence(VerdictResult result) =>
        result.Reason switch
        {
            VerdictReason.Label => "the latest label that covers it says so",
            VerdictReason.DecisionDeny => "an edge denied one of its requests",
            VerdictReason.DecisionChallenge => "an edge challenged one of its requests",
            VerdictReason.AgentBot => "a user agent declares a program",
            VerdictReason.AgentGoodBot => "a user agent declares a well-known crawler",
            VerdictReason.AddressRate =>
                $"one of its addresses made more than {VerdictPolicy.RequestsPerAddress} requests",
            VerdictReason.AgentBrowser => "its user agents are browsers' and nothing speaks against it",
            VerdictReason.AgentUnclear => "a user agent is missing or unknown, and nothing else speaks against it",
            _ => "nothing is known of it",
        };

    private string? CheckEvents(int row, VerdictResult result)
    {
        AgentTable agents = new();
        AgentClasses classes = AgentClasses.None;
        byte worst = 0;
        for (int next = lens.Actors[row].Evidence; next != 0; next = lens.Evidence[next - 1].Next)
        {
            EventRecord record = EventRecord.FromTrusted(history.Read(lens.Evidence[next - 1].Position));
            if (Actor.Of(record) != result.Actor || VerdictPolicy.BucketOf(record.Time) != result.Bucket)
                return $"the event at {lens.Evidence[next - 1].Position} is of another actor or time";
            if (record.TryGet(EventField.UserAgent, out ReadOnlySpan<byte> agent))
                classes |= agents.Classify(agent);
            else if (record.Type == EventType.Request)
                classes |= AgentClasses.Missing;
            if (record.Type == EventType.Decision && record.TryGet(EventField.Action, out ReadOnlySpan<byte> action))
                worst = Math.Max(worst, (byte)(action[0] + 1));
        }
        bool over = false;
        for (int next = lens.Actors[row].Addresses; next != 0 && !over; next = lens.Presences[next - 1].NextOfActor)
            over = CountRequests(lens.Presences[next - 1].Address) > VerdictPolicy.RequestsPerAddress;
        VerdictInputs inputs = new(classes, over, LatestLabel(result), worst == 0 ? null : (DecisionAction)(worst - 1));
        (Verdict verdict, VerdictReason reason) = VerdictPolicy.Decide(inputs);
        return (verdict, reason) == (result.Verdict, result.Reason) ? null : $"events give {verdict} ({reason})";
    }

    // Stops one over the limit: more changes nothing.
    private int CountRequests(int address)
    {
        int requests = 0;
        for (int next = lens.Addresses[address].Actors; next != 0; next = lens.Presences[next - 1].NextOfAddress)
        for (int e = lens.Actors[lens.Presences[next - 1].Actor].Evidence; e != 0; e = lens.Evidence[e - 1].Next)
        {
            EventRecord record = EventRecord.FromTrusted(history.Read(lens.Evidence[e - 1].Position));
            if (
                record.Type == EventType.Request
                && record.TryGet(EventField.Address, out ReadOnlySpan<byte> at)
                && Token.Read(at) == lens.Addresses[address].Address
                && ++requests > VerdictPolicy.RequestsPerAddress
            )
                return requests;
        }
        return requests;
    }

    private Verdict? LatestLabel(VerdictResult result)
    {
        LabelBook book = new();
        PagedArray<long> positions = machine.Parts.Control.Positions;
        for (int i = 0; i < positions.Count; i++)
        {
            EventRecord record = EventRecord.FromTrusted(history.Read(positions[i]));
            if (
                record.Type == EventType.Label
                && Actor.Of(record) == result.Actor
                && record.TryGet(EventField.Verdict, out ReadOnlySpan<byte> verdict)
            )
                book.Add(
                    result.Actor,
                    record,
                    record.Number(EventField.From) ?? record.Time,
                    record.Number(EventField.To) ?? record.Time,
                    (Verdict)verdict[0]
                );
        }
        byte latest = book.Latest(result.Actor, result.Bucket);
        return latest == 0 ? null : (Verdict)(latest - 1);
    }
}
