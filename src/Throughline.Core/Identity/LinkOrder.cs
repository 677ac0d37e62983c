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
            tier = TierOf(graph.Identifiers[row.A].Type, graph.Identifiers[row.B].Type);
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
        int tier = TierOf(a.Type, b.Type);
        (ulong high, ulong low) = IdOf(a.Token, b.Token);
        return row.IsByOperator ? new(OperatorTier, 0, high, low) : new(tier, age, high, low);
    }

    public long AgeOf(long first, long last) => strategy.NewestFirst ? -(last / DayMs) : first / DayMs;

    private int TierOf(int x, int y) => Math.Max(strategy.Of(x).Tier, strategy.Of(y).Tier);

    /// <summary>The same for both orders of a pair.</summary>
    public static (ulong High, ulong Low) IdOf(Token x, Token y)
    {
        (Token a, Token b) = x.CompareTo(y) < 0 ? (x, y) : (y, x);
        ulong high = Mix.Three(Mix.Two(a.High, a.Low), b.High, b.Low);
        return (high, Mix.Three(high, a.Low, b.High));
    }
}
