using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Explain;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Explain;

/// <summary>Every answer is derived again from its record and from its events; and a record or event that was tampered with is noticed.</summary>
public sealed class ExplainerTests
{
    private static readonly TenantSettings Settings = new("test");

    [Fact]
    public void Explain_EverySubjectOfRandomFacts_IsIdenticalTwice()
    {
        Dictionary<string, int> kinds = [];
        for (int seed = 0; seed < 40; seed++)
        {
            Run run = new(new FactGenerator(seed) { Values = 3 + seed % 6, RichRules = seed % 2 == 1 }.Generate(120));
            foreach (Why why in run.All(run.Explainer()))
            {
                kinds[why.Kind] = kinds.GetValueOrDefault(why.Kind) + 1;
                Assert.True(
                    why is { Record: null, Events: null },
                    $"seed {seed}: {why.Kind} {why.Id}: record {why.Record}; events {why.Events}\n{why.Sentence}\n{why.Tree}"
                );
            }
        }
        Assert.All(
            ["decision", "customer", "conversion"],
            kind => Assert.InRange(kinds.GetValueOrDefault(kind), 500, int.MaxValue)
        );
    }

    // Who asks why nobody earned anything is told in the sentence, the most frequent reason first.
    [Fact]
    public void Explain_NobodyWasEligible_TellsTheReasonsInTheSentence()
    {
        long at = FactGenerator.Start;
        CampaignRule rule = new("c", 1, 86_400_000, CreditModel.LastTouch, 0, "g", 0, long.MaxValue, true, 0, 0);
        (string, string)[] ada = [("user", "ada")];
        Run run = new([
            new("rule", EventType.Control, at) { Document = ControlDocument.Campaign(rule) },
            new("x1", EventType.Click, at) { Campaign = "x", Identifiers = ada },
            new("x2", EventType.Click, at + 1) { Campaign = "x", Identifiers = ada },
            new("sale", EventType.Conversion, at + 2) { Minor = 100, Identifiers = ada },
            new("other", EventType.Conversion, at + 2) { Minor = 100, Identifiers = [("user", "eva")] },
        ]);

        Assert.Equal(
            "No credit: none of 2 candidate touches was eligible (no_rule 2).",
            run.Explainer().Explain("sale")!.Sentence
        );
        Assert.Equal(
            "No credit: its customer had no touch that any rule's window reaches.",
            run.Explainer().Explain("other")!.Sentence
        );
    }

    [Theory]
    [InlineData("EUR", 1234, "12.34 EUR", "10.00 EUR")]
    [InlineData("JPY", 1234, "1234 JPY", "1000 JPY")]
    [InlineData("KWD", 1234, "1.234 KWD", "1.000 KWD")]
    public void Explain_Amounts_AreInTheCurrencysDigits(string currency, long minor, string value, string left)
    {
        string other = currency == "EUR" ? "USD" : "EUR";
        long at = FactGenerator.Start;
        CampaignRule rule = new("c", 1, 86_400_000, CreditModel.LastTouch, 0, "g", 0, long.MaxValue, true, 0, 0);
        (string, string)[] ada = [("user", "ada")];
        Run run = new([
            new("rule", EventType.Control, at) { Document = ControlDocument.Campaign(rule) },
            new("touch", EventType.Click, at) { Campaign = "c", Identifiers = ada },
            new("sale", EventType.Conversion, at + 1)
            {
                Minor = minor,
                Currency = currency,
                Identifiers = ada,
            },
            new("odd", EventType.Refund, at + 2)
            {
                Conversion = "sale",
                Minor = 5,
                Currency = other,
            },
            new("back", EventType.Refund, at + 3)
            {
                Conversion = "sale",
                Minor = minor - 1000,
                Currency = currency,
            },
        ]);

        Why why = run.Explainer().Explain("sale")!;

        Assert.StartsWith($"{value} of 1 candidate touch to click of c at ", why.Sentence);
        Assert.EndsWith($"({value}).", why.Sentence);
        string tree = why.Tree.ToString();
        Assert.Contains($"value: {value}\n", tree);
        Assert.Contains($"credit: {value}\n", tree);
        Assert.Contains($"afterRefunds: {left}\n", tree);
        Assert.Contains($"ignoredOtherCurrency: 0.05 {other}\n", tree);
    }

    [Fact]
    public void Explain_EverySubjectAfterEveryFewFacts_IsIdenticalTwice_WhateverHappenedToIt()
    {
        int seed = Seeds.Next();
        Dictionary<string, int> situations = [];
        for (int round = 0; round < 15; round++)
        {
            List<Fact> facts = new FactGenerator(seed + round) { Values = 4, Minutes = 30 }.Generate(150);
            for (int until = 30; until <= facts.Count; until += 30)
            {
                Run run = new(facts[..until]);
                foreach (Why why in run.All(run.Explainer()))
                {
                    Assert.True(
                        why is { Record: null, Events: null },
                        $"seed {seed}, round {round}, after {until}: {why.Kind} {why.Id}: record {why.Record}; events {why.Events}\n{why.Tree}"
                    );
                    foreach (string situation in Situations(why))
                        situations[situation] = situations.GetValueOrDefault(situation) + 1;
                }
            }
        }
        Assert.All(
            (string[])
                [
                    "customer merged",
                    "customer split",
                    "customer relabelled",
                    "customer redated",
                    "id resolves to another",
                    "conversion refunded",
                    "refund in other currency",
                    "conversion duplicate_order",
                    "conversion bot",
                    "conversion no_customer",
                    "conversion restated",
                    "touch bot",
                    "touch lost_exclusivity",
                    "verdict label",
                    "verdict decision_deny",
                    "verdict restated",
                ],
            situation => Assert.InRange(situations.GetValueOrDefault(situation), 3, int.MaxValue)
        );
    }

    [Fact]
    public void Explain_AConversionThatWaits_SaysSo_AndIsIdenticalOnceItWasEvaluated()
    {
        MemoryHistory history = new();
        TenantMachine machine = new(Settings, history);
        for (int i = 0; i < 3 * TenantMachine.WorkPerEvent; i++)
            history.Apply(
                machine,
                new Fact($"sale{i}", EventType.Conversion, FactGenerator.Start + i)
                {
                    Identifiers = [("cookie", "c")],
                    Minor = 100,
                }.Encode()
            );
        history.Apply(machine, Rule().Encode());
        Assert.True(machine.HasBacklog);
        Explainer explainer = new(
            machine,
            history,
            sequence => history.Results[(int)sequence],
            id => Fact.TokenOf("event", id)
        );
        Assert.Equal("waits to be evaluated again", explainer.Explain("sale0")!.Events);
        history.Drain(machine);
        for (int i = 0; i < 3 * TenantMachine.WorkPerEvent; i++)
            Assert.True(explainer.Explain($"sale{i}") is { Record: null, Events: null });
    }

    private static Fact Rule() =>
        new("rule", EventType.Control, FactGenerator.Start - 1000)
        {
            Document = ControlDocument.Campaign(
                new("a", 1, 1000, CreditModel.Linear, 0, "default", 0, long.MaxValue, true, 0, 0)
            ),
        };

    private static IEnumerable<string> Situations(Why why)
    {
        string tree = why.Tree.ToString();
        foreach (string line in tree.Split('\n', StringSplitOptions.TrimEntries))
        {
            if (why.Kind == "customer" && line.StartsWith("lastChange: ", StringComparison.Ordinal))
                yield return $"customer {line["lastChange: ".Length..]}";
            if (why.Kind == "conversion" && line.StartsWith("status: ", StringComparison.Ordinal))
                yield return $"conversion {line["status: ".Length..]}";
            if (line.StartsWith("reason: ", StringComparison.Ordinal))
                yield return $"{(why.Kind == "conversion" ? "touch" : "verdict")} {line["reason: ".Length..]}";
            if (line.StartsWith("refund: ", StringComparison.Ordinal))
                yield return "conversion refunded";
            if (line.StartsWith("ignoredOtherCurrency: ", StringComparison.Ordinal))
                yield return "refund in other currency";
        }
        if (why.Kind == "customer" && why.Sentence.Contains("resolves to", StringComparison.Ordinal))
            yield return "id resolves to another";
        if (why.Revision > 1 && why.Kind == "conversion")
            yield return "conversion restated";
        if (why.Revision > 1 && why.Kind == "decision")
            yield return "verdict restated";
    }

    [Fact]
    public void Explain_OfATamperedRecord_SaysSo()
    {
        Run run = new(new FactGenerator(5).Generate(120));
        Explainer tampered = run.Explainer(readResult: result =>
        {
            switch ((ResultKind)result[0])
            {
                case ResultKind.Verdict:
                    result[^2] ^= 1; // the verdict itself
                    break;
                case ResultKind.Customer:
                    result[ResultRecord.HeaderSize] ^= 4; // the kind of change
                    break;
                default:
                    result[32] ^= 1; // the content that its inputs must give
                    break;
            }
        });
        List<Why> all = [.. run.All(tampered)];
        Assert.NotEmpty(all);
        Assert.All(all, why => Assert.NotNull(why.Record));
    }

    [Fact]
    public void Explain_OfATamperedEvent_SaysSo()
    {
        Fact request = new("request", EventType.Request, FactGenerator.Start)
        {
            Identifiers = [("cookie", "c")],
            UserAgent = "curl/8.5.0",
        };
        Fact sale = new("sale", EventType.Conversion, FactGenerator.Start + 600_000)
        {
            Identifiers = [("email", "e"), ("user", "u")],
            Minor = 100,
        };
        Run run = new([request, sale]);
        Token customer = run.Machine.Reader.Resolve(Fact.TokenOf("email", "e"))!.Value.Customer;

        Explainer other = run.Explainer(readEvent: position =>
            (position == 0 ? request with { UserAgent = "" } : sale with { Minor = 101 }).Encode()
        );
        Assert.NotNull(other.Explain("request")!.Events);
        Assert.NotNull(other.Explain("sale")!.Events);
        Explainer nobody = run.Explainer(readEvent: position =>
            (position == 0 ? request : sale with { Identifiers = [("user", "u")] }).Encode()
        );
        Assert.NotNull(nobody.Explain(customer.ToString())!.Events);
        Assert.All(run.All(run.Explainer()), why => Assert.Null(why.Events));
    }

    [Fact]
    public void Explain_OfWhatDoesNotExist_IsNull()
    {
        Run run = new(new FactGenerator(1).Generate(20));
        Assert.Null(run.Explainer().Explain("no such event"));
        Assert.Null(run.Explainer().Explain(new Token(1, 2).ToString()));
        Assert.Null(run.Explainer().Explain("rule1")); // a statement is no decision
    }

    private sealed class Run
    {
        private readonly MemoryHistory history = new();
        private readonly List<Fact> facts;

        public Run(List<Fact> facts)
        {
            this.facts = facts;
            Machine = new(Settings, history);
            foreach (Fact fact in facts)
                history.Apply(Machine, fact.Encode());
            history.Drain(Machine);
        }

        public TenantMachine Machine { get; }

        public Explainer Explainer(Action<byte[]>? readResult = null, Func<long, byte[]>? readEvent = null) =>
            new(
                Machine,
                readEvent is null ? history : new Tampered(readEvent),
                sequence =>
                {
                    byte[] result = [.. history.Results[(int)sequence]];
                    readResult?.Invoke(result);
                    return result;
                },
                id => Fact.TokenOf("event", id)
            );

        public IEnumerable<Why> All(Explainer explainer)
        {
            foreach (Fact fact in facts)
            {
                if (explainer.Explain(fact.Id) is { } why)
                    yield return why;
                if (fact.Type == EventType.Conversion && explainer.Decision(fact.Id) is { } decision)
                    yield return decision;
            }
            IdentityGraph graph = Machine.Parts.Graph;
            for (int row = 0; row < graph.Identifiers.Count; row++)
                if (explainer.Explain(graph.Groups.IdOf(row).ToString()) is { } why)
                    yield return why;
        }
    }

    private sealed class Tampered(Func<long, byte[]> read) : IHistory
    {
        public ReadOnlySpan<byte> Read(long position) => read(position);

        public bool TryFindId(Token id, long before, out long position)
        {
            position = 0;
            return false;
        }
    }
}
