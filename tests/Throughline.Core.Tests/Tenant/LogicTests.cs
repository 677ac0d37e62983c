using System.Security.Cryptography;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Tenant;

/// <summary>
/// Pins what the lenses give and how the state looks. A store that another logic made is rebuilt at its next opening only if
/// <see cref="Logic.Version"/> says so: a change of either hash without a raise would continue old state under new rules.
/// </summary>
public sealed class LogicTests
{
    // One line for each version that was released, never changed afterwards. Until the first release the one line is.
    private static readonly (ushort Logic, string Results, string Pages)[] Pinned =
    [
        (5, "2cb67d1df07155c37d86e8d2f0686af2", "afe786432b41603b8be196b9f0fae0e8"),
    ];

    [Fact]
    public void Version_IsRaisedWithEveryChangeOfResultsOrState()
    {
        MemoryHistory history = new();
        TenantMachine machine = new(new("pinned"), history);
        foreach (Fact fact in new FactGenerator(20_260_601) { Values = 12, Minutes = 300 }.Generate(3000))
            history.Apply(machine, fact.Encode());
        history.Drain(machine);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] result in history.Results)
        {
            Assert.Equal(Logic.Version, ResultRecord.FromTrusted(result).Logic);
            result[2] = result[3] = 0; // the version itself
            hash.AppendData(result);
        }
        (ushort, string, string) actual = (
            Logic.Version,
            Token.Read(hash.GetHashAndReset()).ToString(),
            machine.PageHash().ToString()
        );
        Assert.True(
            Pinned[^1] == actual,
            $"results or state changed: raise Logic.Version and pin {actual} (if only the generator of facts changed, pin without raising)"
        );
    }
}
