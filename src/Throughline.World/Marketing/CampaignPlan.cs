namespace Throughline.World.Marketing;

/// <summary>The 40 campaigns of a world: which channel, window and model each has, and whom it reaches.</summary>
internal sealed class CampaignPlan
{
    private const int Count = 40;

    // How many of the 40 campaigns each channel has, in the order of the enum.
    private static readonly int[] PerChannel = [8, 8, 7, 3, 6, 4, 2, 2];
    private static readonly int[] WindowsDays = [1, 1, 2, 3, 7, 7, 14, 30];

    private readonly ulong seed;
    private readonly int[][] byChannel;

    public CampaignPlan(ulong seed)
    {
        this.seed = seed;
        Chance chance = Chance.For(seed, Purpose.Campaign);
        List<Campaign> all = [];
        byChannel = new int[PerChannel.Length][];
        for (int channel = 0; channel < PerChannel.Length; channel++)
        {
            byChannel[channel] = new int[PerChannel[channel]];
            for (int i = 0; i < PerChannel[channel]; i++)
            {
                byChannel[channel][i] = all.Count;
                string id = $"{((Channel)channel).ToString().ToLowerInvariant()}-{i + 1:00}";
                CreditModel model = chance.Percent(50) ? CreditModel.Linear : CreditModel.LastTouch;
                all.Add(new(all.Count, id, (Channel)channel, WindowsDays[chance.Below(WindowsDays.Length)], model));
            }
        }
        System.Diagnostics.Debug.Assert(all.Count == Count);
        All = all;
    }

    public IReadOnlyList<Campaign> All { get; }

    /// <summary>
    /// A campaign of a channel for a person: in three of four cases the one that targets this person, else any. So that
    /// a person meets the same campaign again and again.
    /// </summary>
    public int Pick(Channel channel, int person, ref Chance chance)
    {
        int[] candidates = byChannel[(int)channel];
        if (chance.Percent(25))
            return candidates[chance.Below(candidates.Length)];
        Chance taste = Chance.For(seed, Purpose.Campaign, (ulong)person + 1, (ulong)channel + 1);
        return candidates[taste.Below(candidates.Length)];
    }

    /// <summary>Any campaign of a channel.</summary>
    public int Any(Channel channel, ref Chance chance) =>
        byChannel[(int)channel][chance.Below(byChannel[(int)channel].Length)];
}
