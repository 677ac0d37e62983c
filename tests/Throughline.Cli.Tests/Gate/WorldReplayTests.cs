using Throughline.Cli.Gate.Lines;
using Throughline.Cli.Gate.Replay;
using Throughline.Testing;
using Throughline.World;
using Throughline.World.Files;

namespace Throughline.Cli.Tests.Gate;

/// <summary>The default pack on simulated worlds, whose truth is known.</summary>
public sealed class WorldReplayTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Replay_MonthOfAWorld_FindsEachFamilyAndAccusesHardlyAnybody(ulong seed)
    {
        LongTests.Require();
        TruthFigures truth = Replay(new() { Seed = seed });

        foreach ((string family, FamilyFigures figures) in truth.Families)
            Assert.True(figures.Recall >= (family == "low_and_slow" ? 0.7 : 0.95), $"{family}: {figures}");
        Assert.True(truth.AccusedShare <= 0.001, truth.ToString());
    }

    [Fact]
    public void Replay_WeekOfASmallWorld_FindsMostAndAccusesHardlyAnybody()
    {
        TruthFigures truth = Replay(new() { People = 2_000, Days = 7 });

        // A week is short for what groups must show before they are told apart.
        foreach ((string family, FamilyFigures figures) in truth.Families)
            Assert.True(
                figures.Recall >= (family is "low_and_slow" or "click_fraud" ? 0.7 : 0.9),
                $"{family}: {figures}"
            );
        Assert.True(truth.AccusedPeople <= 2, truth.ToString());
    }

    private static TruthFigures Replay(WorldOptions options)
    {
        using TempFolder folder = new();
        WorldFiles.Write(new SimulatedWorld(options), folder.Path, cancellation: TestContext.Current.CancellationToken);
        TruthMeasure measure = TruthMeasure.Open(folder["truth-actors.csv"], ReplayKit.DefaultPack);
        GateReplay replay = new(ReplayKit.DefaultPack, [folder["events.ndjson"]], LineForm.Ndjson)
        {
            Judged = measure.Add,
        };
        replay.Run(new Progress<long>(), TestContext.Current.CancellationToken);
        TruthFigures truth = measure.Figures();
        foreach ((string family, FamilyFigures figures) in truth.Families)
            TestContext.Current.TestOutputHelper?.WriteLine($"{family}: {figures.Caught} of {figures.Requests}");
        TestContext.Current.TestOutputHelper?.WriteLine($"accused: {truth.AccusedPeople} of {truth.People}");
        return truth;
    }
}
