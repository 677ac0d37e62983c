using System.Runtime.InteropServices;
using Throughline.Core.Events;
using Throughline.Storage.Files;
using Throughline.Storage.Log;

namespace Throughline.Storage.Places;

/// <summary>
/// Finds the records of a log that show a token, without reading the others: what each stretch of 65,536 records shows is in a file beside the
/// log, made when it is first needed and never changed; what came since the last whole stretch is kept in memory from question to question. It
/// all follows from the log: a file that is missing, damaged or of another log is made again. Any number of threads: who finds all files in place
/// waits for nobody who makes one, and who needs one that is being made waits for that one.
/// </summary>
/// <param name="folder">The log's.</param>
/// <param name="records">Which records, by which tokens.</param>
/// <param name="stretch">Records of a file, at most <see cref="StretchMax"/>.</param>
public sealed class TokenPlaces(string folder, PlacedRecords records, int stretch = TokenPlaces.StretchMax)
{
    public const int StretchMax = 1 << PlaceFile.OffsetBits;

    private const int RecordsBetweenLooks = 4_096;

    private readonly Lock making = new(); // of a file; taken before the other
    private readonly Lock turn = new(); // of what follows
    private readonly HashSet<long> checkedFiles = []; // firsts of stretches whose files are of this log
    private readonly List<ulong> tail = []; // entries of the stretch under way, up to tailEnd
    private long tailStart;
    private long tailEnd;
    private Token tailId; // of the last record in it
    private long seenEnd; // after the last record that anything here is known of
    private Token seenId; // its id
    private object? lastAsker; // who has looked last whether this is still the log
    private int losses; // how often it was not

    /// <summary>The numbers of the records before <paramref name="end"/> that show any of the tokens, ascending; now and then one that does not.</summary>
    public IReadOnlyList<long> Find(
        ITenantLog log,
        IReadOnlyCollection<Token> tokens,
        long end,
        CancellationToken cancellation
    )
    {
        SortedSet<long> found = [];
        object asker = new();
        for (long first = end / stretch * stretch - stretch; first >= 0; first -= stretch)
        {
            cancellation.ThrowIfCancellationRequested();
            Find(log, asker, tokens, first, found, cancellation);
        }
        HashSet<ulong> starts = [.. tokens.Select(PlaceFile.FirstOf)];
        lock (turn)
        {
            Recognise(log, asker);
            Follow(log, end / stretch * stretch, end, cancellation);
            foreach (ulong entry in tail)
                if (starts.Contains(entry >> PlaceFile.OffsetBits << PlaceFile.OffsetBits))
                    found.Add(tailStart + OffsetOf(entry));
        }
        found.RemoveWhere(number => number >= end);
        return [.. found];
    }

    /// <summary>Makes the files of all whole stretches before <paramref name="end"/> that have none, so that nobody who asks waits for it.</summary>
    public void Prepare(ITenantLog log, long end, CancellationToken cancellation)
    {
        object asker = new();
        for (long first = 0; first + stretch <= end; first += stretch)
        {
            lock (turn)
            {
                Recognise(log, asker);
                if (checkedFiles.Contains(first))
                    continue;
            }
            lock (making)
            {
                using PlaceFile? file = Open(log, asker, first);
                if (file is null)
                    Make(log, asker, first, cancellation);
            }
        }
    }

    private void Find(
        ITenantLog log,
        object asker,
        IReadOnlyCollection<Token> tokens,
        long first,
        SortedSet<long> found,
        CancellationToken cancellation
    )
    {
        if (TryFind(Open(log, asker, first), tokens, first, found))
            return;
        ulong[] entries;
        lock (making)
        {
            if (TryFind(Open(log, asker, first), tokens, first, found)) // whoever was waited for has made it
                return;
            entries = Make(log, asker, first, cancellation);
        }
        foreach (Token token in tokens)
        {
            ulong start = PlaceFile.FirstOf(token);
            int at = entries.AsSpan().BinarySearch(start);
            for (at = at < 0 ? ~at : at; at > 0 && entries[at - 1] == start; at--) { }
            for (; at < entries.Length && entries[at] >> PlaceFile.OffsetBits == start >> PlaceFile.OffsetBits; at++)
                found.Add(first + OffsetOf(entries[at]));
        }
    }

    private static bool TryFind(PlaceFile? opened, IReadOnlyCollection<Token> tokens, long first, SortedSet<long> found)
    {
        using PlaceFile? file = opened;
        List<int> offsets = [];
        if (file is null || !tokens.All(token => file.TryFind(token, offsets)))
            return false;
        found.UnionWith(offsets.Select(offset => first + offset));
        return true;
    }

    // Commits whose end was unknown may be lost, and others at their places by now: then the last that was seen is gone, too. Who has looked
    // looks again once another has, whose log may be a later one.
    private void Recognise(ITenantLog log, object asker)
    {
        if (ReferenceEquals(lastAsker, asker))
            return;
        lastAsker = asker;
        if (seenEnd == 0 || IdAt(log, seenEnd - 1) == seenId)
            return;
        losses++;
        checkedFiles.Clear();
        tail.Clear();
        tailStart = tailEnd = seenEnd = 0;
    }

    private void See(long end, Token lastId)
    {
        if (end > seenEnd)
            (seenEnd, seenId) = (end, lastId);
    }

    // A file that is not known yet may be of before such a loss.
    private PlaceFile? Open(ITenantLog log, object asker, long first)
    {
        lock (turn)
        {
            Recognise(log, asker);
            PlaceFile? file = PlaceFile.TryOpen(PlaceFile.PathOf(folder, records.Name, first), first, stretch);
            if (file is null || (!checkedFiles.Contains(first) && file.LastId != IdAt(log, first + stretch - 1)))
            {
                file?.Dispose();
                checkedFiles.Remove(first);
                return null;
            }
            checkedFiles.Add(first);
            See(first + stretch, file.LastId);
            return file;
        }
    }

    // Reads the log while others find what they look for.
    private ulong[] Make(ITenantLog log, object asker, long first, CancellationToken cancellation)
    {
        lock (making)
        {
            List<ulong> found = [];
            long from = first;
            Token lastId = default;
            int lossesBefore;
            lock (turn)
            {
                Recognise(log, asker);
                lossesBefore = losses;
                if (tailStart == first && tailEnd > first)
                {
                    (from, lastId) = (tailEnd, tailId);
                    found.AddRange(tail);
                }
            }
            List<Token> tokens = [];
            Scan(
                log,
                from,
                first + stretch,
                (number, record) =>
                {
                    AddEntries(record, (int)(number - first), tokens, found);
                    lastId = records.IdOf(record);
                },
                cancellation
            );
            found.Sort();
            ulong[] entries = [.. found];
            try
            {
                PlaceFile.Write(PlaceFile.PathOf(folder, records.Name, first), first, stretch, lastId, entries);
                lock (turn)
                    if (losses == lossesBefore)
                    {
                        checkedFiles.Add(first);
                        See(first + stretch, lastId);
                    }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException) { } // whoever asks next makes it again
            return entries;
        }
    }

    // Reads on to an end; anew if what is kept is of another stretch.
    private void Follow(ITenantLog log, long start, long end, CancellationToken cancellation)
    {
        if (tailStart != start)
        {
            tail.Clear();
            tailStart = tailEnd = start;
        }
        if (tailEnd >= end)
            return;
        List<Token> tokens = [];
        Scan(
            log,
            tailEnd,
            end,
            (number, record) =>
            {
                AddEntries(record, (int)(number - tailStart), tokens, tail);
                tailId = records.IdOf(record);
                tailEnd = number + 1;
                See(tailEnd, tailId);
            },
            cancellation // what was read stays
        );
    }

    private void AddEntries(ReadOnlySpan<byte> record, int offset, List<Token> tokens, List<ulong> entries)
    {
        tokens.Clear();
        records.List(record, tokens);
        foreach (Token token in tokens)
            entries.Add(PlaceFile.EntryOf(token, offset));
    }

    private void Scan(
        ITenantLog log,
        long from,
        long end,
        Action<long, ReadOnlySpan<byte>> take,
        CancellationToken cancellation
    )
    {
        if (from < end)
            records.Scan(
                log,
                from,
                (number, record) =>
                {
                    if (number >= end)
                        return false;
                    if (number % RecordsBetweenLooks == 0)
                        cancellation.ThrowIfCancellationRequested();
                    take(number, record);
                    return number + 1 < end;
                }
            );
    }

    // A default id is no record's: the log ends before.
    private Token IdAt(ITenantLog log, long number)
    {
        if (number >= records.Count(log))
            return default;
        RecordBuffer one = new();
        records.Read(log, number, one);
        return records.IdOf(one[0]);
    }

    private static long OffsetOf(ulong entry) => (long)(entry & ((1 << PlaceFile.OffsetBits) - 1));
}
