using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Tenant;

/// <summary>A tenant's names have limits: what is beyond one is refused, so that no result depends on which name came first.</summary>
public sealed class NameLimitTests
{
    private const long Start = FactGenerator.Start;
    private const int NurturingNames = TouchRow.MaxKinds - 3; // impression, view and click are there

    private readonly MemoryHistory history = new();
    private readonly TenantMachine machine;

    public NameLimitTests() => machine = new(new("test"), history);

    [Fact]
    public void Apply_NurturingNamesBeyondTheLimit_AreRefused_KnownOnesGoOn() =>
        Fill(NurturingNames, (i, id) => Touch(id) with { Type = EventType.Nurture, Name = $"n{i}" });

    [Fact]
    public void Apply_ConversionKindsBeyondTheLimit_AreRefused_KnownOnesGoOn() =>
        Fill(
            Names.MaxConversionKinds,
            (i, id) => Touch(id) with { Type = EventType.Conversion, Campaign = null, Kind = $"k{i}", Minor = 1 }
        );

    [Fact]
    public void Apply_IdentifierTypesBeyondTheLimit_AreRefused_KnownOnesGoOn() =>
        Fill(Names.MaxIdentifierTypes, (i, id) => Touch(id) with { Identifiers = [($"t{i}", "v")] });

    [Fact]
    public void Apply_CampaignsBeyondTheLimit_AreRefused_KnownOnesGoOn()
    {
        LongTests.Require();
        Fill(TouchRow.MaxCampaigns, (i, id) => Touch(id) with { Campaign = $"a{i}" });
    }

    [Fact]
    public void Apply_SeveralNewTypesWithTooLittleRoom_IsRefusedWhole()
    {
        for (int i = 0; i < Names.MaxIdentifierTypes - 2; i++)
            Accept(Touch($"e{i}") with { Identifiers = [($"t{i}", "v")] });
        Fact three = Touch("three") with { Identifiers = [("x", "v"), ("y", "v"), ("z", "v"), ("t0", "v")] };
        Refuse(three);
        Accept(three with { Identifiers = [("x", "v"), ("y", "v"), ("t0", "v"), ("cookie", "v")] });
        Refuse(three with { Id = "again" });
    }

    [Fact]
    public void Apply_ABlockOfAnIdentifierTypeBeyondTheLimit_IsRefused()
    {
        for (int i = 0; i < Names.MaxIdentifierTypes; i++)
            Accept(Touch($"e{i}") with { Identifiers = [($"t{i}", "v")] });
        Refuse(Block("new"));
        Accept(Block("t7"));
        Accept(Block("email"));
    }

    [Fact]
    public void Apply_WhatWasAcceptedUnderFullTables_InRandomOrders_IsAcceptedWithTheSameResults()
    {
        int seed = Seeds.Next();
        Random random = new(seed);
        List<byte[]> facts =
        [
            .. new FactGenerator(seed)
                .Generate(600)
                .Select(
                    (fact, i) =>
                        fact.Type == EventType.Nurture ? fact with { Name = $"n{random.Next(2 * NurturingNames)}" }
                        : fact.Type == EventType.Identify
                            ? fact with
                            {
                                Identifiers =
                                [
                                    .. fact.Identifiers,
                                    .. Enumerable.Range(0, 7).Select(n => ($"t{i * 7 + n}", "v")),
                                ],
                            }
                        : fact
                )
                .Concat(
                    Enumerable
                        .Range(0, NurturingNames)
                        .Select(i => Touch($"f{i}") with { Type = EventType.Nurture, Name = $"n{2 * i}" })
                )
                .Concat(
                    Enumerable
                        .Range(0, 100)
                        .Select(i =>
                            Touch($"g{i}") with
                            {
                                Identifiers = [.. Enumerable.Range(0, 8).Select(n => ($"t{i * 8 + n}", "v"))],
                            }
                        )
                )
                .Select(fact => fact.Encode()),
        ];
        MemoryHistory first = new();
        TenantMachine expected = new(new("test"), first);
        int refused = facts.Count(fact => first.Apply(expected, fact) == ApplyStatus.TooManyNames);
        Assert.InRange(refused, 1, facts.Count / 2);
        first.Drain(expected);
        byte[][] accepted = [.. first.Events.Where(record => record[1] != (byte)EventType.Tick)];
        for (int order = 0; order < 20; order++)
        {
            random.Shuffle(accepted);
            MemoryHistory log = new();
            TenantMachine again = new(new("test"), log);
            Assert.All(accepted, fact => Assert.Equal(ApplyStatus.Accepted, log.Apply(again, fact)));
            log.Drain(again);
            Assert.True(expected.ResultsDigest() == again.ResultsDigest(), $"seed {seed}, order {order}");
        }
    }

    private void Fill(int limit, Func<int, string, Fact> make)
    {
        for (int i = 0; i < limit; i++)
            Accept(make(i, $"e{i}"));
        Token pages = machine.PageHash();
        Refuse(make(limit, "beyond"));
        Assert.Equal((pages, limit), (machine.PageHash(), machine.NextPosition));
        Accept(make(0, "known"));
        Accept(make(limit - 1, "beyond")); // the refused one's id was not remembered
    }

    private void Accept(Fact fact) => Assert.Equal(ApplyStatus.Accepted, history.Apply(machine, fact.Encode()));

    private void Refuse(Fact fact) => Assert.Equal(ApplyStatus.TooManyNames, history.Apply(machine, fact.Encode()));

    private static Fact Touch(string id) =>
        new(id, EventType.Click, Start) { Identifiers = [("cookie", "c")], Campaign = "a" };

    private static Fact Block(string type) =>
        new($"block-{type}", EventType.Control, Start)
        {
            Document = ControlDocument.Block(type, Fact.TokenOf(type, "v"), true),
        };
}
