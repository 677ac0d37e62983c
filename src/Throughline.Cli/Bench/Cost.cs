namespace Throughline.Cli.Bench;

/// <summary>What a million events take, as every bench prints it; <c>docs/guide/cost.md</c> multiplies it.</summary>
/// <param name="Of">Which events, and how far they went.</param>
/// <param name="Events">So many were measured.</param>
/// <param name="ProcessorSecondsPerMillion">Of all processors together, the compiler's and the collector's work too; what makes or sends the events is left out.</param>
/// <param name="DiskBytesPerMillion">In the data folder once it is closed: events, results, ids, snapshots; null where nothing is stored.</param>
/// <param name="MemoryBytesPerMillion">The state in memory with its indexes; null where it was not weighed.</param>
internal sealed record Cost(
    string Of,
    long Events,
    double ProcessorSecondsPerMillion,
    long? DiskBytesPerMillion = null,
    long? MemoryBytesPerMillion = null
)
{
    /// <summary>The same with what a folder holds, of <paramref name="events"/> events if not of those measured.</summary>
    public Cost WithDisk(string folder, long? events = null) =>
        this with
        {
            DiskBytesPerMillion = PerMillion(
                new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length),
                events ?? Events
            ),
        };

    /// <summary>The same with the bytes of a state in memory.</summary>
    public Cost WithMemory(long bytes) => this with { MemoryBytesPerMillion = PerMillion(bytes, Events) };

    /// <summary>As a line of a report.</summary>
    public FormattableString Line()
    {
        string disk = DiskBytesPerMillion is { } stored ? $", {stored / 1e6:N0} MB on disk" : "";
        string memory = MemoryBytesPerMillion is { } held ? $", {held / 1e6:N0} MB in memory" : "";
        return $"A million events cost   {ProcessorSecondsPerMillion, 12:0.00} processor seconds{disk}{memory} ({Of})";
    }

    private static long PerMillion(long bytes, long events) => events == 0 ? 0 : (long)(bytes * 1e6 / events);
}
