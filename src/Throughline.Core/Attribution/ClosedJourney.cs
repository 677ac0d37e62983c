using Throughline.Core.Gate;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;

namespace Throughline.Core.Attribution;

/// <summary>
/// The journey of a final conversion: whose customer it was at its end, and what was theirs then. A function of the facts with an event time before the
/// end, the statements of before it and the erasures of all times, so that nothing said or seen later moves it.
/// </summary>
internal sealed class ClosedJourney(
    AttributionLens lens,
    VerdictLens verdicts,
    IdentityGraph graph,
    ControlBook control,
    IHistory history
)
{
    private readonly UnchangedGroup unchanged = new(graph, control.Labels, control.Identity);
    private readonly Dictionary<int, int> members = []; // rows today and then
    private readonly List<int> around = [];
    private readonly Dictionary<int, int> ownerOfTouch = [];
    private readonly Dictionary<int, int> ownerOfConversion = [];
    private PastGraph? past; // null: the graph of today tells
    private bool ownersAreToday; // who owned events then owns them today

    /// <summary>The customers of then: owners are rows of it.</summary>
    public IdentityGraph Graph => past?.Graph ?? graph;

    /// <summary>How many journeys needed a look into the past, and how many did not.</summary>
    public (long Past, long Today) Looked { get; private set; }

    /// <summary>The conversion's owner then, or -1.</summary>
    public int Owner { get; private set; }

    /// <summary>How many identifiers its customer had; 0 if it was nobody's.</summary>
    public int Size { get; private set; }

    /// <summary>Goes to a conversion and the end of what decides over it, milliseconds since 1970.</summary>
    /// <param name="needsMatches">Rules ask how well owners match.</param>
    public void Look(int conversion, long end, bool needsMatches)
    {
        members.Clear();
        around.Clear();
        ownerOfTouch.Clear();
        ownerOfConversion.Clear();
        if (!TryLookToday(lens.Conversions[conversion].Owner, end, needsMatches))
            LookBack(conversion, end);
    }

    private bool TryLookToday(int owner, long end, bool needsMatches)
    {
        if (owner < 0 || !unchanged.TryFind(owner, end, ConversionCase.MaxIdentifiers))
            return false;
        if (needsMatches && !unchanged.IsWhole)
            return false;
        (past, Owner, Size, ownersAreToday) = (null, owner, unchanged.Members.Count, true);
        Looked = (Looked.Past, Looked.Today + 1);
        foreach (int member in unchanged.Members)
        {
            members.Add(member, member);
            around.Add(member);
        }
        return true;
    }

    private void LookBack(int conversion, long end)
    {
        Looked = (Looked.Past + 1, Looked.Today);
        past = new(graph, verdicts, control.Identity, history, end);
        Owner = past.OwnerOf(lens.Conversions[conversion].Position);
        Size = Graph.CustomerOf(Owner).Size;
        if (Size == 0)
            return;
        past.Find(past.RowToday(Owner));
        Size = Graph.CustomerOf(Owner).Size;
        if (Size > ConversionCase.MaxIdentifiers)
            return;
        foreach (int member in Graph.Groups.MembersOf(Owner))
            members.Add(past.RowToday(member), member);
        LookAround(past, end);
    }

    /// <summary>The owner then of a touch that was gathered.</summary>
    public int OwnerOfTouch(int touch) => ownerOfTouch[touch];

    /// <summary>The owner then of a conversion that was gathered.</summary>
    public int OwnerOfConversion(int conversion) => ownerOfConversion[conversion];

    /// <summary>Adds the customer's touches from one instant to another, both included; in no order.</summary>
    public void GatherTouches(long oldest, long newest, List<int> found)
    {
        foreach (int row in around)
            for (int next = graph.Identifiers[row].Touches; next != 0; next = lens.Touches[next - 1].NextOfOwner)
                if (lens.Touches[next - 1].Time < oldest)
                    break;
                else
                    TakeTouch(row, next - 1, newest, found);
        if (past is null || past.IsUnderTheSame || !graph.HasErasures)
            return;
        for (int touch = 0; touch < lens.Touches.Count; touch++) // nobody's today, since types have another order for owners
            if (lens.Touches[touch].Owner < 0 && lens.Touches[touch].Time >= oldest)
                TakeTouch(-1, touch, newest, found);
    }

    /// <summary>The conversion that it is about is gathered alone.</summary>
    public void NoteItself(int conversion) => ownerOfConversion[conversion] = Owner;

    /// <summary>The customer's earliest touch or conversion of no bot, no later than a conversion; milliseconds since 1970.</summary>
    /// <param name="end">Labels from here on do not count.</param>
    public long FirstSeen(int conversion, long end)
    {
        long first = lens.Conversions[conversion].Time;
        List<int> found = [];
        GatherTouches(long.MinValue, first, found);
        foreach (int touch in found)
            if (lens.Touches[touch].Time < first && verdicts.Counts(lens.Touches[touch].Bucket, end))
                first = lens.Touches[touch].Time;
        found.Clear();
        GatherConversions(conversion, found);
        foreach (int earlier in found)
            if (lens.Conversions[earlier].Time < first && verdicts.Counts(lens.Conversions[earlier].Bucket, end))
                first = lens.Conversions[earlier].Time;
        return first;
    }

    /// <summary>Adds the customer's conversions up to one of them, which is included; in no order.</summary>
    public void GatherConversions(int last, List<int> found)
    {
        foreach (int row in around)
            for (
                int next = graph.Identifiers[row].Conversions;
                next != 0;
                next = lens.Conversions[next - 1].NextOfOwner
            )
                TakeConversion(row, next - 1, last, found);
        if (past is null || past.IsUnderTheSame || !graph.HasErasures)
            return;
        for (int conversion = 0; conversion < lens.Conversions.Count; conversion++)
            if (lens.Conversions[conversion].Owner < 0)
                TakeConversion(-1, conversion, last, found);
    }

    // Whoever an event of the customer's hangs under today was seen with its owner of then, in that event.
    private void LookAround(PastGraph past, long end)
    {
        HashSet<int> rows = [.. members.Keys];
        foreach (int member in members.Keys)
            for (int next = graph.Identifiers[member].Links; next != 0; next = graph.Links[next - 1].NextOf(member))
                if (!rows.Contains(graph.Links[next - 1].Other(member)) && graph.WasSeen(next - 1, end))
                    rows.Add(graph.Links[next - 1].Other(member));
        around.AddRange(rows.Order());
        ownersAreToday = past.IsUnderTheSame;
        foreach (int row in around)
            if (ownersAreToday && past.Bring(row) is >= 0 and int then)
                ownersAreToday = Graph.Identifiers[then].CanOwn == graph.Identifiers[row].CanOwn;
    }

    private void TakeTouch(int hangsUnder, int touch, long newest, List<int> found)
    {
        if (lens.Touches[touch].Time > newest)
            return;
        int owner = OwnerOf(hangsUnder, lens.Touches[touch].Position);
        if (owner < 0)
            return;
        ownerOfTouch[touch] = owner;
        found.Add(touch);
    }

    private void TakeConversion(int hangsUnder, int conversion, int last, List<int> found)
    {
        if (conversion != last && !lens.Precedes(conversion, last))
            return;
        int owner = OwnerOf(hangsUnder, lens.Conversions[conversion].Position);
        if (owner < 0)
            return;
        ownerOfConversion[conversion] = owner;
        found.Add(conversion);
    }

    // -1 of an event that was not the customer's.
    private int OwnerOf(int hangsUnder, long position)
    {
        if (ownersAreToday)
            return members.GetValueOrDefault(hangsUnder, -1);
        int owner = past!.OwnerOf(position);
        return owner >= 0 && Graph.Identifiers[owner].CanOwn && Graph.Groups.Same(owner, Owner) ? owner : -1;
    }
}
