using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Explain;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Identity;

/// <summary>What is measured of a graph, and when its guards alarm.</summary>
public sealed class GraphHealthTests
{
    private readonly List<Fact> facts = [];

    [Fact]
    public void Measure_ValueThatStrangersShare_LooksLikeJunk_AndOneOfAFamilyDoesNot()
    {
        for (int i = 0; i < 12; i++)
            See($"user:u{i}", "email:noreply");
        for (int i = 0; i < 12; i++)
            See("user:mother", "email:home", $"device:d{i}");
        GraphFigures figures = Health().Figures;
        ValueFigures junk = Assert.Single(figures.MostJunk);
        Assert.Equal(("email", Fact.TokenOf("email", "noreply")), (junk.Type, junk.Token));
        Assert.Equal((12, 12, 1.0), (junk.Degree, junk.Customers, junk.JunkScore));
        Assert.Equal((1L, 1L), (figures.JunkValues, figures.SharedValues));
        TypeFigures email = figures.Types.Single(type => type.Type == "email");
        Assert.Equal((2L, 25L, 1L, 12.5), (email.Identifiers, email.Links, email.Shared, email.LinkRate));
        Assert.Equal(14, figures.CustomerSize.Single(quantile => quantile.Name == "max").Value);
    }

    [Fact]
    public void Measure_LinksThatLimitsReject_AreCountedByLimit()
    {
        See("user:a", "cookie:1");
        See("user:b", "cookie:1"); // one account a customer
        See("device:x", "cookie:y");
        Say(ControlDocument.Pair(ControlDocument.SeparateKind, End("device:x"), End("cookie:y"), true));
        GraphFigures figures = Health().Figures;
        Assert.Equal(2, figures.RejectedLinks);
        Assert.Equal(1, figures.Rejected[GroupLimit.TypeMax]);
        Assert.Equal(1, figures.Rejected[GroupLimit.Separated]);
        Assert.Equal(3, figures.Candidates);
    }

    [Fact]
    public void Measure_OverRandomWorlds_AgreesWithTheMachine()
    {
        for (int seed = 88_000; seed < 88_040; seed++)
        {
            TenantMachine machine = TenantMachineLawTests.Run(
                new FactGenerator(seed) { Statements = 10 }
                    .Generate(150)
                    .Select(fact => fact.Encode())
            );
            Token pages = machine.PageHash();
            GraphFigures figures = new HealthAnswers(machine).Figures;
            Assert.Equal(pages, machine.PageHash());
            IdentityGraph graph = machine.Parts.Graph;
            HashSet<Token> customers = [];
            int largest = 0;
            for (int row = 0; row < graph.Identifiers.Count; row++)
                if (machine.Reader.Resolve(graph.Identifiers[row].Token) is { } found)
                {
                    customers.Add(found.Customer);
                    largest = Math.Max(largest, found.Size);
                }
            Assert.Equal(customers.Count, figures.Customers);
            Assert.Equal(largest, figures.CustomerSize[^1].Value);
            long rejected = 0;
            long candidates = 0;
            HashSet<(int, int)> pairs = []; // matchers may state a link of several tiers for one pair
            for (int link = 0; link < graph.Links.Count; link++)
            {
                LinkRow row = graph.Links[link];
                rejected += row.Outcome == LinkOutcome.Rejected ? 1 : 0;
                candidates += row.IsCandidate ? 1 : 0;
                if (row.IsCandidate)
                    pairs.Add((row.A, row.B));
            }
            Assert.Equal(rejected, figures.RejectedLinks);
            Assert.Equal(candidates, figures.Candidates);
            Assert.True(figures.Types.Sum(type => type.Links) == 2 * pairs.Count, $"seed {seed}");
        }
    }

    [Fact]
    public void Judge_ThresholdsOfTheTenant_AlarmAboveThemAlone()
    {
        for (int i = 0; i < 12; i++)
            See($"user:u{i}", "email:noreply");
        Assert.DoesNotContain(Health().Alarms, alarm => alarm.Guard == GraphGuard.Degree);
        Say(
            Settings(
                """{"guards":{"degreeMax":12,"junkValuesMax":0,"sharedShareMax":null,"linkRateMaxByType":{"email":11.5}}}"""
            )
        );
        IReadOnlyList<GuardAlarm> alarms = Health().Alarms;
        Assert.DoesNotContain(alarms, alarm => alarm.Guard is GraphGuard.Degree or GraphGuard.SharedValues);
        Assert.Contains(new GuardAlarm(GraphGuard.JunkValues, null, 1, 0), alarms);
        Assert.Contains(new GuardAlarm(GraphGuard.LinkRate, "email", 12, 11.5), alarms);
        Say(Settings("""{"guards":{"degreeMax":11}}"""));
        Assert.Contains(new GuardAlarm(GraphGuard.Degree, null, 12, 11), Health().Alarms);
        using JsonDocument told = JsonDocument.Parse(Health().ToJson());
        Assert.Equal("degree", told.RootElement.GetProperty("alarms")[0].GetProperty("guard").GetString());
    }

    [Theory]
    [InlineData("""{"guards":{"degreeMax":-1}}""", "/guards/degreeMax")]
    [InlineData("""{"guards":{"sharedShareMax":2}}""", "/guards/sharedShareMax")]
    [InlineData("""{"guards":{"linkRateMaxByType":{"email":-1}}}""", "/guards/linkRateMaxByType")]
    [InlineData("""{"guards":{"unknown":1}}""", "unknown")]
    public void Settings_NotUsable_SayWhere(string json, string place)
    {
        JsonException error = Assert.Throws<JsonException>(() => Settings(json));
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
    }

    private static byte[] Settings(string json) =>
        ControlDocument.IdentitySettings(IdentitySettings.Read(JsonDocument.Parse(json).RootElement));

    private HealthAnswers Health() => new(TenantMachineLawTests.Run(facts.Select(fact => fact.Encode())));

    private void See(params string[] identifiers) =>
        facts.Add(
            new($"e{facts.Count}", EventType.Identify, FactGenerator.Start + facts.Count * 1000)
            {
                Identifiers = [.. identifiers.Select(Split)],
            }
        );

    private void Say(byte[] document) =>
        facts.Add(
            new($"e{facts.Count}", EventType.Control, FactGenerator.Start + facts.Count * 1000) { Document = document }
        );

    private static (string, Token) End(string identifier) =>
        (Split(identifier).Type, Fact.TokenOf(Split(identifier).Type, Split(identifier).Value));

    private static (string Type, string Value) Split(string identifier) =>
        (identifier.Split(':')[0], identifier.Split(':')[1]);
}
