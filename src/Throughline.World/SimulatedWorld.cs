using Throughline.World.Behaviour;
using Throughline.World.Doors;
using Throughline.World.Marketing;

namespace Throughline.World;

/// <summary>
/// A seeded world of people and bots around one shop, whose truth is known: who acted, who is who, what each touch earned.
/// See docs/guide/simulated-world.md for what is in it and by which shares.
/// </summary>
public sealed class SimulatedWorld
{
    private readonly CampaignPlan plan;

    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public SimulatedWorld(WorldOptions options)
    {
        options.Validate();
        Options = options;
        plan = new(options.Seed);
    }

    public WorldOptions Options { get; }

    /// <summary>The campaigns; put their documents into the store before the events.</summary>
    public IReadOnlyList<Campaign> Campaigns => plan.All;

    /// <summary>
    /// Values that belong to nobody and that an operator would block: (type, value). The world never tells a machine by itself.
    /// </summary>
    public static IReadOnlyList<(string Type, string Value)> JunkValues { get; } =
    [.. IdentifierText.JunkTypes.Zip(IdentifierText.JunkValues)];

    /// <summary>Starts a run from the beginning. Every run of one world in one rendering gives the same bytes.</summary>
    /// <param name="keepTruth">Collect <see cref="WorldRun.Truth"/>; without it memory is bounded by people and days of lateness.</param>
    /// <param name="door">May refuse visits; null: everybody is let in. A world with a door has the same people, plans and chance.</param>
    public WorldRun Run(Rendering rendering = Rendering.Observed, bool keepTruth = true, IShopDoor? door = null) =>
        new(Options, plan, rendering, keepTruth, door);
}
