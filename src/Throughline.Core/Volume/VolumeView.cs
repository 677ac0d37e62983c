using Throughline.Core.Tenant;

namespace Throughline.Core.Volume;

/// <summary>
/// How many events of each name happened in each hour, as the machine knows it at one position. Made on the writer's thread, between
/// events; read on any one other, while the writer goes on: the pages are shared.
/// </summary>
public sealed class VolumeView
{
    private readonly TenantMachine fork;
    private SortedDictionary<string, SortedDictionary<int, long>>? names;

    public VolumeView(TenantMachine machine) => fork = machine.ForkVolume();

    /// <summary>All events before it are known.</summary>
    public long Position => fork.NextPosition;

    /// <summary>Greatest event time, milliseconds since 1970; null before the first event.</summary>
    public long? Watermark => fork.Watermark;

    /// <summary>By name, ordinal: counts by hour since 1970, UTC; hours without events are left out.</summary>
    public IReadOnlyDictionary<string, SortedDictionary<int, long>> Names => names ??= Read();

    private SortedDictionary<string, SortedDictionary<int, long>> Read()
    {
        SortedDictionary<string, SortedDictionary<int, long>> found = new(StringComparer.Ordinal);
        for (int row = 0; row < fork.Volumes.Rows.Count; row++)
        {
            VolumeRow hour = fork.Volumes.Rows[row];
            string name = VolumeBook.TextOf(hour.Name, fork.Parts.Names);
            if (!found.TryGetValue(name, out SortedDictionary<int, long>? hours))
                found.Add(name, hours = []);
            hours[hour.Hour] = hours.GetValueOrDefault(hour.Hour) + hour.Count;
        }
        return found;
    }
}
