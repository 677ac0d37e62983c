using System.Numerics;
using System.Runtime.InteropServices;
using Throughline.Core.State;

namespace Throughline.Core.Gate.Reports;

/// <summary>
/// Values of different keys in bounded memory: of all keys while they are few, then of a share of the keys that their hashes choose, the
/// same keys in every sample. So it also tells how many different keys there were: exactly up to its bound, then with a standard
/// error of 1.2 / sqrt(bound) (P. Flajolet, "On adaptive sampling", Computing 43, 1990). The order in which keys came changes nothing.
/// </summary>
internal sealed class KeySample<T>(int keysMax)
    where T : struct
{
    private const ulong Salt = 0x9e37_79b9_7f4a_7c15;

    private readonly Dictionary<ulong, T> kept = [];

    /// <summary>The share of keys that is kept is 2 to the power of minus this.</summary>
    public int Level { get; private set; }

    /// <summary>How many different keys came; an estimate once <see cref="Level"/> is above 0.</summary>
    public long Distinct => (long)kept.Count << Level;

    /// <summary>The keys that are kept, in no order: only sums of them may reach a result.</summary>
    public IReadOnlyDictionary<ulong, T> Kept => kept;

    /// <summary>Whether a sample of this level keeps a key.</summary>
    public static bool Keeps(int level, ulong key) => BitOperations.TrailingZeroCount(Mix.Two(key, Salt)) >= level;

    /// <summary>Makes a key known and gives its value to be changed; a key that is not kept gives a value that nobody sees.</summary>
    /// <param name="nobodys">Room for that.</param>
    public ref T At(ulong key, ref T nobodys)
    {
        if (!Keeps(Level, key))
            return ref nobodys;
        if (!kept.ContainsKey(key) && kept.Count == keysMax)
            Thin();
        if (!Keeps(Level, key))
            return ref nobodys;
        return ref CollectionsMarshal.GetValueRefOrAddDefault(kept, key, out _);
    }

    /// <summary>Makes a key known.</summary>
    public void Add(ulong key)
    {
        T nobodys = default;
        At(key, ref nobodys);
    }

    private void Thin()
    {
        while (kept.Count == keysMax)
        {
            Level++;
            foreach (ulong key in kept.Keys.ToArray())
                if (!Keeps(Level, key))
                    kept.Remove(key);
        }
    }
}
