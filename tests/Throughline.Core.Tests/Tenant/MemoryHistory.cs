using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.State;
using Throughline.Core.Tenant;

namespace Throughline.Core.Tests.Tenant;

/// <summary>A driver in a few lines: a list for a log. Remembers every result that the machine gave.</summary>
internal sealed class MemoryHistory : IHistory
{
    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<
        TenantMachine,
        MemoryHistory
    > Drivers = [];

    private readonly RecordBuffer buffer = new();
    private int ticks;
    private byte[] lent = [];

    public List<byte[]> Events { get; } = [];
    public List<byte[]> Results { get; } = [];

    public ApplyStatus Apply(TenantMachine machine, byte[] record)
    {
        Drivers.AddOrUpdate(machine, this);
        Events.Add(record); // readable while it is applied
        ApplyStatus status = machine.Apply(record, buffer);
        if (status != ApplyStatus.Accepted)
            Events.RemoveAt(Events.Count - 1);
        for (int i = 0; i < buffer.Count; i++)
            Results.Add(buffer[i].ToArray());
        buffer.Clear();
        return status;
    }

    public void Drain(TenantMachine machine)
    {
        while (machine.HasBacklog)
            Apply(
                machine,
                new Throughline.Testing.Events.Fact($"tick-{Events.Count}-{ticks++}", EventType.Tick, 0).Encode()
            );
    }

    /// <summary>The last result of every conversion, in words.</summary>
    public static IEnumerable<(Token Id, string Line)> Current(TenantMachine machine)
    {
        Drivers.TryGetValue(machine, out MemoryHistory? driver);
        return CurrentCases(machine)
            .Select(x =>
                (x.Id, Reference.Describe(x.Case, position => EventRecord.FromTrusted(driver!.Read(position)).Id))
            );
    }

    /// <summary>The last result of every conversion.</summary>
    public static IEnumerable<(Token Id, ConversionCase Case)> CurrentCases(TenantMachine machine)
    {
        Drivers.TryGetValue(machine, out MemoryHistory? driver);
        Dictionary<Token, byte[]> last = [];
        foreach (byte[] result in driver?.Results ?? [])
            if (result[0] == (byte)ResultKind.Conversion)
                last[ResultRecord.FromTrusted(result).Subject] = result;
        return last.Select(x => (x.Key, ConversionResult.Read(ResultRecord.FromTrusted(x.Value))));
    }

    /// <summary>All results of conversions, in the order of their publication.</summary>
    public static IEnumerable<(Token Id, ConversionCase Case)> AllCases(TenantMachine machine)
    {
        Drivers.TryGetValue(machine, out MemoryHistory? driver);
        foreach (byte[] result in driver?.Results ?? [])
            if (result[0] == (byte)ResultKind.Conversion)
                yield return (
                    ResultRecord.FromTrusted(result).Subject,
                    ConversionResult.Read(ResultRecord.FromTrusted(result))
                );
    }

    /// <summary>A stored event, for whoever keeps it.</summary>
    public byte[] ReadCopy(long position) => [.. Events[(int)position]];

    public byte[] ReadResult(long sequence) => Results[(int)sequence];

    // As the port says, what was read is valid until the next call: a test must notice who holds on to it.
    public ReadOnlySpan<byte> Read(long position)
    {
        lent.AsSpan().Fill(0xee);
        return lent = [.. Events[(int)position]];
    }

    public bool TryFindId(Token id, long before, out long position)
    {
        position = 0;
        return false;
    }
}

/// <summary>An image in memory, written only after the writer went on: as a snapshot is.</summary>
internal sealed class ImageCopy
{
    private readonly List<(string Name, byte[] Bytes)> sections = [];

    public ImageCopy(StateImage image, Action meanwhile)
    {
        meanwhile();
        foreach (StateSection section in image.Sections)
        {
            using MemoryStream stream = new();
            section.WriteLast(stream);
            Assert.Equal(section.Length, stream.Length);
            sections.Add((section.Name, stream.ToArray()));
        }
    }

    public StateSource Source() => new Reader(sections);

    private sealed class Reader(List<(string Name, byte[] Bytes)> sections) : StateSource
    {
        private int next;

        public override Stream Open(string name, out long length)
        {
            (string found, byte[] bytes) = sections[next++];
            Assert.Equal(found, name);
            length = bytes.Length;
            return new MemoryStream(bytes);
        }
    }
}
