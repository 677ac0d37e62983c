using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Tenant;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Tenant;

/// <summary>
/// The laws at the limits that small random worlds never reach: too many identifiers, candidates and requests. Facts come in
/// random orders, around the limit on both sides, and what crosses it is taken back again.
/// </summary>
public sealed class LimitLawTests
{
    private const long Start = FactGenerator.Start;
    private const long Minute = 60_000;
    private const string Browser =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36";

    [Theory]
    [InlineData(-2)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    public void Apply_ACustomerAroundItsLargestSize_EqualsTheRunFromScratch(int over)
    {
        // One e-mail address on many cookies; two halves hang together by one more sighting, which a label may quarantine.
        int cookies = ConversionCase.MaxIdentifiers + over - 2;
        InRandomOrders(
            random =>
            {
                List<Fact> facts = [Rule()];
                for (int i = 0; i < cookies; i++)
                    facts.Add(
                        Event(
                            $"see{i}",
                            EventType.Identify,
                            i / 10,
                            ("cookie", $"c{i}"),
                            ("email", i % 2 == 0 ? "a" : "b")
                        )
                    );
                facts.Add(
                    Event("bridge", EventType.Identify, 100, ("device", "d"), ("email", "a")) with
                    {
                        UserAgent = Browser,
                    }
                );
                facts.Add(
                    Event("bridge2", EventType.Identify, 100, ("device", "d"), ("email", "b")) with
                    {
                        UserAgent = Browser,
                    }
                );
                for (int i = 0; i < 12; i++)
                {
                    string cookie = $"c{random.Next(cookies)}";
                    facts.Add(
                        Event($"click{i}", EventType.Click, random.Next(60), ("cookie", cookie)) with
                        {
                            Campaign = "a",
                        }
                    );
                    facts.Add(
                        Event($"sale{i}", EventType.Conversion, 60 + i, ("cookie", $"c{random.Next(cookies)}")) with
                        {
                            Minor = 100,
                        }
                    );
                }
                if (random.Next(2) == 0)
                    facts.Add(Label("device", "d", (Verdict)random.Next(4)));
                for (int i = random.Next(3); i > 0; i--)
                    facts.Add(Block("email", random.Next(2) == 0 ? "a" : "b", random.Next(2) == 0, i));
                return facts;
            },
            rounds: 6
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(30)]
    public void Apply_AroundTheMostCandidates_EqualsTheRunFromScratch(int over) =>
        InRandomOrders(
            random =>
            {
                List<Fact> facts = [Rule()];
                for (int i = 0; i < ConversionCase.MaxCandidates + over; i++) // many of one instant
                    facts.Add(
                        Event($"click{i}", EventType.Click, i / 40, ("cookie", i % 2 == 0 ? "x" : "y")) with
                        {
                            Campaign = "a",
                        }
                    );
                facts.Add(Event("login", EventType.Identify, random.Next(40), ("cookie", "x"), ("cookie", "y")));
                for (int i = 0; i < 3; i++)
                    facts.Add(
                        Event($"sale{i}", EventType.Conversion, 5 + i * 5, ("cookie", "x")) with
                        {
                            Minor = 1000,
                        }
                    );
                return facts;
            },
            rounds: 4
        );

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void Apply_AroundTheRateOfAnAddress_EqualsTheRunFromScratch(int over) =>
        InRandomOrders(
            random =>
            {
                List<Fact> facts = [Rule()];
                for (int i = 0; i < VerdictPolicy.RequestsPerAddress + over; i++)
                    facts.Add(
                        Event($"request{i}", EventType.Request, 0, ("cookie", $"c{random.Next(30)}")) with
                        {
                            Time = Start + random.Next((int)(VerdictPolicy.BucketMs - Start % VerdictPolicy.BucketMs)),
                            Address = "192.0.2.1",
                            UserAgent = Browser,
                        }
                    );
                for (int i = 0; i < 20; i++) // present at the address, but no request
                    facts.Add(
                        Event($"click{i}", EventType.Click, 0, ("cookie", $"c{i * 2}"), ("email", $"m{i % 4}")) with
                        {
                            Address = random.Next(3) == 0 ? null : "192.0.2.1",
                            Campaign = "a",
                        }
                    );
                for (int i = 0; i < 6; i++)
                    facts.Add(
                        Event($"sale{i}", EventType.Conversion, 1 + i * 3, ("email", $"m{i % 4}")) with
                        {
                            Minor = 77,
                        }
                    );
                return facts;
            },
            rounds: 6
        );

    private static void InRandomOrders(Func<Random, List<Fact>> make, int rounds)
    {
        int seed = Seeds.Next();
        for (int round = 0; round < rounds; round++)
        {
            Random random = new(seed + round);
            byte[][] facts = [.. make(random).Select(fact => fact.Encode())];
            Token? digest = null;
            for (int order = 0; order < 5; order++)
            {
                random.Shuffle(facts);
                TenantMachine machine = TenantMachineLawTests.Run(facts);
                if (digest is null)
                    TenantMachineLawTests.Check(facts, machine, $"seed {seed}, round {round}");
                digest ??= machine.ResultsDigest();
                Assert.True(digest == machine.ResultsDigest(), $"seed {seed}, round {round}, order {order}");
            }
        }
    }

    private static Fact Event(string id, EventType type, int minute, params (string, string)[] identifiers) =>
        new(id, type, Start + minute * Minute) { Identifiers = identifiers };

    private static Fact Label(string type, string value, Verdict verdict) =>
        new("label", EventType.Label, Start)
        {
            Identifiers = [(type, value)],
            Label = verdict,
            From = Start,
            To = Start + 200 * Minute,
        };

    private static Fact Block(string type, string value, bool blocked, int i) =>
        new($"block{i}", EventType.Control, Start + i)
        {
            Document = ControlDocument.Block(type, Fact.TokenOf(type, value), blocked),
        };

    private static Fact Rule() =>
        new("rule", EventType.Control, Start)
        {
            Document = ControlDocument.Campaign(
                new("a", 1, 90 * Minute, CreditModel.Linear, 0, "default", 0, long.MaxValue, true, 0, 0)
            ),
        };
}
