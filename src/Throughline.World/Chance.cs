namespace Throughline.World;

/// <summary>What a stream of chance is for: streams of different purposes never share a number.</summary>
internal enum Purpose : byte
{
    Population = 1,
    Surface = 2,
    PersonDay = 3,
    Act = 4,
    BotDay = 5,
    BotAct = 6,
    Arrival = 7,
    Campaign = 8,
    Value = 9,
    Household = 10,
}

/// <summary>
/// A splittable random generator (SplitMix64: a counter with the golden gamma through Stafford's mix 13, public domain).
/// Any (seed, purpose, a, b) gives an own stream, so that one person's chance never moves another's. Integers only:
/// equal on every machine.
/// </summary>
internal struct Chance(ulong state)
{
    private const ulong Gamma = 0x9E37_79B9_7F4A_7C15;

    private ulong state = state;

    public static Chance For(ulong seed, Purpose purpose, ulong a = 0, ulong b = 0) =>
        new(Mix(Mix(Mix(seed + (ulong)purpose * Gamma) ^ a) + b * Gamma));

    /// <summary>A bijection of 64 bits that scatters.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }

    public ulong Next() => Mix(state += Gamma);

    /// <summary>Evenly from 0 to <paramref name="bound"/> - 1 (bias below 2^-32 of the bound).</summary>
    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary>Evenly from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    /// <summary>True in <paramref name="share"/> of 100.</summary>
    public bool Percent(int share) => Below(100) < share;

    /// <summary>True in <paramref name="share"/> of 1,000,000.</summary>
    public bool PerMillion(int share) => Below(1_000_000) < share;

    /// <summary>The index of a weight, as often as its share of the sum.</summary>
    public int Weighted(ReadOnlySpan<int> weights)
    {
        int sum = 0;
        foreach (int weight in weights)
            sum += weight;
        int draw = Below(sum);
        for (int i = 0; ; i++)
        {
            draw -= weights[i];
            if (draw < 0)
                return i;
        }
    }

    /// <summary>An average of <paramref name="numerator"/>/<paramref name="denominator"/>, rounded up or down by chance.</summary>
    public int Round(long numerator, long denominator)
    {
        long whole = Math.DivRem(numerator, denominator, out long rest);
        return (int)whole + (Below((int)Math.Min(denominator, int.MaxValue)) < rest ? 1 : 0);
    }
}
