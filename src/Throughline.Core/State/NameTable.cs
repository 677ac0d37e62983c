using System.Text;
using Throughline.Core.Events;

namespace Throughline.Core.State;

/// <summary>
/// Interns names (campaigns, kinds, types) as small numbers in the order in which the log first used them.
/// The numbers are internal: anything that leaves the machine carries the name.
/// </summary>
public sealed class NameTable(string name, int maximum)
{
    private readonly List<byte[]> names = [];
    private readonly List<string> texts = [];
    private readonly Dictionary<byte[], int> numbers = new(new Utf8Comparer());

    public int Count => names.Count;

    /// <summary>New names that it still takes.</summary>
    public int Room => maximum - names.Count;

    /// <summary>The UTF-8 bytes of a name.</summary>
    public ReadOnlySpan<byte> Utf8(int number) => number < names.Count ? names[number] : default;

    /// <summary>A name as text.</summary>
    public string Text(int number) => number < texts.Count ? texts[number] : "";

    /// <summary>The number of a known name, or -1.</summary>
    public int Find(ReadOnlySpan<byte> utf8) =>
        numbers.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(utf8, out int number) ? number : -1;

    /// <summary>The number of a name, given now if it is new; <see cref="Full"/> once the table is full.</summary>
    public int Intern(ReadOnlySpan<byte> utf8)
    {
        int number = Find(utf8);
        if (number >= 0)
            return number;
        if (names.Count >= maximum)
            return Full;
        byte[] copy = utf8.ToArray();
        names.Add(copy);
        texts.Add(Encoding.UTF8.GetString(copy));
        numbers.Add(copy, names.Count - 1);
        return names.Count - 1;
    }

    /// <summary>What names beyond the limit share: one number past the last that can be given.</summary>
    public int Full => maximum;

    public StateSection Capture()
    {
        using MemoryStream stream = new();
        Span<byte> size = stackalloc byte[Varint.MaxSize];
        foreach (byte[] entry in names)
        {
            stream.Write(size[..Varint.Write(size, (ulong)entry.Length)]);
            stream.Write(entry);
        }
        byte[] bytes = stream.ToArray();
        return new(name, bytes.Length, target => target.Write(bytes));
    }

    public void Restore(StateSource source)
    {
        using Stream stream = source.Open(name, out long length);
        byte[] bytes = new byte[length];
        stream.ReadExactly(bytes);
        for (ReadOnlySpan<byte> rest = bytes; !rest.IsEmpty; )
        {
            int size = (int)Varint.Read(rest, out int used);
            Intern(rest.Slice(used, size));
            rest = rest[(used + size)..];
        }
    }

    /// <summary>Takes the names of another table; this one must be empty, but for names that both begin with.</summary>
    public void Share(NameTable from)
    {
        foreach (byte[] entry in from.names)
            Intern(entry);
    }

    public ulong Hash(ulong seed)
    {
        foreach (byte[] entry in names)
            seed = Mix.Bytes(entry, seed);
        return seed;
    }

    private sealed class Utf8Comparer
        : IEqualityComparer<byte[]>,
            IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => (int)Mix.Bytes(obj);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate) => (int)Mix.Bytes(alternate);

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
