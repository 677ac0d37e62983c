using Throughline.Core.Events;
using Throughline.World.Marketing;
using Throughline.World.Population;
using Throughline.World.Truth;

namespace Throughline.World.Behaviour;

/// <summary>Where acts happen: the census, the campaigns, and the drafts that acts leave behind.</summary>
internal sealed class Stage(WorldOptions options, Census census, CampaignPlan campaigns)
{
    public const long DayMs = 86_400_000;

    private readonly ulong idKey = IdKey(options.Seed);
    private ulong made;
    private int orders;
    private int visits;

    public WorldOptions Options => options;
    public Census Census => census;
    public CampaignPlan Campaigns => campaigns;
    public DraftBuffer Drafts { get; } = new();
    public long StartMs { get; } = options.Start.ToUnixTimeMilliseconds();
    public long EndMs => StartMs + options.Days * DayMs;

    /// <summary>Ids are a bijection of a counter, told apart between worlds by this.</summary>
    public static ulong IdKey(ulong seed) => Chance.Mix(seed * 31 + 7);

    public int DayOf(long time) => (int)((time - StartMs) / DayMs);

    public int NewOrder() => orders++;

    /// <summary>What acts now leave behind is part of it; 0: of no visit.</summary>
    public int Visit { get; private set; }

    /// <summary>Begins an act.</summary>
    /// <param name="isVisit">It comes to the shop by requests.</param>
    public void Begin(bool isVisit) => Visit = isVisit ? ++visits : 0;

    /// <summary>
    /// A new draft with a fresh id and nothing else. The reference holds until the next draft is added.
    /// </summary>
    public ref Draft Add(EventType type, long time)
    {
        ref Draft draft = ref Drafts.Add();
        draft = default;
        draft.Time = time;
        draft.Id = Chance.Mix(made++ ^ idKey);
        draft.Type = type;
        draft.Visit = Visit;
        draft.Agent = -1;
        draft.Campaign = -1;
        draft.Order = -1;
        draft.Surface = -1;
        draft.Phone = -1;
        return ref draft;
    }

    public ref Draft AddBot(EventType type, long time, BotFamily family, int actor)
    {
        ref Draft draft = ref Add(type, time);
        draft.Family = family;
        draft.Kind = family == BotFamily.DeclaredCrawler ? ActorKind.GoodBot : ActorKind.Bot;
        draft.Actor = actor;
        return ref draft;
    }
}
