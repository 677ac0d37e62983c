using Xunit;

namespace Throughline.Testing;

/// <summary>Tests and test sizes that only <c>./test --long</c> runs.</summary>
public static class LongTests
{
    /// <summary>True under <c>./test --long</c>: loops may run their full number of rounds.</summary>
    public static bool Enabled => Environment.GetEnvironmentVariable("THROUGHLINE_LONG_TESTS") == "1";

    /// <summary>Ends the test as skipped unless long tests were asked for.</summary>
    public static void Require() => Assert.SkipUnless(Enabled, "a long test: run it with ./test --long");

    /// <summary>How many rounds a loop makes: fewer by default, all under <c>./test --long</c>.</summary>
    public static int Rounds(int normal, int full) => Enabled ? full : normal;
}
