using Throughline.Core.Events;
using Throughline.World.Behaviour;
using Throughline.World.Json;
using Throughline.World.Population;

namespace Throughline.World.Doors;

/// <summary>Asks a door about each request, and ends the visits that it refuses.</summary>
internal sealed class VisitDoor(IShopDoor door, DraftJson json)
{
    // Visits that were refused, and when; a visit's last events come weeks after it (refunds).
    private readonly Dictionary<int, long> refused = [];
    private readonly List<PreventedConversion> prevented = [];

    public IReadOnlyList<PreventedConversion> Prevented => prevented;

    /// <summary>Whether an event happens at all; drafts come in the order of their times.</summary>
    public bool Lets(in Draft draft)
    {
        if (draft.Visit == 0)
            return true;
        if (refused.TryGetValue(draft.Visit, out long at))
        {
            Note(draft, at);
            return false;
        }
        if (draft.Type != EventType.Request)
            return true;
        json.Write(draft);
        if (!door.Admits(json.Written, new(draft.Id, draft.Type, draft.Kind, draft.Family, draft.Actor)))
            refused.Add(draft.Visit, draft.Time); // the request itself was made
        return true;
    }

    private void Note(in Draft draft, long at)
    {
        if (draft.Type is not (EventType.Conversion or EventType.Refund))
            return;
        bool isRefund = draft.Type == EventType.Refund;
        prevented.Add(
            new(
                draft.Time,
                at,
                draft.Kind,
                draft.Actor,
                Currencies.Codes[draft.Currency],
                isRefund ? -draft.Minor : draft.Minor,
                isRefund || draft.Conversion != 0
            )
        );
    }
}
