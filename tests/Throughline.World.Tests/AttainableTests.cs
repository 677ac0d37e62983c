using Throughline.World.Measures;

namespace Throughline.World.Tests;

/// <summary>The world is hard, but it can be solved: what later machines are asked to reach is there to be reached.</summary>
public sealed class AttainableTests
{
    [Fact]
    public void Observed_IdealMachine_ReachesWhatIsAsked()
    {
        SimulatedWorld world = new(new() { People = 2_000, Days = 30 });
        WorldRun scout = world.Run();
        while (scout.MoveNext()) { }
        IdealMachine machine = new(world, scout.Truth);
        WorldRun run = world.Run(keepTruth: false);
        while (run.MoveNext())
            machine.Read(run.Memory, run.Current);
        PairScore pairs = PairScore.Of(scout.Truth.Identifiers, machine.Customers(scout.Truth));
        PairScore ceiling = PairScore.OfOneCustomerPerPerson(scout.Truth.Identifiers);
        CreditScore credits = machine.Score(scout.Truth);
        string figures =
            $"pairs {pairs.Precision:f4} {pairs.Recall:f4} F1 {pairs.F1:f4}, one per person {ceiling.F1:f4}, exact {credits.ExactShare:f4}";
        TestContext.Current.TestOutputHelper?.WriteLine(figures);
        Assert.True(pairs.F1 >= 0.99, figures);
        Assert.True(credits.ExactShare >= 0.98, figures);
    }
}
