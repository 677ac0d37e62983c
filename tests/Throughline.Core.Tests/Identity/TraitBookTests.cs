using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Identity;

/// <summary>Which event's trait survives, against a plain search over all facts.</summary>
public sealed class TraitBookTests
{
    private static readonly string[] Names = ["age", "city", "plan"];
    private static readonly string?[] Sources = [null, "crm", "web", "shop"];

    [Fact]
    public void Pick_RandomWorldsInTwoOrders_IsWhatAPlainSearchFinds()
    {
        int found = 0;
        int several = 0;
        for (int seed = 51_000; seed < 51_150; seed++)
        {
            Random random = new(seed);
            TraitRules rules = Rules(random);
            List<Fact> facts =
            [
                .. new FactGenerator(seed) { Values = 3 + seed % 4, Statements = seed % 3 == 0 ? 15 : 0 }
                    .Generate(140)
                    .Select(fact => Telling(fact, random)),
                new("settings", EventType.Control, FactGenerator.Start)
                {
                    Document = ControlDocument.IdentitySettings(new(new GuardThresholds(), rules)),
                },
            ];
            byte[][] records = [.. facts.Select(fact => fact.Encode())];
            TenantMachine machine = TenantMachineLawTests.Run(records);
            random.Shuffle(records);
            TenantMachine other = TenantMachineLawTests.Run(records);
            for (int row = 0; row < machine.Parts.Graph.Identifiers.Count; row++)
            {
                Token token = machine.Parts.Graph.Identifiers[row].Token;
                CustomerView? view = machine.Reader.View(token, withTraits: true);
                if (view is null)
                    continue;
                string where = $"seed {seed}, identifier {row}";
                string expected = Expected(machine, row, facts, rules, ref several);
                Assert.True(expected == Told(view), $"{where}\n  expected {expected}\n  actual   {Told(view)}");
                Assert.True(
                    expected == Told(other.Reader.View(token, withTraits: true)!),
                    $"in another order: {where}"
                );
                found += view.Traits!.Count;
            }
        }
        Assert.True(found > 1_000 && several > 300, $"{found} traits, {several} with a choice"); // not of nothing
    }

    [Fact]
    public void Pick_AfterARestart_IsTheSame()
    {
        Random random = new(5);
        MemoryHistory history = new();
        TenantMachine machine = new(new("test"), history);
        List<Fact> facts = new FactGenerator(5).Generate(200);
        foreach (Fact fact in facts)
            history.Apply(machine, Telling(fact, random).Encode());
        ImageCopy image = new(machine.Capture(), () => { });
        TenantMachine again = TenantMachine.Restore(new("test"), history, image.Source());
        int found = 0;
        for (int row = 0; row < machine.Parts.Graph.Identifiers.Count; row++)
        {
            Token token = machine.Parts.Graph.Identifiers[row].Token;
            CustomerView? view = machine.Reader.View(token, withTraits: true);
            Assert.Equal(view?.Traits, again.Reader.View(token, withTraits: true)?.Traits);
            found += view?.Traits?.Count ?? 0;
        }
        Assert.True(found > 10);
    }

    [Fact]
    public void Apply_MoreNamesThanATenantHas_IsRefused_AndKnownOnesGoOn()
    {
        MemoryHistory history = new();
        TenantMachine machine = new(new("test"), history);
        ApplyStatus Tell(int id, params string[] names) =>
            history.Apply(
                machine,
                new Fact($"e{id}", EventType.Identify, FactGenerator.Start + id)
                {
                    Identifiers = [("user", "u")],
                    Traits = names,
                    TraitsSource = "s",
                }.Encode()
            );
        for (int i = 0; i < 64; i += 32)
            Assert.Equal(ApplyStatus.Accepted, Tell(i, [.. Enumerable.Range(i, 32).Select(n => $"t{n}")]));
        Assert.Equal(ApplyStatus.TooManyNames, Tell(100, "one-more"));
        Assert.Equal(ApplyStatus.Accepted, Tell(101, "t0", "t63"));
        CustomerView view = machine.Reader.View(Fact.TokenOf("user", "u"), withTraits: true)!;
        Assert.Equal(64, view.Traits!.Count);
        Assert.Equal(FactGenerator.Start + 101, view.Traits.Single(pick => pick.Name == "t63").Time);
    }

    [Theory]
    [InlineData("""{"traits":{"others":{"survivorship":"mostTrusted"}}}""", "/traits/others")]
    [InlineData(
        """{"traits":{"byName":{"plan":{"survivorship":"mostTrusted","sources":[]}}}}""",
        "/traits/byName/plan"
    )]
    [InlineData("""{"traits":{"others":{"survivorship":"loudest"}}}""", "survivorship")]
    public void Settings_NotUsable_SayWhere(string json, string place)
    {
        JsonException error = Assert.Throws<JsonException>(() =>
            IdentitySettings.Read(JsonDocument.Parse(json).RootElement)
        );
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
    }

    private static Fact Telling(Fact fact, Random random) =>
        fact.Type != EventType.Identify || random.Next(4) == 0
            ? fact
            : fact with
            {
                Traits = [.. Names.Where(_ => random.Next(2) == 0).DefaultIfEmpty("plan")],
                TraitsSource = Sources[random.Next(Sources.Length)],
                UserAgent = random.Next(4) == 0 ? "curl/8.5.0" : null,
            };

    private static TraitRules Rules(Random random) =>
        new(Rule(random), new Dictionary<string, TraitRule>(StringComparer.Ordinal) { ["plan"] = Rule(random) });

    private static TraitRule Rule(Random random) =>
        random.Next(2) == 0 ? new() : new(Survivorship.MostTrusted, random.Next(2) == 0 ? ["crm", "web"] : ["shop"]);

    private static string Told(CustomerView view) =>
        string.Join(' ', view.Traits!.Select(pick => $"{pick.Name}:{pick.Time}:{pick.Source}"));

    // All identify facts whose owner is in the customer and whose actor counts; the best of them by trait.
    private static string Expected(TenantMachine machine, int row, List<Fact> facts, TraitRules rules, ref int several)
    {
        IdentityGraph graph = machine.Parts.Graph;
        List<string> told = [];
        foreach (string name in Names)
        {
            List<Fact> telling =
            [
                .. facts.Where(fact =>
                    fact.Traits.Contains(name) && Counts(machine, fact) && IsOwned(machine, fact, row)
                ),
            ];
            several += telling.Count > 1 ? 1 : 0;
            TraitRule rule = name == "plan" ? rules.ByName["plan"] : rules.Others;
            if (
                telling
                    .OrderByDescending(fact => Trust(rule, fact.TraitsSource))
                    .ThenByDescending(fact => fact.Time)
                    .ThenByDescending(fact => Fact.TokenOf("event", fact.Id))
                    .FirstOrDefault() is
                { } best
            )
                told.Add($"{name}:{best.Time}:{best.TraitsSource}");
        }
        return string.Join(' ', told);
    }

    private static int Trust(TraitRule rule, string? source)
    {
        int place = rule.Survivorship == Survivorship.MostTrusted ? rule.Sources!.ToList().IndexOf(source ?? "") : -1;
        return place < 0 ? int.MinValue : -place;
    }

    private static bool Counts(TenantMachine machine, Fact fact)
    {
        EventRecord record = EventRecord.FromTrusted(fact.Encode());
        int bucket = machine.Parts.Verdicts.Find(Actor.Of(record), VerdictPolicy.BucketOf(fact.Time));
        return machine.Parts.Verdicts.Counts(bucket);
    }

    private static bool IsOwned(TenantMachine machine, Fact fact, int row)
    {
        IdentityGraph graph = machine.Parts.Graph;
        int[] rows = [.. fact.Identifiers.Select(x => graph.Find(Fact.TokenOf(x.Type, x.Value)))];
        int owner = machine.Parts.Graph.OwnerOf(rows, VerdictPolicy.BucketOf(fact.Time));
        return owner >= 0 && graph.Identifiers[owner].CanOwn && graph.Groups.Same(owner, row);
    }
}
