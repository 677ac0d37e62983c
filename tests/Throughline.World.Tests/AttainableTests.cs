using Throughline.World.Measures;
using Throughline.World.Truth;

namespace Throughline.World.Tests;

/// <summary>The world is hard, but it can be solved: what later machines are asked to reach is there to be reached.</summary>
public sealed class AttainableTests
{
    private readonly Recording run = new(new() { People = 2_000 });

    [Fact]
    public void Observed_WhoIsToldOfBotsAndSharedIdentifiers_ReachesWhatIsAsked()
    {
        (PairScore pairs, CreditScore credits) = Read(
            identifier => identifier.Class != IdentifierClass.Person || identifier.Owners.Count > 1,
            entry => entry.Truth.Kind != ActorKind.Human
        );
        Assert.True(pairs.ReachableF1 >= 0.99, pairs.ToString());
        Assert.True(pairs.F1 >= 0.98, pairs.ToString());
        Assert.True(credits.ExactShare >= 0.985, $"{credits.ExactShare:f4}");
    }

    [Fact]
    public void Observed_WhoIsToldOfJunkAlone_FallsFarShort()
    {
        HashSet<(string, string)> junk = [.. SimulatedWorld.JunkValues];
        (PairScore pairs, CreditScore credits) = Read(
            identifier => junk.Contains((identifier.Type, identifier.Value)),
            _ => false
        );
        Assert.InRange(pairs.F1, 0.3, 0.9);
        Assert.InRange(credits.ExactShare, 0.7, 0.95);
    }

    private (PairScore Pairs, CreditScore Credits) Read(
        Func<TrueIdentifier, bool> barred,
        Func<Recording.Entry, bool> bot
    )
    {
        IdealMachine machine = new(run.World, run.Truth, barred);
        foreach (Recording.Entry entry in run.Entries)
            machine.Read(entry.Line, bot(entry));
        return (PairScore.Of(run.Truth.Identifiers, machine.Customers(run.Truth)), machine.Score(run.Truth));
    }
}
