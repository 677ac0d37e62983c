using System.Runtime.InteropServices;
using Throughline.Core.Events;
using Throughline.Core.State;
using Throughline.Core.Tenant;

namespace Throughline.Core.Volume;

/// <summary>How many observations of a name happened in an hour. Written to snapshots as it is.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VolumeRow
{
    /// <summary>Of <see cref="VolumeBook.NameOf"/>.</summary>
    public int Name;

    /// <summary>Since 1970, UTC.</summary>
    public int Hour;
    public long Count;
}

/// <summary>Counts every observation by its name and the hour of event time that it happened in: a function of the set of events.</summary>
internal sealed class VolumeBook
{
    public const long HourMs = 3_600_000;

    private const int NumberBits = 17;

    public readonly PagedArray<VolumeRow> Rows = new("volume.hours");

    private readonly RowIndex<Keys> index;
    private int last = -1; // most events are of the hour, and many of the name, of the one before

    public VolumeBook() => index = new(new(Rows));

    public IRowIndex Index => index;

    /// <summary>Counts an event whose names are known.</summary>
    public void Count(in EventRecord record, Names names)
    {
        int name = NameOf(
            record.Type,
            record.Type switch
            {
                EventType.Nurture => names.TouchKind(record),
                EventType.Conversion => names.ConversionKind(record),
                _ => 0,
            }
        );
        int hour = (int)((record.Time >= 0 ? record.Time : record.Time - HourMs + 1) / HourMs);
        if (last < 0 || Rows[last].Name != name || Rows[last].Hour != hour)
            last = RowOf(name, hour);
        Rows.Mutable(last).Count++;
    }

    public void Reindex()
    {
        for (int row = 0; row < Rows.Count; row++)
            index.Insert(HashOf(Rows[row].Name, Rows[row].Hour), row);
    }

    /// <summary>What a row is named by: the type, and of nurturing events and conversions the number of their name or kind.</summary>
    public static int NameOf(EventType type, int number) => (int)type << NumberBits | number;

    /// <summary>As people read it: <c>click</c>, <c>webinar_signup</c>, <c>conversion/purchase</c>.</summary>
    public static string TextOf(int name, Names names)
    {
        EventType type = (EventType)(name >> NumberBits);
        int number = name & ((1 << NumberBits) - 1);
        return type switch
        {
            EventType.Nurture => names.TouchKinds.Text(number),
            EventType.Conversion => "conversion/" + names.ConversionKinds.Text(number),
            _ => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(type.ToString()),
        };
    }

    private int RowOf(int name, int hour)
    {
        ulong hash = HashOf(name, hour);
        int row = index.Find(hash, new Probe(Rows, name, hour));
        if (row >= 0)
            return row;
        row = Rows.Add(new() { Name = name, Hour = hour });
        index.Insert(hash, row);
        return row;
    }

    private static ulong HashOf(int name, int hour) => Mix.Two((ulong)(uint)name, (ulong)(uint)hour);

    private readonly struct Keys(PagedArray<VolumeRow> rows) : IRowKeys
    {
        public ulong HashOf(int row) => VolumeBook.HashOf(rows[row].Name, rows[row].Hour);

        public void Prefetch(int row) => rows.Prefetch(row);
    }

    private readonly struct Probe(PagedArray<VolumeRow> rows, int name, int hour) : IRowProbe
    {
        public bool Matches(int row) => rows[row].Name == name && rows[row].Hour == hour;
    }
}
