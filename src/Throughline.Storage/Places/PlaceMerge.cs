namespace Throughline.Storage.Places;

/// <summary>Makes one file of those of neighbouring stretches, in a single pass over each and with 128 KiB in memory of each.</summary>
internal static class PlaceMerge
{
    private const int BufferPages = 32;

    /// <summary>Writes the entries of all parts; false if one of them is damaged.</summary>
    /// <param name="parts">Ascending by their stretches.</param>
    /// <param name="whole">What they are together.</param>
    /// <param name="target">A file of that.</param>
    /// <param name="cancellation">Leaves the target unfinished.</param>
    /// <exception cref="IOException">The disk refused.</exception>
    public static bool TryWrite(
        IReadOnlyList<PlaceFile> parts,
        Stretch whole,
        PlaceWriter target,
        CancellationToken cancellation
    )
    {
        Cursor[] cursors = [.. parts.Select(part => new Cursor(part))];
        ulong[] prefixes = new ulong[parts.Count]; // of the next entries, in as few bits as the whole has
        for (int i = 0; i < cursors.Length; i++)
            prefixes[i] = cursors[i].Next(whole);
        while (true)
        {
            int least = 0;
            for (int i = 1; i < prefixes.Length; i++)
                if (prefixes[i] < prefixes[least])
                    least = i;
            if (prefixes[least] == Cursor.End)
                return parts.All(part => !part.IsDamaged);
            Cursor cursor = cursors[least];
            target.Add(whole.EntryOf(prefixes[least], cursor.Number));
            if (cursor.IsAtBuffersEnd)
                cancellation.ThrowIfCancellationRequested();
            prefixes[least] = cursor.Next(whole);
        }
    }

    /// <summary>Goes through the entries of a file.</summary>
    private sealed class Cursor(PlaceFile file)
    {
        public const ulong End = ulong.MaxValue; // no prefix has all bits

        private readonly ulong[] buffer = new ulong[BufferPages * PlaceFile.PageWords];
        private long nextPage; // to be read
        private int pages; // in the buffer
        private int page; // of those
        private int entry = -1; // of that
        private int entries; // of it

        /// <summary>The record that the entry is of.</summary>
        public long Number => file.Stretch.NumberOf(Entry);

        /// <summary>The next entry has to be read from the disk.</summary>
        public bool IsAtBuffersEnd => entry + 1 == entries && page + 1 >= pages;

        private ulong Entry => buffer[page * PlaceFile.PageWords + entry];

        /// <summary>Goes to the next entry and gives its token's leading bits; <see cref="End"/> after the last one and where the file is damaged.</summary>
        public ulong Next(Stretch whole) => ++entry < entries || TryNextPage() ? whole.PrefixOf(Entry) : End;

        private bool TryNextPage()
        {
            entry = 0;
            if (++page >= pages)
            {
                page = 0;
                pages = (int)Math.Min(BufferPages, file.EntryPages - nextPage);
                if (pages == 0 || !file.TryReadPages(nextPage, buffer.AsSpan(0, pages * PlaceFile.PageWords)))
                    return false;
                nextPage += pages;
            }
            entries = file.EntriesOf(nextPage - pages + page);
            return true;
        }
    }
}
