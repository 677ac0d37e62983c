using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge.Publishing;

/// <summary>Brings changes of lists to the lists that an edge looks up in.</summary>
internal static class GateLists
{
    /// <summary>Applies a change; false if the list is of another kind, or there are too many lists.</summary>
    public static bool Apply(ListBook lists, GateListChange change)
    {
        if (!lists.Declare(change.List, change.Of))
            return false;
        GateList list = lists.Find(change.List)!;
        switch (change.Change)
        {
            case ListChangeKind.Replace:
                list.Replace(change.Source ?? "", change.Entries);
                break;
            case ListChangeKind.Add:
                foreach (ListEntryDocument entry in change.Entries)
                    list.TryAdd(entry, out _);
                break;
            default:
                foreach (ListEntryDocument entry in change.Entries)
                    list.Remove(entry.Value, change.Source);
                break;
        }
        return true;
    }

    /// <summary>What of a rule set does not go together with the lists that are there.</summary>
    public static IReadOnlyList<GateIssue> Conflicts(GateDocument document, ListBook lists) =>
        [
            .. document
                .Lists.Select((list, place) => (list, place))
                .Where(x => lists.Find(x.list.Name) is { } there && there.Kind != x.list.Kind)
                .Select(x => new GateIssue(
                    $"/lists/{x.place}/kind",
                    $"the list '{x.list.Name}' exists and is of kind {Words.Of(lists.Find(x.list.Name)!.Kind)}"
                )),
        ];
}
