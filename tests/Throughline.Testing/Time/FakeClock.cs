namespace Throughline.Testing.Time;

/// <summary>A clock that stands until it is moved.</summary>
public sealed class FakeClock(DateTimeOffset now) : TimeProvider
{
    private DateTimeOffset now = now;

    /// <summary>Stands at the first instant of 22 November 2026, UTC.</summary>
    public FakeClock()
        : this(new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero)) { }

    public override DateTimeOffset GetUtcNow() => now;

    public void Advance(TimeSpan by) => now += by;
}
