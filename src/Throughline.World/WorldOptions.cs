namespace Throughline.World;

/// <summary>
/// What a world is made from. Equal options give equal bytes on every machine: nothing else goes in, no clock and no
/// random source of the system.
/// </summary>
public sealed record WorldOptions
{
    /// <summary>Chooses the world.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Number of people; everything else scales with it (bots, households, shared devices).</summary>
    public int People { get; init; } = 20_000;

    /// <summary>Length of the run in days of 24 hours; a month is 30.</summary>
    public int Days { get; init; } = 30;

    /// <summary>When the first day begins, UTC.</summary>
    public DateTimeOffset Start { get; init; } = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Events of a thousand that arrive minutes to days after younger ones.</summary>
    public int LatePerMille { get; init; } = 50;

    /// <summary>Events of a thousand that are sent a second time, byte for byte.</summary>
    public int DuplicatePerMille { get; init; } = 10;

    /// <summary>Whether bots take part; a world without them is a control for discovery.</summary>
    public bool Bots { get; init; } = true;

    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(People, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(People, 4_000_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(Days, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Days, 366);
        ArgumentOutOfRangeException.ThrowIfLessThan(Start.Year, 1991);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Start.Year, 2190);
        ArgumentOutOfRangeException.ThrowIfLessThan(LatePerMille, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(LatePerMille, 500);
        ArgumentOutOfRangeException.ThrowIfLessThan(DuplicatePerMille, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(DuplicatePerMille, 500);
    }
}
