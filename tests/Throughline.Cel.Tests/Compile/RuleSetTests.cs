using Throughline.Cel.Compile;
using Throughline.Cel.Values;
using Throughline.Testing;

namespace Throughline.Cel.Tests.Compile;

/// <summary>A set of rules gives what each of its rules gives alone: true, false, or the same fault.</summary>
public sealed class RuleSetTests
{
    [Fact]
    public void Evaluate_GeneratedRules_GivesWhatEachGivesAlone()
    {
        Random random = Seeds.Random();
        TypedExpressions expressions = new(random);
        int faults = 0;
        for (int i = 0; i < 40; i++)
        {
            string[] texts =
            [
                .. Enumerable.Range(0, random.Next(1, 130)).Select(_ => expressions.Bool(random.Next(4))),
            ];
            Visit[] visits = [.. Enumerable.Range(0, 50).Select(_ => Visit.Random(random))];
            faults += AssertAsAlone(texts, [.. texts.Select(Visit.Compile)], visits);
        }
        Assert.True(faults > 1_000, $"only {faults} faults: they are not tested");
    }

    [Fact]
    public void Evaluate_GeneratedGateRules_GivesWhatEachGivesAlone()
    {
        Random random = Seeds.Random();
        int faults = 0;
        for (int i = 0; i < 40; i++)
        {
            string[] texts = Texts(random, random.Next(1, 100));
            GateCall[] calls = [.. Enumerable.Range(0, 40).Select(_ => GateCall.Random(random))];
            faults += AssertAsAlone(texts, [.. texts.Select(GateCall.Compile)], calls);
            faults += AssertAsAlone(
                texts,
                [.. texts.Select(GateCall.CompileMap)],
                [.. calls.Take(20).Select(x => x.Map())]
            );
        }
        Assert.True(faults > 1_000, $"only {faults} faults: they are not tested");
    }

    [Fact]
    public void Evaluate_ThousandRules_GivesWhatEachGivesAlone()
    {
        Random random = Seeds.Random();
        string[] texts = Texts(random, 1_000);
        GateCall[] calls = [.. Enumerable.Range(0, 40).Select(_ => GateCall.Random(random))];
        Assert.True(AssertAsAlone(texts, [.. texts.Select(GateCall.Compile)], calls) > 0);
    }

    [Fact]
    public void Evaluate_RulesInAnotherOrder_GivesTheSameForEach()
    {
        Random random = Seeds.Random();
        CompiledRule<GateCall>[] rules = [.. Texts(random, 200).Select(GateCall.Compile)];
        int[] order = [.. Enumerable.Range(0, rules.Length)];
        random.Shuffle(order);
        RuleSet<GateCall> set = RuleSet<GateCall>.Create(rules);
        RuleSet<GateCall> shuffled = RuleSet<GateCall>.Create([.. order.Select(x => rules[x])]);
        RuleMatches expected = set.NewMatches();
        RuleMatches actual = shuffled.NewMatches();
        for (int i = 0; i < 50; i++)
        {
            GateCall call = GateCall.Random(random);
            set.Evaluate(call, expected);
            shuffled.Evaluate(call, actual);
            for (int rule = 0; rule < rules.Length; rule++)
                Assert.Equal(expected.OutcomeOf(order[rule]), actual.OutcomeOf(rule));
        }
    }

    [Fact]
    public void Evaluate_RuleThatFails_IsReportedAndHidesNoOther()
    {
        string[] texts =
        [
            "request.agent == 'x' && request.method == 'GET'",
            "request.method == 'GET'",
            "1 / request.score > 0",
            "request.agent == 'x' && request.method == 'POST'",
            "counter('') > 1 || request.headless",
        ];
        RuleSet<GateCall> set = RuleSet<GateCall>.Create([.. texts.Select(GateCall.Compile)]);
        RuleMatches matches = set.NewMatches();
        set.Evaluate(new GateCall { Headless = true }, matches);
        Assert.Equal([1, 4], Enumerable.Range(0, texts.Length).Where(matches.Contains));
        List<RuleFault> faults = [];
        foreach (RuleFault fault in matches.Faults)
            faults.Add(fault);
        Assert.Equal([0, 2], faults.Select(x => x.Rule));
        Assert.Contains("request.agent", faults[0].Fault.ToString(), StringComparison.Ordinal);
        Assert.Contains("division by zero", faults[1].Fault.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, matches.FaultCount);
        Assert.Equal(RuleOutcome.Error, matches.OutcomeOf(2));
        Assert.Equal(RuleOutcome.False, matches.OutcomeOf(3));

        set.Evaluate(new GateCall { Agent = "x", Score = 1 }, matches);
        Assert.Equal(RuleOutcome.True, matches.OutcomeOf(0));
        Assert.Equal(1, matches.FaultCount);
        Assert.False(matches.TryGetFault(2, out _));
        Assert.True(matches.TryGetFault(4, out Value left));
        Assert.Contains("no counter", left.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_MatchesOfAnotherSet_Throws()
    {
        CompiledRule<GateCall>[] rules = [GateCall.Compile("request.method == 'GET'")];
        RuleMatches matches = RuleSet<GateCall>.Create(rules).NewMatches();
        RuleSet<GateCall> other = RuleSet<GateCall>.Create(rules);
        Assert.Throws<ArgumentException>(() => other.Evaluate(new GateCall(), matches));
    }

    [Fact]
    public void Evaluate_LiteralsInsideEachOther_FindsAll()
    {
        string[] needles = ["he", "she", "his", "hers", "e", "\U0001F600"];
        RuleSet<Visit> set = RuleSet<Visit>.Create([
            .. needles.Select(x => Visit.Compile($"request.path.contains('{x}')")),
        ]);
        RuleMatches matches = set.NewMatches();
        foreach (string path in new[] { "ushers", "his", "hhe", "", "s\U0001F600h", "\uFFFFhers" })
        {
            set.Evaluate(new Visit { Path = path }, matches);
            for (int i = 0; i < needles.Length; i++)
                Assert.Equal(path.Contains(needles[i], StringComparison.Ordinal), matches.Contains(i));
        }
    }

    [Fact]
    public void Evaluate_SteadyState_AllocatesNothing()
    {
        string[] texts =
        [
            "request.method == 'POST' && request.score > 3",
            "request.path.startsWith('/api')",
            "request.path.contains('check') || request.path.contains('cart')",
            "request.score in [1, 37]",
            "request.headers.exists(h, h.name == 'host')",
        ];
        RuleSet<Visit> set = RuleSet<Visit>.Create([.. texts.Select(Visit.Compile)]);
        RuleMatches matches = set.NewMatches();
        Visit visit = new()
        {
            Method = "POST",
            Path = "/api/check",
            Score = 37,
            Headers = [new("host", "x")],
        };
        set.Evaluate(visit, matches);
        Assert.Equal(texts.Length, matches.Count);
        Assert.Equal(0, ActionCost.AllocatedBytes(() => set.Evaluate(visit, matches)));
    }

    [Fact]
    public void Evaluate_FaultsAndSharedParts_AllocatesNothing()
    {
        string[] texts =
        [
            "request.agent.matches('(?i)BOT/[0-9]+')",
            "request.agent.matches('(?i)BOT/[0-9]+') && request.score > 3",
            "cidr('10.0.0.0/8').containsIP(request.ip)",
            "cidr('10.0.0.0/8').containsIP(ip(request.ip)) && request.method == 'GET'",
            "cidr('10.0.0.0/8').containsIP(request.client)",
            "request.path.endsWith('.php') && request.tally > 3",
            "request.tally in [9, 7] && request.print == 'p'",
            "has(request.print) && request.headless",
            "request.session.pages > 3",
        ];
        RuleSet<GateCall> set = RuleSet<GateCall>.Create([.. texts.Select(GateCall.Compile)]);
        RuleMatches matches = set.NewMatches();
        GateCall call = new()
        {
            Agent = "googlebot/2",
            Ip = "10.1.2.3",
            Client = GateCall.Address("10.9.9.9"),
            Path = "/x.php",
            Tally = 9,
            Score = 4,
            Print = "p",
            Headless = true,
        };
        GateCall other = call with { Ip = "10.1.2.4", Agent = null };
        set.Evaluate(call, matches);
        Assert.Equal(texts.Length - 1, matches.Count);
        Assert.Equal(1, matches.FaultCount);
        int found = 0;
        Assert.Equal(
            0,
            ActionCost.AllocatedBytes(() =>
            {
                set.Evaluate(call, matches);
                set.Evaluate(other, matches);
                foreach (RuleFault fault in matches.Faults)
                    found += fault.Rule;
            })
        );
        Assert.True(found > 0);
    }

    private static string[] Texts(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => GateCall.Rule(random, random.Next(4)))];

    private static int AssertAsAlone<T>(string[] texts, CompiledRule<T>[] rules, T[] inputs)
    {
        EvaluationScratch scratch = new();
        RuleSet<T> set = RuleSet<T>.Create(rules);
        RuleMatches matches = set.NewMatches();
        int faults = 0;
        foreach (T input in inputs)
        {
            set.Evaluate(input, matches);
            int trues = 0;
            foreach (RuleFault fault in matches.Faults)
                Assert.Equal(fault.Fault.ToString(), Fault(rules[fault.Rule].Evaluate(input, scratch), scratch));
            for (int rule = 0; rule < rules.Length; rule++)
            {
                RuleOutcome alone = rules[rule].Evaluate(input, scratch);
                RuleOutcome together = matches.OutcomeOf(rule);
                Assert.True(alone == together, $"{texts[rule]}\n{input}\nalone {alone}, in the set {together}");
                trues += alone == RuleOutcome.True ? 1 : 0;
            }
            Assert.Equal(trues, matches.Count);
            faults += matches.FaultCount;
        }
        return faults;
    }

    private static string? Fault(RuleOutcome outcome, EvaluationScratch scratch) =>
        outcome is RuleOutcome.Error or RuleOutcome.Unknown ? scratch.Fault.ToString() : null;
}
