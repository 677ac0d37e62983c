using System.Globalization;
using Xunit;

namespace Throughline.Testing;

/// <summary>
/// Where random tests get their chance from: a fresh seed each run, written to the test's output (which is shown when
/// the test fails), or the one in THROUGHLINE_SEED to run a failure again.
/// </summary>
public static class Seeds
{
    /// <summary>The environment variable that fixes the seed of every random test of a run.</summary>
    public const string Variable = "THROUGHLINE_SEED";

    /// <summary>A seed for the running test: the given one, or a fresh one. Not negative.</summary>
    /// <exception cref="FormatException">THROUGHLINE_SEED is not a number of 32 bits.</exception>
    public static int Next()
    {
        string? fixedSeed = Environment.GetEnvironmentVariable(Variable);
        int seed = string.IsNullOrEmpty(fixedSeed)
            ? System.Random.Shared.Next()
            : int.Parse(fixedSeed, NumberStyles.None, CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: run again with {Variable}={seed}");
        return seed;
    }

    /// <summary>A generator started from <see cref="Next"/>: the same numbers for the same seed on every machine.</summary>
    public static Random Random() => new(Next());
}
