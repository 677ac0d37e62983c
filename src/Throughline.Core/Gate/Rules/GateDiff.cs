using System.Text.Json;

namespace Throughline.Core.Gate.Rules;

/// <summary>What kind of part of a rule set.</summary>
public enum GatePart : byte
{
    Rule = 0,
    Counter = 1,
    List = 2,
    Route = 3,
}

/// <summary>How a part differs.</summary>
public enum PartChange : byte
{
    Added = 0,
    Removed = 1,
    Changed = 2,

    /// <summary>It says the same, at another place: of rules of equal priority and of routes the first holds.</summary>
    Moved = 3,
}

/// <summary>One member that differs.</summary>
/// <param name="From">Null where there was none.</param>
/// <param name="To">Null where there is none.</param>
public sealed record MemberDifference(string Member, JsonElement? From, JsonElement? To);

/// <summary>One part that differs.</summary>
/// <param name="Id">Of a rule or route its id, of a counter or list its name.</param>
/// <param name="Members">Of a changed part: member by member, in the order of the form.</param>
public sealed record PartDifference(
    GatePart Part,
    string Id,
    PartChange Change,
    IReadOnlyList<MemberDifference> Members
);

/// <summary>What differs between two rule sets: parts are known by their ids, members are compared in their JSON form.</summary>
public static class GateDiff
{
    /// <summary>All differences: rules, counters, lists, routes; of each the removed and changed in the old order, then the added.</summary>
    public static IReadOnlyList<PartDifference> Of(GateDocument from, GateDocument to) =>
        [
            .. Parts(GatePart.Rule, from.Rules, to.Rules, x => x.Id),
            .. Parts(GatePart.Counter, from.Counters, to.Counters, x => x.Name),
            .. Parts(GatePart.List, from.Lists, to.Lists, x => x.Name),
            .. Parts(GatePart.Route, from.Routes, to.Routes, x => x.Id),
        ];

    private static IEnumerable<PartDifference> Parts<T>(
        GatePart part,
        IReadOnlyList<T> from,
        IReadOnlyList<T> to,
        Func<T, string> id
    )
    {
        Dictionary<string, T> before = from.ToDictionary(id, StringComparer.Ordinal);
        Dictionary<string, T> after = to.ToDictionary(id, StringComparer.Ordinal);
        HashSet<string> moved = part is GatePart.Rule or GatePart.Route ? Moved(from, to, id) : [];
        foreach (T old in from)
        {
            string name = id(old);
            if (!after.TryGetValue(name, out T? now))
                yield return new(part, name, PartChange.Removed, []);
            else if (Members(GateJson.ToElement(old), GateJson.ToElement(now)) is [_, ..] members)
                yield return new(part, name, PartChange.Changed, members);
            else if (moved.Contains(name))
                yield return new(part, name, PartChange.Moved, []);
        }
        foreach (T now in to)
            if (!before.ContainsKey(id(now)))
                yield return new(part, id(now), PartChange.Added, []);
    }

    private static IReadOnlyList<MemberDifference> Members(JsonElement from, JsonElement to)
    {
        List<MemberDifference> found = [];
        foreach (JsonProperty member in from.EnumerateObject())
        {
            bool stays = to.TryGetProperty(member.Name, out JsonElement now);
            if (!stays || !JsonElement.DeepEquals(member.Value, now))
                found.Add(new(member.Name, member.Value, stays ? now : null));
        }
        foreach (JsonProperty member in to.EnumerateObject())
            if (!from.TryGetProperty(member.Name, out _))
                found.Add(new(member.Name, null, member.Value));
        return found;
    }

    // Those that are not on the longest run of common parts that kept their order.
    private static HashSet<string> Moved<T>(IReadOnlyList<T> from, IReadOnlyList<T> to, Func<T, string> id)
    {
        Dictionary<string, int> places = [];
        for (int i = 0; i < to.Count; i++)
            places[id(to[i])] = i;
        List<(string Id, int Place)> common =
        [
            .. from.Select(id).Where(places.ContainsKey).Select(x => (x, places[x])),
        ];
        int[] best = new int[common.Count];
        int[] previous = new int[common.Count];
        int last = -1;
        for (int i = 0; i < common.Count; i++)
        {
            (best[i], previous[i]) = (1, -1);
            for (int j = 0; j < i; j++)
                if (common[j].Place < common[i].Place && best[j] + 1 > best[i])
                    (best[i], previous[i]) = (best[j] + 1, j);
            if (last < 0 || best[i] > best[last])
                last = i;
        }
        HashSet<string> moved = [.. common.Select(x => x.Id)];
        for (; last >= 0; last = previous[last])
            moved.Remove(common[last].Id);
        return moved;
    }
}
