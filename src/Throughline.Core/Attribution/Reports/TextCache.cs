using System.Text;
using Throughline.Core.Events;
using Throughline.Core.State;

namespace Throughline.Core.Attribution.Reports;

/// <summary>What a touch is named by.</summary>
internal readonly record struct TouchName(string Campaign, string Kind, string Channel);

/// <summary>Texts by their UTF-8 bytes, each made once: whoever reads the same few again and again makes none. Not for several threads.</summary>
internal sealed class TextCache
{
    private readonly ByteTable<string> texts = new();
    private readonly ByteTable<TouchName> names = new();

    /// <summary>Some bytes as text.</summary>
    public string this[ReadOnlySpan<byte> utf8]
    {
        get
        {
            ulong hash = Mix.Bytes(utf8);
            return texts.TryGet(utf8, hash, out string text)
                ? text
                : texts.Add(utf8, hash, Encoding.UTF8.GetString(utf8));
        }
    }

    /// <summary>Three texts as results have them one after another, each after its length.</summary>
    public TouchName Names(ReadOnlySpan<byte> three)
    {
        ulong hash = Mix.Bytes(three);
        if (names.TryGet(three, hash, out TouchName known))
            return known;
        ReadOnlySpan<byte> rest = three;
        return names.Add(three, hash, new(Next(ref rest), Next(ref rest), Next(ref rest)));
    }

    private string Next(ref ReadOnlySpan<byte> rest)
    {
        int size = (int)Varint.UnZigZag(Varint.Read(rest, out int used));
        ReadOnlySpan<byte> utf8 = rest.Slice(used, size);
        rest = rest[(used + size)..];
        return this[utf8];
    }

    // Values by bytes, with open addressing.
    private sealed class ByteTable<T>
    {
        private Entry[] entries = new Entry[256];
        private int count;

        public bool TryGet(ReadOnlySpan<byte> key, ulong hash, out T value)
        {
            int mask = entries.Length - 1;
            for (int place = (int)hash & mask; ; place = (place + 1) & mask)
            {
                ref readonly Entry entry = ref entries[place];
                value = entry.Value;
                if (entry.Key is null)
                    return false;
                if (entry.Hash == hash && key.SequenceEqual(entry.Key))
                    return true;
            }
        }

        public T Add(ReadOnlySpan<byte> key, ulong hash, T value)
        {
            if (++count > entries.Length / 2)
            {
                Entry[] old = entries;
                entries = new Entry[old.Length * 2];
                foreach (Entry entry in old)
                    if (entry.Key is not null)
                        entries[FreeOf(entry.Hash)] = entry;
            }
            entries[FreeOf(hash)] = new(hash, key.ToArray(), value);
            return value;
        }

        private int FreeOf(ulong hash)
        {
            int mask = entries.Length - 1;
            int place = (int)hash & mask;
            while (entries[place].Key is not null)
                place = (place + 1) & mask;
            return place;
        }

        private readonly record struct Entry(ulong Hash, byte[]? Key, T Value);
    }
}
