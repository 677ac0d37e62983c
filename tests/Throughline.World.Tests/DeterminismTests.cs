using System.Security.Cryptography;
using Throughline.Testing;
using Throughline.World.Files;

namespace Throughline.World.Tests;

public sealed class DeterminismTests
{
    private static readonly WorldOptions Small = new() { People = 300, Days = 6 };

    // A change of these is a change of every world: figures measured on older ones no longer compare.
    private const string GoldenFiles = "9c5c7c80d539ebdf7418fcd4b1980f984afe2264d3525c58bd0b19ca5268778e";
    private const string GoldenGivenTruth = "b61fb3d9ff30b9af415dfc823f65e05c19e9ae3a7b30c6e91dda3c25eb3d58fc";

    [Fact]
    public void Files_OfAWorld_GoldenBytes()
    {
        using TempFolder folder = new();
        SimulatedWorld world = new(new() { People = 800, Days = 12 });
        WorldFiles.Write(world, folder.Path, cancellation: TestContext.Current.CancellationToken);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal))
            hash.AppendData(File.ReadAllBytes(file));
        Assert.Equal(GoldenFiles, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [Fact]
    public void Run_GivenTruth_GoldenBytes() =>
        Assert.Equal(GoldenGivenTruth, HashOf(new SimulatedWorld(Small).Run(Rendering.GivenTruth)));

    [Fact]
    public void Run_Twice_SameBytes()
    {
        SimulatedWorld world = new(Small with { Seed = 7 });
        Assert.Equal(HashOf(world.Run()), HashOf(world.Run(keepTruth: false)));
    }

    [Fact]
    public void Run_OtherSeed_OtherBytes() =>
        Assert.NotEqual(
            HashOf(new SimulatedWorld(Small).Run()),
            HashOf(new SimulatedWorld(Small with { Seed = 2 }).Run())
        );

    [Fact]
    public void Run_OtherStart_SameEventsShifted()
    {
        Recording first = new(Small);
        Recording later = new(Small with { Start = Small.Start.AddDays(100) });
        long shift = 100L * 86_400_000;
        Assert.Equal(first.Entries.Count, later.Entries.Count);
        Assert.All(
            first.Entries.Zip(later.Entries),
            pair => Assert.Equal((pair.First.Truth, pair.First.Time + shift), (pair.Second.Truth, pair.Second.Time))
        );
    }

    [Fact]
    public void Mix_IsABijectionThatKnowsItsReference()
    {
        // Reference values of SplitMix64 (seed 0): the first three outputs.
        Chance chance = new(0);
        Assert.Equal(
            [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F],
            new[] { chance.Next(), chance.Next(), chance.Next() }
        );
    }

    internal static string HashOf(WorldRun run)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (run.MoveNext())
        {
            hash.AppendData(run.Line);
            hash.AppendData("\n"u8);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
