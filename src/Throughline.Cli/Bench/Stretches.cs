using System.Diagnostics;

namespace Throughline.Cli.Bench;

/// <summary>Adds up measured stretches of work, and tells the rate of the first and last million events.</summary>
internal sealed class Stretches
{
    public const long Window = 1_000_000;

    private readonly List<double> rates = [];
    private long windowEvents;
    private double windowSeconds;

    public long Events { get; private set; }
    public double Seconds { get; private set; }

    public double PerSecond => Output.Figures.PerSecond(Events, Seconds);

    /// <summary>Rate of the last whole million over that of the first; null with fewer than two.</summary>
    public double? LastToFirst => rates.Count < 2 ? null : Output.Figures.Share(rates[^1] / rates[0]);

    /// <summary>Counts events that took from <paramref name="started"/> (a timestamp) until now.</summary>
    public void Add(long events, long started)
    {
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Events += events;
        Seconds += seconds;
        windowEvents += events;
        windowSeconds += seconds;
        if (windowEvents < Window)
            return;
        rates.Add(windowEvents / windowSeconds);
        windowEvents = 0;
        windowSeconds = 0;
    }
}
