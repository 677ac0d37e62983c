using System.Globalization;
using System.Text;
using Throughline.Cel.Explain;
using Throughline.Core.Events;
using Throughline.Core.Explain;
using Throughline.Core.Gate.Challenges;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tenant;
using Throughline.Storage.Keys;
using Explanation = Throughline.Core.Explain.Explanation;

namespace Throughline.Server.Tenants;

/// <summary>
/// Why the gate decided as it did: the record opened, the version that judged read from the log, each rule's evaluated tree, and the
/// decision made again from the record alone. For the writer's thread.
/// </summary>
internal sealed class DecisionWhy(TenantStore store, ITenantKeys keys)
{
    /// <summary>Of a condition with hundreds of parts the rest is left out.</summary>
    private const int NodesMax = 200;

    public GateWhy? Explain(ReadOnlySpan<byte> storedEvent)
    {
        if (ChainAudit.Read(keys, storedEvent) is not { } record)
            return null;
        if (record.Kind == RecordKind.Proof)
            return ExplainProof(record);
        GateWhy decided = Explain(record);
        return record.Kind == RecordKind.Decision && AnswerOf(record) is { } answer
            ? WithAnswer(decided, answer)
            : decided;
    }

    // Nothing was judged, so there is nothing to derive again: the decision that asked has its own record.
    private GateWhy ExplainProof(DecisionRecord record)
    {
        GateVersion? version = store.Machine.GateVersions.FirstOrDefault(x => x.Version == record.Version);
        Explanation tree = new("proof", Words.Of(record.Challenge));
        tree.Add("version", record.Version);
        if (record.Fault != ChallengeFault.None)
            tree.Add("fault", Words.Of(record.Fault));
        return new(ProofSentence.Of(record, ModelOf(version)?.Document), tree, null);
    }

    private GateWhy Explain(DecisionRecord record)
    {
        Explanation tree = new(record.Kind == RecordKind.Answer ? "answer" : "gate", Words.Of(record.Action));
        GateVersion? version = store.Machine.GateVersions.FirstOrDefault(x => x.Version == record.Version);
        AddHead(tree, record, version);
        GateModel? model = ModelOf(version);
        if (model is null)
            return new(
                record.Kind == RecordKind.Answer
                    ? AnswerSentence.Of(record, [])
                    : $"{Words.Of(record.Action)}, because {CauseOf(record, rule: null)}.",
                tree,
                WasJudged(record) ? $"version {record.Version} of the rules cannot be read" : null
            );
        IReadOnlyList<RuleExplanation> rules = record.Explain(model);
        AddRules(tree, record, rules);
        AddValues(tree, record, model);
        RuleExplanation? decider = rules.FirstOrDefault(x => x.Match.Rule == record.DecidingRule);
        // A bypass that read nothing has nothing to be derived from: its route's policy is all there is.
        bool readNothing =
            record.Kind == RecordKind.Bypass
            || !WasJudged(record) && record.Inputs.Counters.Length != model.Document.Counters.Count;
        Derivation derivation = readNothing ? new([], new()) : record.Derive(model);
        tree.Add("derivedAgain", derivation.IsIdentical ? Why.Identical : string.Join("; ", derivation.Differences));
        return new(
            record.Kind == RecordKind.Answer
                ? AnswerSentence.Of(record, rules)
                : $"{Words.Of(record.Action)}, because {CauseOf(record, decider)}.",
            tree,
            derivation.IsIdentical ? null : string.Join("; ", derivation.Differences)
        );
    }

    // What became of the request, if rules had something to say to that.
    private DecisionRecord? AnswerOf(DecisionRecord decision)
    {
        byte[] id = Encoding.UTF8.GetBytes(DecisionEntry.AnswerIdOf(decision.Id.ToString()));
        return
            store.Machine.TryFindEvent(keys.EventId(id), out long position)
            && ChainAudit.Read(keys, store.History.Read(position)) is { Kind: RecordKind.Answer } answer
            && answer.Id == decision.Id
            ? answer
            : null;
    }

    private GateWhy WithAnswer(GateWhy decided, DecisionRecord answer)
    {
        GateWhy later = Explain(answer);
        decided.Tree.Add(later.Tree);
        string? differs = (decided.Differs, later.Differs) switch
        {
            (null, null) => null,
            (null, { } of) => "of the answer: " + of,
            ({ } first, null) => first,
            ({ } first, { } second) => $"{first}; of the answer: {second}",
        };
        return new($"{decided.Sentence} {later.Sentence}", decided.Tree, differs);
    }

    private static bool WasJudged(DecisionRecord record) =>
        record.Cause is not (DecisionCause.BudgetExceeded or DecisionCause.Failure);

    private GateModel? ModelOf(GateVersion? version) => version is null ? null : store.GateRules.Of(store.Log, version);

    private static void AddHead(Explanation tree, DecisionRecord record, GateVersion? version)
    {
        Explanation rules = tree.Add("version", record.Version);
        if (version is not null)
        {
            rules.Add("published", EventTime.ToText(version.Time));
            if (version.Author is not null)
                rules.Add("author", version.Author);
        }
        if (record.Inputs.Response is { } response)
        {
            tree.Add("status", response.Status);
            if (response.LogInFailed is { } failed)
                tree.Add("logInFailed", failed);
            return; // it decided nothing
        }
        tree.Add("cause", Words.Of(record.Cause));
        tree.Add("score", record.Score);
        tree.Add("latencyUs", record.LatencyUs);
        if (record.Inputs.Unit is { } unit)
            tree.Add("unit", unit.ToString());
    }

    private static void AddRules(Explanation tree, DecisionRecord record, IReadOnlyList<RuleExplanation> rules)
    {
        Explanation matches = tree.Add("rules");
        foreach (RuleExplanation rule in rules)
        {
            string how =
                rule.Match.Enforced ? "enforced"
                : rule.Match.HeldOut ? "held out"
                : Words.Of(rule.Rule.Mode);
            Explanation match = matches.Add(rule.Rule.Id, $"{Words.Of(rule.Match.Outcome)} ({how})");
            if (rule.Match.Rule == record.DecidingRule)
                match.Add("decided", true);
            if (rule.Rule.Reason is not null)
                match.Add("reason", rule.Rule.Reason);
            if (rule.Rule.Score != 0 && rule.Match is { Enforced: true, Outcome: MatchOutcome.Matched })
                match.Add("addsToScore", rule.Rule.Score);
            if (rule.Match.Error is not null)
                match.Add("error", rule.Match.Error);
            match.Add("because", rule.Sentence);
            int left = NodesMax;
            if (rule.Root is { } root)
                Add(match, root, ref left);
        }
    }

    private static void Add(Explanation tree, ExplainedNode node, ref int left)
    {
        if (left-- <= 0)
            return;
        Explanation step = tree.Add(node.Text, node.IsSkipped ? "not evaluated" : node.Value?.ToString());
        foreach (ExplainedNode part in node.Children)
            Add(step, part, ref left);
    }

    // What the record kept: what no rule reads was not.
    private static void AddValues(Explanation tree, DecisionRecord record, GateModel model)
    {
        Explanation counters = new("counters");
        for (int i = 0; i < Math.Min(record.Inputs.Counters.Length, model.Document.Counters.Count); i++)
            if (record.Inputs.Counters[i] is var value && value != 0)
                counters.Add(
                    model.Document.Counters[i].Name,
                    double.IsNaN(value) ? "not known" : value.ToString(CultureInfo.InvariantCulture)
                );
        if (counters.Because.Count > 0)
            tree.Add(counters);
        Explanation lists = new("lists");
        for (int i = 0; i < Math.Min(record.Inputs.Lists.Length, model.Document.Lists.Count); i++)
            if (record.Inputs.Lists[i] != Membership.Out)
                lists.Add(model.Document.Lists[i].Name, Words.Of(record.Inputs.Lists[i]));
        if (lists.Because.Count > 0)
            tree.Add(lists);
    }

    private static string CauseOf(DecisionRecord record, RuleExplanation? rule) =>
        record.Cause switch
        {
            _ when record.Kind == RecordKind.Bypass => "it went past the gate, as an access log shows",
            DecisionCause.Rule when rule is not null =>
                $"rule {rule.Rule.Id} of version {record.Version} matched: {rule.Sentence}",
            DecisionCause.Rule => $"a rule of version {record.Version} matched",
            DecisionCause.Score => $"its score of {record.Score} reached the threshold of its route",
            DecisionCause.Cleared when rule is not null =>
                $"the client showed a clearance when rule {rule.Rule.Id} of version {record.Version} asked for one: {rule.Sentence}",
            DecisionCause.Cleared => "the client showed a clearance when its score asked for one",
            DecisionCause.BudgetExceeded => "the budget of the decision ran out: the fail policy of its route",
            DecisionCause.Failure => "it could not be judged: the fail policy of its route",
            _ => $"no enforced rule of version {record.Version} spoke against it",
        };
}
