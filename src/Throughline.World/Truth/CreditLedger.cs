using System.Runtime.InteropServices;
using Throughline.Core.Events;
using Throughline.World.Behaviour;
using Throughline.World.Marketing;
using Throughline.World.Population;

namespace Throughline.World.Truth;

/// <summary>
/// Works out what every conversion truly earned as events happen, in time order: late arrival plays no part. Keeps each
/// person's touches of the longest window.
/// </summary>
internal sealed class CreditLedger(IReadOnlyList<Campaign> campaigns, int people)
{
    private readonly List<TrueTouch>?[] touches = new List<TrueTouch>?[people];
    private readonly Dictionary<ulong, int> byId = [];
    private readonly long longest = campaigns.Max(campaign => campaign.WindowMs);

    public List<TrueConversion> Conversions { get; } = [];

    public void Happen(in Draft draft)
    {
        switch (draft.Type)
        {
            case EventType.Conversion:
                Convert(draft);
                break;
            case EventType.Refund:
                if (byId.TryGetValue(draft.Conversion, out int refunded))
                    Conversions[refunded].Refund(draft.Minor);
                break;
            default:
                if (draft.Kind == ActorKind.Human && draft.Campaign >= 0 && draft.Type.IsTouch())
                    Touch(draft);
                break;
        }
    }

    private void Touch(in Draft draft)
    {
        List<TrueTouch> list = touches[draft.Actor] ??= [];
        if (list.Count == list.Capacity && list.Count > 0 && list[0].Time < draft.Time - longest)
            list.RemoveRange(0, FirstSince(list, draft.Time - longest));
        list.Add(new(draft.Id, draft.Time, draft.Campaign, draft.Type == EventType.Click));
    }

    private void Convert(in Draft draft)
    {
        TrueConversion conversion = new(
            draft.Id,
            draft.Time,
            draft.Kind,
            draft.Actor,
            Currencies.Codes[draft.Currency],
            draft.Minor
        )
        {
            Status = draft.Kind == ActorKind.Human ? ConversionStatus.NoTouch : ConversionStatus.Bot,
            DuplicateOf = draft.Conversion,
        };
        if (conversion.Status == ConversionStatus.NoTouch)
        {
            ReadOnlySpan<TrueTouch> journey = CollectionsMarshal.AsSpan(touches[draft.Actor]);
            (int campaign, TrueCredit[] credits) = TruthRule.Credit(journey, draft.Time, draft.Minor, campaigns);
            conversion = conversion.WithCredits(campaign, credits);
        }
        byId.Add(draft.Id, Conversions.Count);
        Conversions.Add(conversion);
    }

    private static int FirstSince(List<TrueTouch> list, long time)
    {
        int first = 0;
        while (first < list.Count && list[first].Time < time)
            first++;
        return first;
    }
}
