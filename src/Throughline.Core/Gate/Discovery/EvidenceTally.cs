using System.Numerics;

namespace Throughline.Core.Gate.Discovery;

/// <summary>Weighs the visitors of one crowd that a rule hits. Reusable; not for two threads.</summary>
internal sealed class EvidenceTally(Crowd crowd)
{
    private readonly int[] memberStamps = new int[crowd.Members.Length];
    private readonly Dictionary<int, int> numbers = [];
    private readonly int[] networkOf = new int[crowd.Members.Length];
    private int[] networkStamps = [];
    private int[] networkCounts = [];
    private int stamp;

    /// <summary>The evidence of the visitors that a rule hits.</summary>
    /// <param name="bits">The requests that it hits.</param>
    /// <param name="judged">The signs that it does not read.</param>
    /// <param name="covered">Visitors that other rules hit already: they are left out; null: nobody.</param>
    public Evidence Of(ReadOnlySpan<ulong> bits, Signs judged, bool[]? covered = null)
    {
        Prepare();
        Evidence found = default;
        if (judged == Signs.None)
            return found;
        float[] expected = crowd.Expected(judged);
        bool[] isOdd = crowd.IsOdd(judged);
        for (int word = 0; word < bits.Length; word++)
        for (ulong left = bits[word]; left != 0; left &= left - 1)
        {
            int member = crowd.MemberOfRow[(word << 6) + BitOperations.TrailingZeroCount(left)];
            if (memberStamps[member] == stamp)
                continue;
            memberStamps[member] = stamp;
            if (covered?[member] != true)
                Take(member, expected[member], isOdd[member], judged, ref found);
        }
        return found;
    }

    /// <summary>Marks the visitors that a rule hits.</summary>
    public void Cover(ReadOnlySpan<ulong> bits, bool[] covered)
    {
        for (int word = 0; word < bits.Length; word++)
        for (ulong left = bits[word]; left != 0; left &= left - 1)
            covered[crowd.MemberOfRow[(word << 6) + BitOperations.TrailingZeroCount(left)]] = true;
    }

    private void Take(int member, float expected, bool isOdd, Signs judged, ref Evidence found)
    {
        Member of = crowd.Members[member];
        if (expected <= 0 && of.IsBot is null)
            return;
        int network = networkOf[member];
        if (networkStamps[network] != stamp)
            (networkStamps[network], networkCounts[network]) = (stamp, 0);
        if (networkCounts[network]++ >= Evidence.PerNetworkMax)
            return;
        bool isPlain = of.IsBot is null && !isOdd;
        found = new(
            found.Visitors + 1,
            found.Networks + (networkCounts[network] == 1 ? 1 : 0),
            found.Odd + (of.IsBot is null && isOdd ? 1 : 0),
            found.Bots + (of.IsBot == true ? 1 : 0),
            found.Humans + (of.IsBot == false ? 1 : 0),
            found.Expected + (isPlain ? expected : 0),
            found.Shown + (isPlain && (of.Shown & judged) != 0 ? 1 : 0)
        );
    }

    private void Prepare()
    {
        stamp++;
        if (networkStamps.Length > 0)
            return;
        for (int i = 0; i < networkOf.Length; i++)
        {
            int network = crowd.NetworkOf(i);
            if (!numbers.TryGetValue(network, out int number))
                numbers.Add(network, number = numbers.Count);
            networkOf[i] = number;
        }
        (networkStamps, networkCounts) = (new int[numbers.Count + 1], new int[numbers.Count + 1]);
    }
}
