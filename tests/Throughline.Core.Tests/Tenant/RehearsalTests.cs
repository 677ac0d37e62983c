using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.State;
using Throughline.Core.Tenant;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Tenant;

/// <summary>What a rehearsal tells is what happens; and it happens to nobody.</summary>
public sealed class RehearsalTests
{
    private static readonly TenantSettings Settings = new("test");

    [Theory]
    [InlineData(1, 250, 40)]
    [InlineData(2, 120, 120)]
    public void Take_AnyStatementInRandomWorlds_TellsWhatThenHappens(int start, int worlds, int length)
    {
        int lost = 0;
        int moved = 0;
        int split = 0;
        for (int seed = start * 50_000; seed < start * 50_000 + worlds; seed++)
        {
            FactGenerator generator = new(seed) { Values = 3 + seed % 5, Minutes = seed % 2 == 0 ? 40 : 12 * 24 * 60 };
            MemoryHistory history = new();
            TenantMachine machine = new(Settings, history);
            foreach (Fact fact in generator.Generate(length))
                history.Apply(machine, fact.Encode());
            if (seed % 3 != 0)
                history.Drain(machine); // else the rehearsal finds work that waits
            byte[] statement = Statement(new Random(seed), generator, machine).Encode();

            Token pages = machine.PageHash();
            Rehearsal rehearsal = new(machine, history.ReadCopy, history.ReadResult);
            rehearsal.Begin();
            Consequences told = rehearsal.Take(statement);
            Assert.Equal(pages, machine.PageHash());

            history.Drain(machine);
            World before = new(machine);
            Assert.Equal(ApplyStatus.Accepted, history.Apply(machine, statement));
            history.Drain(machine);
            World after = new(machine);

            string where = $"seed {seed}";
            Assert.True(machine.ResultsDigest() == rehearsal.Machine.ResultsDigest(), where);
            CheckCustomers(before, after, told, where);
            CheckLinks(before, after, told, where);
            CheckCredit(before, after, told, where);
            lost += told.LinksLost.Count;
            moved += (int)told.Credit.Moved;
            split += told.Customers.Count(change => change.Kind == CustomerChangeKind.Split);
        }
        Assert.True(lost > 20 && moved > 20 && split > 20, $"{lost} links, {moved} conversions, {split} splits"); // not of nothing
    }

    [Fact]
    public void Take_WhileTheMachineGoesOn_IsOfTheMomentItWasTaken()
    {
        MemoryHistory history = new();
        TenantMachine machine = new(Settings, history);
        FactGenerator generator = new(77);
        List<Fact> facts = generator.Generate(300);
        foreach (Fact fact in facts.Take(150))
            history.Apply(machine, fact.Encode());
        byte[] statement = Statement(new Random(77), generator, machine).Encode();
        Rehearsal first = new(machine, history.ReadCopy, history.ReadResult);
        first.Begin();
        first.Take(statement);
        Rehearsal second = new(machine, history.ReadCopy, history.ReadResult);
        foreach (Fact fact in facts.Skip(150))
            history.Apply(machine, fact.Encode());
        second.Begin();
        second.Take(statement);
        Assert.Equal(first.Machine.PageHash(), second.Machine.PageHash());
        Assert.NotEqual(machine.ResultsDigest(), second.Machine.ResultsDigest());
    }

    [Fact]
    public void Take_AnythingButAStatement_IsRefused()
    {
        MemoryHistory history = new();
        TenantMachine machine = new(Settings, history);
        Rehearsal rehearsal = new(machine, history.ReadCopy, history.ReadResult);
        rehearsal.Begin();
        byte[] click = new Fact("c", EventType.Click, FactGenerator.Start).Encode();
        Assert.Throws<ArgumentException>(() => rehearsal.Take(click));
    }

    /// <summary>A word on two identifiers that are there, on one, or another strategy; later than all that was said.</summary>
    internal static Fact Statement(Random random, FactGenerator generator, TenantMachine machine)
    {
        IdentityGraph graph = machine.Parts.Graph;
        (string, Token) Any()
        {
            IdentifierRow row = graph.Identifiers[random.Next(graph.Identifiers.Count)];
            return (machine.Parts.Names.IdentifierTypes.Text(row.Type), row.Token);
        }
        (string Type, Token Token) one = Any();
        // Mostly of two that a link connects: others are apart already.
        LinkRow link = graph.Links.Count > 0 ? graph.Links[random.Next(graph.Links.Count)] : default;
        (string, Token)[] pair = random.Next(4) == 0 ? [Any(), Any()] : [End(machine, link.A), End(machine, link.B)];
        byte[] document = random.Next(10) switch
        {
            0 => ControlDocument.Block(one.Type, one.Token, random.Next(4) > 0),
            1 => ControlDocument.Strategy(generator.Strategy()),
            3 or 4 => ControlDocument.Erase(machine.ErasureOf(one.Token, alone: random.Next(3) == 0)!),
            2 => ControlDocument.Pair(ControlDocument.LinkKind, pair[0], pair[1], random.Next(4) > 0),
            _ => ControlDocument.Pair(ControlDocument.SeparateKind, pair[0], pair[1], random.Next(8) > 0),
        };
        return new("statement", EventType.Control, FactGenerator.Start + 100L * 24 * 60 * 60 * 1000)
        {
            Document = document,
        };
    }

    private static (string, Token) End(TenantMachine machine, int row) =>
        (
            machine.Parts.Names.IdentifierTypes.Text(machine.Parts.Graph.Identifiers[row].Type),
            machine.Parts.Graph.Identifiers[row].Token
        );

    private static void CheckCustomers(World before, World after, Consequences told, string where)
    {
        HashSet<string> gone = [.. before.Customers.Except(after.Customers)];
        HashSet<string> come = [.. after.Customers.Except(before.Customers)];
        Assert.True(
            gone.SetEquals(told.Before.Select(was => $"{was.Id} {was.Size} {was.Members}")),
            $"before: {where}"
        );
        Assert.True(
            come.SetEquals(
                told.Customers.Where(change => change.Now.Size > 0)
                    .Select(change => $"{change.Now.Id} {change.Now.Size} {change.Now.Members}")
            ),
            $"after: {where}"
        );
    }

    private static void CheckLinks(World before, World after, Consequences told, string where)
    {
        Assert.True(
            before.Links.Except(after.Links).Order().SequenceEqual(told.LinksLost.Select(lost => lost.Link).Order()),
            $"lost: {where}"
        );
        Assert.True(after.Links.Except(before.Links).Order().SequenceEqual(told.LinksWon.Order()), $"won: {where}");
    }

    private static void CheckCredit(World before, World after, Consequences told, string where)
    {
        Dictionary<string, long> now = [];
        long results = 0;
        foreach ((Token id, ConversionCase was) in before.Conversions)
        {
            ConversionCase @is = after.Conversions[id];
            results += ConversionResult.ContentOf(was) == ConversionResult.ContentOf(@is) ? 0 : 1;
            foreach (Candidate candidate in was.Candidates)
                now[candidate.Campaign] = now.GetValueOrDefault(candidate.Campaign) - candidate.Net;
            foreach (Candidate candidate in @is.Candidates)
                now[candidate.Campaign] = now.GetValueOrDefault(candidate.Campaign) + candidate.Net;
        }
        Assert.True(results == told.Credit.Results, $"{results} results, told {told.Credit.Results}: {where}");
        Assert.True(told.Credit.Moved <= results, where);
        Dictionary<string, long> toldNow = told
            .Credit.Campaigns.GroupBy(x => x.Campaign)
            .ToDictionary(x => x.Key, x => x.Sum(y => y.Now - y.Before));
        foreach ((string campaign, long difference) in now)
            Assert.True(difference == toldNow.GetValueOrDefault(campaign), $"credit of {campaign}: {where}");
    }

    /// <summary>Customers, accepted links and conversions as they stand, read from the machine itself.</summary>
    private sealed class World
    {
        public World(TenantMachine machine)
        {
            IdentityGraph graph = machine.Parts.Graph;
            for (int row = 0; row < graph.Identifiers.Count; row++)
                if (graph.Groups.StateOf(row) is { Size: > 0 } state && state.Founder == row)
                    Customers.Add($"{graph.Groups.IdOf(row)} {state.Size} {state.Members}");
            for (int link = 0; link < graph.Links.Count; link++)
                if (graph.IsAccepted(link))
                    Links.Add(link);
            foreach ((Token id, ConversionCase conversion) in MemoryHistory.CurrentCases(machine))
                Conversions.Add(id, conversion);
        }

        public HashSet<string> Customers { get; } = [];
        public HashSet<int> Links { get; } = [];
        public Dictionary<Token, ConversionCase> Conversions { get; } = [];
    }
}
