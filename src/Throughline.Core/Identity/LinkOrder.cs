using Throughline.Core.Events;
using Throughline.Core.State;

namespace Throughline.Core.Identity;

/// <summary>
/// A link's place in the pass: (tier, age in whole UTC days, link id), total, and the same in every order of events. The id is a
/// hash of the pair's tokens, which are keyed, so that no client chooses it.
/// </summary>
internal readonly record struct LinkKey(int Tier, long Age, ulong High, ulong Low) : IComparable<LinkKey>
{
    public int CompareTo(LinkKey other)
    {
        if (Tier != other.Tier)
            return Tier.CompareTo(other.Tier);
        if (Age != other.Age)
            return Age.CompareTo(other.Age);
        return High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);
    }

    public static bool operator <(LinkKey x, LinkKey y) => x.CompareTo(y) < 0;

    public static bool operator >(LinkKey x, LinkKey y) => x.CompareTo(y) > 0;
}

/// <summary>Gives links their places under the strategy in force.</summary>
internal sealed class LinkOrder(IdentityGraph graph, StrategyInForce strategy)
{
    private const long DayMs = 24L * 60 * 60 * 1000;

    /// <summary>Of what an operator linked: before all that was seen.</summary>
    private const int OperatorTier = 0;

    public LinkKey KeyOf(int link)
    {
        ref readonly LinkRow row = ref graph.Links[link];
        return KeyOf(row, AgeOf(row.First, row.Last));
    }

    /// <summary>The link has its turn before that place. Its id, which takes longest, is made only if it decides.</summary>
    public bool Precedes(int link, in LinkKey place)
    {
        ref readonly LinkRow row = ref graph.Links[link];
        int tier = OperatorTier;
        long age = 0;
        if (!row.IsByOperator)
        {
            tier = TierOf(row);
            age = AgeOf(row.First, row.Last);
        }
        return tier != place.Tier ? tier < place.Tier
            : age != place.Age ? age < place.Age
            : KeyOf(link) < place;
    }

    /// <summary>The place that the link would have with another first and last sighting.</summary>
    public LinkKey KeyOf(in LinkRow row, long age)
    {
        ref readonly IdentifierRow a = ref graph.Identifiers[row.A];
        ref readonly IdentifierRow b = ref graph.Identifiers[row.B];
        (ulong high, ulong low) = IdOf(a.Token, b.Token, row.Stated);
        return row.IsByOperator ? new(OperatorTier, 0, high, low) : new(TierOf(row), age, high, low);
    }

    public long AgeOf(long first, long last) => strategy.NewestFirst ? -(last / DayMs) : first / DayMs;

    private int TierOf(in LinkRow row) =>
        row.Stated != 0
            ? strategy.TierOfStated(row.Stated)
            : Math.Max(
                strategy.Of(graph.Identifiers[row.A].Type).Tier,
                strategy.Of(graph.Identifiers[row.B].Type).Tier
            );

    /// <summary>The same for both orders of a pair.</summary>
    /// <param name="stated">The tier that a matcher states, or 0.</param>
    public static (ulong High, ulong Low) IdOf(Token x, Token y, int stated = 0)
    {
        (Token a, Token b) = x.CompareTo(y) < 0 ? (x, y) : (y, x);
        ulong high = Mix.Three(Mix.Two(a.High, a.Low), b.High, b.Low);
        if (stated != 0)
            high = Mix.Two(high, (ulong)stated);
        return (high, Mix.Three(high, a.Low, b.High));
    }
}
