using System.Runtime.InteropServices;
using Throughline.Core.Gate.Challenges;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Brake;

/// <summary>Whom one rule hit in the last window, in bounded memory.</summary>
internal sealed class WatchedRule(RuleDocument document, int slices)
{
    /// <summary>Units that are told apart at most: more than enough for a share.</summary>
    private const int UnitsMax = 16_384;

    private readonly long[] hits = new long[slices];
    private readonly Dictionary<ulong, Seen> units = [];
    private readonly Queue<(long Time, ulong Unit)> order = new();
    private readonly HashSet<AddressRange> provers = []; // networks

    public RuleDocument Document => document;

    /// <summary>It was told of: once is enough.</summary>
    public bool IsTold { get; set; }

    public long Hits => hits.Sum();

    /// <summary>Different units that were hit.</summary>
    public int Units => units.Count;

    /// <summary>Those of them that have bought.</summary>
    public int People { get; private set; }

    /// <summary>Those that were challenged.</summary>
    public int Asked { get; private set; }

    /// <summary>Those of them that proved themselves.</summary>
    public int Solved { get; private set; }

    /// <summary>Of all visitors it acts on so many, 0 to 1.</summary>
    public double Share => document.Mode == RuleMode.Canary ? document.CanaryPercent / 100 : 1;

    public void Rearm() => IsTold = false;

    /// <summary>It hit somebody.</summary>
    /// <param name="isAsked">And challenged it.</param>
    public void Hit(int slice, ulong unit, long time, bool hasBought, bool isAsked)
    {
        hits[slice]++;
        if (units.Count == UnitsMax && !units.ContainsKey(unit))
            return;
        ref Seen seen = ref CollectionsMarshal.GetValueRefOrAddDefault(units, unit, out bool known);
        // Once a second is often enough to know when somebody was hit last.
        if (!known || time - seen.Queued >= 1_000)
        {
            order.Enqueue((time, unit));
            seen.Queued = time;
        }
        if (isAsked && !seen.IsAsked)
        {
            seen.IsAsked = true;
            Asked++;
        }
        if (!hasBought || seen.HasBought)
            return;
        seen.HasBought = true;
        People++;
    }

    /// <summary>
    /// Somebody has proved itself; whether that is news of somebody who was challenged. A network counts once: whoever solves one task and shows
    /// it under many sessions is one.
    /// </summary>
    public bool Proved(ulong unit, AddressRange network)
    {
        if (Asked == Solved || provers.Contains(network))
            return false;
        ref Seen seen = ref CollectionsMarshal.GetValueRefOrNullRef(units, unit);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref seen) || !seen.IsAsked || seen.HasSolved)
            return false;
        (seen.HasSolved, seen.Network) = (true, network);
        provers.Add(network);
        Solved++;
        return true;
    }

    /// <summary>Somebody has bought; whether that is news of somebody who was hit.</summary>
    public bool Bought(ulong unit)
    {
        if (units.Count == 0)
            return false;
        ref Seen seen = ref CollectionsMarshal.GetValueRefOrNullRef(units, unit);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref seen) || seen.HasBought)
            return false;
        seen.HasBought = true;
        People++;
        return true;
    }

    /// <summary>Forgets units that were not hit since.</summary>
    public void Expire(long until)
    {
        while (order.TryPeek(out (long Time, ulong Unit) first) && first.Time <= until)
        {
            order.Dequeue();
            if (!units.TryGetValue(first.Unit, out Seen seen) || seen.Queued != first.Time)
                continue;
            units.Remove(first.Unit);
            People -= seen.HasBought ? 1 : 0;
            Asked -= seen.IsAsked ? 1 : 0;
            if (seen.HasSolved && provers.Remove(seen.Network))
                Solved--;
        }
    }

    public void Clear(int slice) => hits[slice] = 0;

    public void Forget()
    {
        Array.Clear(hits);
        units.Clear();
        provers.Clear();
        order.Clear();
        (People, Asked, Solved) = (0, 0, 0);
    }

    private record struct Seen(long Queued, bool HasBought, bool IsAsked, bool HasSolved, AddressRange Network);
}
