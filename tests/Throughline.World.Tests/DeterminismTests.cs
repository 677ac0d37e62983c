using System.Security.Cryptography;

namespace Throughline.World.Tests;

public sealed class DeterminismTests
{
    private static readonly WorldOptions Small = new() { People = 300, Days = 6 };

    [Fact]
    public void Run_SameOptions_SameBytes()
    {
        SimulatedWorld world = new(Small);
        Assert.Equal(HashOf(world.Run()), HashOf(new SimulatedWorld(Small).Run()));
        Assert.Equal(HashOf(world.Run()), HashOf(world.Run(keepTruth: false)));
    }

    [Fact]
    public void Run_OtherSeed_OtherBytes() =>
        Assert.NotEqual(
            HashOf(new SimulatedWorld(Small).Run()),
            HashOf(new SimulatedWorld(Small with { Seed = 2 }).Run())
        );

    private static string HashOf(WorldRun run)
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
