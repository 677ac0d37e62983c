namespace Throughline.Core.Gate.Discovery;

/// <summary>
/// The visitors of one stretch of the traffic, each with the signs of a person that it showed and those to be expected of a person who
/// had as many occasions. A visitor that comes in two stretches is one of each.
/// </summary>
internal sealed class Crowd
{
    private const int FirstPages = 2;

    private readonly SiteTraffic traffic;
    private readonly float[][] expected = new float[(int)Signs.All + 1][];
    private readonly bool[][] isOdd = new bool[(int)Signs.All + 1][];

    /// <summary>The crowd of the requests from one place up to another.</summary>
    public Crowd(SiteTraffic traffic, int from, int to)
    {
        this.traffic = traffic;
        int[] memberOf = new int[traffic.Visitors.Length];
        Array.Fill(memberOf, -1);
        List<Member> members = [];
        for (int row = from; row < to; row++)
        {
            int visitor = traffic.VisitorOf[row];
            if (memberOf[visitor] < 0)
            {
                memberOf[visitor] = members.Count;
                members.Add(new(visitor));
            }
            members[memberOf[visitor]].Take(traffic.Flags[row], traffic.Signs[row]);
        }
        Members = [.. members];
        ShareSigns();
        (Rows, MemberOfRow) = OpenRows(from, to, memberOf);
        SignRates rates = new(traffic, Members);
        for (int judged = 1; judged <= (int)Signs.All; judged++)
            (expected[judged], isOdd[judged]) = rates.Of((Signs)judged, Members);
    }

    public Member[] Members { get; }

    /// <summary>Requests of visitors that no rule in force has flagged, by their place in the traffic.</summary>
    public int[] Rows { get; }

    /// <summary>By the place in <see cref="Rows"/>.</summary>
    public int[] MemberOfRow { get; }

    public int NetworkOf(int member) => traffic.Visitors[Members[member].Visitor].Network;

    /// <summary>How probable any of these signs is of a person with as many occasions; 0: there was no occasion.</summary>
    public float[] Expected(Signs judged) => expected[(int)judged];

    /// <summary>Members of families of user agents that are people's, by other signs, but do not show these: applications.</summary>
    public bool[] IsOdd(Signs judged) => isOdd[(int)judged];

    /// <summary>Whether any sign occurs at all: without people to compare with, nothing can be told.</summary>
    public bool HasPeople => expected[(int)Signs.All].Any(x => x >= SignRates.TellingMin);

    // The first page comes before the session that it opens: a page or two without one belong to the same client's sessions.
    private void ShareSigns()
    {
        Dictionary<int, Signs> shown = [];
        foreach (Member member in Members)
            if (traffic.Visitors[member.Visitor] is { HasSession: true } visitor)
                shown[visitor.Client] = shown.GetValueOrDefault(visitor.Client) | member.Shown;
        foreach (Member member in Members)
            if (member.Occasions <= FirstPages && traffic.Visitors[member.Visitor] is { HasSession: false } visitor)
                member.Share(shown.GetValueOrDefault(visitor.Client));
    }

    private (int[] Rows, int[] Members) OpenRows(int from, int to, int[] memberOf)
    {
        List<int> rows = new(to - from);
        List<int> members = new(to - from);
        for (int row = from; row < to; row++)
        {
            int member = memberOf[traffic.VisitorOf[row]];
            if (Members[member].IsFlagged)
                continue;
            rows.Add(row);
            members.Add(member);
        }
        return ([.. rows], [.. members]);
    }
}

/// <summary>One visitor in one stretch.</summary>
internal sealed class Member(int visitor)
{
    public int Visitor { get; } = visitor;

    /// <summary>Pages and forms: occasions to show signs.</summary>
    public int Occasions { get; private set; }
    public Signs Shown { get; private set; }
    public bool IsFlagged { get; private set; }

    /// <summary>An analyst's label; null: none.</summary>
    public bool? IsBot { get; private set; }

    public void Share(Signs signs) => Shown |= signs;

    public void Take(RowFlags flags, Signs signs)
    {
        Occasions += (flags & RowFlags.Page) != 0 ? 1 : 0;
        Shown |= signs;
        IsFlagged |= (flags & RowFlags.Flagged) != 0;
        if ((flags & RowFlags.LabelHuman) != 0)
            IsBot = false;
        else if ((flags & RowFlags.LabelBot) != 0)
            IsBot ??= true;
    }
}
