using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;

namespace Throughline.Server.Edge.Publishing;

/// <summary>How much of the recent traffic a rule matches.</summary>
/// <param name="Matched">Of so many requests.</param>
/// <param name="Unknown">So many lack what the rule reads: new counters have no values yet.</param>
internal sealed record RuleShare(string Rule, int Matched, int Unknown, double Percent);

/// <summary>
/// What a version would do to the requests that the edge remembers: each is judged by it with what was known then. Counters and lists
/// that the version in force has, too, give their values of then; new ones are unknown, never guessed.
/// </summary>
internal sealed record RecentShares(int Requests, IReadOnlyList<RuleShare> Rules, IReadOnlyList<RuleShare> TooLarge)
{
    /// <summary>Of fewer requests a share says nothing.</summary>
    public const int RequestsMin = 100;

    /// <param name="percentMax">A rule that refuses and is new, changed or newly enforced may match no more.</param>
    public static RecentShares Of(TenantEdge edge, GateModel candidate, double percentMax)
    {
        Trial trial = new(candidate);
        edge.VisitRecent(trial.Judge);
        IReadOnlyList<RuleShare> shares = trial.Shares();
        GateDocument? before = edge.Model?.Document;
        return new(
            trial.Requests,
            shares,
            [
                .. shares.Where(share =>
                    trial.Requests >= RequestsMin
                    && share.Percent > percentMax
                    && IsGuarded(candidate.Document, before, share.Rule)
                ),
            ]
        );
    }

    // Rules that were in force as they are need no second confirmation; those that let in or only tag harm nobody.
    private static bool IsGuarded(GateDocument document, GateDocument? before, string id)
    {
        RuleDocument rule = document.Rules.First(x => x.Id == id);
        bool harms = rule.Action is RuleAction.Deny or RuleAction.Challenge || rule.Score > 0;
        if (!harms || rule.Mode is not (RuleMode.Enforce or RuleMode.Canary) || rule.Phase != RulePhase.Request)
            return false;
        RuleDocument? old = before?.Rules.FirstOrDefault(x => x.Id == id);
        return old is null || (old with { Routes = rule.Routes }) != rule || !old.Routes.SequenceEqual(rule.Routes);
    }

    private sealed class Trial(GateModel candidate)
    {
        private readonly int[] matched = new int[candidate.Document.Rules.Count];
        private readonly int[] unknown = new int[candidate.Document.Rules.Count];
        private readonly GateDecision decision = new();
        private readonly double[] counters = new double[candidate.Document.Counters.Count];
        private readonly Membership[] lists = new Membership[candidate.Document.Lists.Count];
        private GateModel? from;
        private int[] counterPlaces = [];
        private int[] listPlaces = [];

        public int Requests { get; private set; }

        // The exchange's own inputs, with other values for the time of one judgement: under the edge's lock nobody else reads them.
        public void Judge(EdgeExchange exchange)
        {
            if (exchange.Model is not { } model || exchange.Inputs.Counters.Length != model.Document.Counters.Count)
                return; // its answer was fed back under another version
            if (!ReferenceEquals(model, from))
                Map(model);
            GateInputs inputs = exchange.Inputs;
            (double[] ownCounters, Membership[] ownLists) = (inputs.Counters, inputs.Lists);
            (int? route, ResponseFacts? response) = (inputs.Route, inputs.Response);
            for (int i = 0; i < counters.Length; i++)
                counters[i] = counterPlaces[i] < 0 ? double.NaN : ownCounters[counterPlaces[i]];
            for (int i = 0; i < lists.Length; i++)
                lists[i] = listPlaces[i] < 0 ? Membership.Unknown : ownLists[listPlaces[i]];
            try
            {
                (inputs.Counters, inputs.Lists) = (counters, lists);
                (inputs.Route, inputs.Response) = (candidate.RouteOf(inputs.Request), null);
                decision.Reset();
                GateEngine.Decide(candidate, inputs, decision);
            }
            finally
            {
                (inputs.Counters, inputs.Lists, inputs.Route, inputs.Response) = (
                    ownCounters,
                    ownLists,
                    route,
                    response
                );
            }
            Requests++;
            foreach (RuleMatch match in decision.Matches)
                if (match.Outcome == MatchOutcome.Matched)
                    matched[match.Rule]++;
                else if (match.Outcome == MatchOutcome.Unknown)
                    unknown[match.Rule]++;
        }

        public IReadOnlyList<RuleShare> Shares() =>
            [
                .. candidate.Document.Rules.Select(
                    (rule, i) =>
                        new RuleShare(
                            rule.Id,
                            matched[i],
                            unknown[i],
                            Requests == 0 ? 0 : Math.Round(100.0 * matched[i] / Requests, 2, MidpointRounding.ToEven)
                        )
                ),
            ];

        private void Map(GateModel model)
        {
            from = model;
            IReadOnlyList<CounterDocument> known = model.Document.Counters;
            counterPlaces =
            [
                .. candidate
                    .Document.Counters.Select(x => known.TakeWhile(y => !Same(x, y)).Count())
                    .Select(Found(known)),
            ];
            IReadOnlyList<ListDocument> there = model.Document.Lists;
            listPlaces =
            [
                .. candidate
                    .Document.Lists.Select(x => there.TakeWhile(y => y.Name != x.Name || y.Of != x.Of).Count())
                    .Select(Found(there)),
            ];
        }

        private static Func<int, int> Found<T>(IReadOnlyList<T> all) => place => place < all.Count ? place : -1;

        private static bool Same(CounterDocument x, CounterDocument y) =>
            x.Key.SequenceEqual(y.Key) && (x with { Key = y.Key }) == y;
    }
}
