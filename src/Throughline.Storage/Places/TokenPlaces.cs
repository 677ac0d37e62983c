using Throughline.Core.Events;
using Throughline.Storage.Files;
using Throughline.Storage.Log;

namespace Throughline.Storage.Places;

/// <summary>
/// Finds the records of a log that show a token, without reading the others: what each stretch of 65,536 records shows is in a file beside the
/// log, made when it is first needed and never changed; 16 neighbouring files become one, and 16 of those again, so that a look-up opens 48 of
/// them at most in a billion records. What came since the last whole stretch is kept in memory from question to question. It all follows
/// from the log: a file that is missing, damaged or of another log is made again. Any number of threads: who finds all files in place waits for
/// nobody who makes one, and who needs one that is being made waits for that one.
/// </summary>
/// <param name="folder">The log's.</param>
/// <param name="records">Which records, by which tokens.</param>
/// <param name="stretch">Records of the smallest files.</param>
/// <param name="fan">How many files become one; the largest have at most <see cref="Stretch.RecordsMax"/> records.</param>
public sealed class TokenPlaces(
    string folder,
    PlacedRecords records,
    int stretch = TokenPlaces.StretchRecords,
    int fan = 16
)
{
    public const int StretchRecords = 1 << 16;

    private const int RecordsBetweenLooks = 4_096;

    private readonly long[] sizes = [.. SizesOf(stretch, fan)]; // of files, in records, ascending
    private readonly Lock preparing = new(); // files out of others; taken before the next
    private readonly Lock making = new(); // of a file, and giving one the place of others; taken before the next
    private readonly Lock turn = new(); // of what follows
    private readonly Dictionary<Stretch, Token> known = []; // files of this log: the ids of their last records
    private readonly List<ulong> tail = []; // entries of the stretch under way, up to tailEnd
    private long tailStart;
    private long tailEnd;
    private Token tailId; // of the last record in it
    private long seenEnd; // after the last record that anything here is known of
    private Token seenId; // its id
    private object? lastAsker; // who has looked last whether this is still the log
    private int losses; // how often it was not
    private bool isSwept; // what a crash or an older version has left is gone

    /// <summary>
    /// The numbers of the records before <paramref name="end"/> that show any of the tokens, ascending; now and then one that does not: of 100
    /// tokens one or two for each 500 million records.
    /// </summary>
    public IReadOnlyList<long> Find(
        ITenantLog log,
        IReadOnlyCollection<Token> tokens,
        long end,
        CancellationToken cancellation
    )
    {
        List<long> found = [];
        object asker = new();
        long at = 0;
        for (bool isInFile = true; isInFile && at < end; )
        {
            cancellation.ThrowIfCancellationRequested();
            isInFile = TryFindFrom(log, asker, tokens, ref at, end, found, cancellation);
        }
        if (at < end)
            lock (turn)
            {
                Recognise(log, asker);
                Follow(log, at, end, cancellation);
                AddMatches(tail, new(at, stretch), tokens, found);
            }
        found.Sort();
        return [.. found.Where((number, i) => number < end && (i == 0 || number != found[i - 1]))];
    }

    /// <summary>
    /// Makes the files of all whole stretches before <paramref name="end"/> that have none, and larger ones out of <c>fan</c> neighbours each, so
    /// that nobody who asks waits for it. One at a time.
    /// </summary>
    public void Prepare(ITenantLog log, long end, CancellationToken cancellation)
    {
        object asker = new();
        lock (preparing)
        {
            for (long at = 0; at + stretch <= end; )
            {
                cancellation.ThrowIfCancellationRequested();
                int level = LevelOf(log, asker, at, cancellation);
                at += sizes[level];
                while (
                    ++level < sizes.Length
                    && at % sizes[level] == 0
                    && TryMerge(log, asker, new(at - sizes[level], sizes[level]), sizes[level - 1], cancellation)
                ) { }
            }
            if (!isSwept)
                lock (making)
                    Sweep();
            isSwept = true;
        }
    }

    // In the file that holds a place, and goes to its end; false if there is none, and none to be made before the end.
    private bool TryFindFrom(
        ITenantLog log,
        object asker,
        IReadOnlyCollection<Token> tokens,
        ref long at,
        long end,
        List<long> found,
        CancellationToken cancellation
    )
    {
        if (TryFindInFile(log, asker, tokens, ref at, found))
            return true;
        Stretch least = new(at, stretch);
        if (least.End > end)
            return false;
        List<ulong> entries;
        lock (making)
        {
            if (TryFindInFile(log, asker, tokens, ref at, found)) // whoever was waited for has made it, or one in its place
                return true;
            entries = Make(log, asker, least, cancellation);
        }
        AddMatches(entries, least, tokens, found);
        at = least.End;
        return true;
    }

    // In the largest one: in what a file that came before this place became, too.
    private bool TryFindInFile(
        ITenantLog log,
        object asker,
        IReadOnlyCollection<Token> tokens,
        ref long at,
        List<long> found
    )
    {
        for (int level = sizes.Length - 1; level >= 0; level--)
        {
            using PlaceFile? file = Open(log, asker, new(at / sizes[level] * sizes[level], sizes[level]));
            if (file is null)
                continue;
            if (tokens.All(token => file.TryFind(token, found)))
            {
                at = file.Stretch.End;
                return true;
            }
            Discard(file);
        }
        return false;
    }

    // Of the largest file that begins at a place; of one that is made now if there is none.
    private int LevelOf(ITenantLog log, object asker, long at, CancellationToken cancellation)
    {
        for (int level = sizes.Length - 1; level >= 0; level--)
        {
            using PlaceFile? file = Open(log, asker, new(at, sizes[level]));
            if (file is not null)
                return level;
        }
        lock (making)
        {
            using PlaceFile? made = Open(log, asker, new(at, stretch)); // by whoever was waited for
            if (made is null)
                Make(log, asker, new(at, stretch), cancellation);
        }
        return 0;
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
        known.Clear();
        tail.Clear();
        tailStart = tailEnd = seenEnd = 0;
    }

    private void See(long end, Token lastId)
    {
        if (end > seenEnd)
            (seenEnd, seenId) = (end, lastId);
    }

    // A file that is not known yet may be of before such a loss.
    private PlaceFile? Open(ITenantLog log, object asker, Stretch asked)
    {
        if (asked.First % asked.Records != 0 || asked.End > records.Count(log))
            return null;
        PlaceFile? file = PlaceFile.TryOpen(asked.PathIn(folder, records.Name), asked);
        lock (turn)
        {
            Recognise(log, asker);
            if (file is null || (!IsKnown(file) && file.LastId != IdAt(log, asked.End - 1)))
            {
                file?.Dispose();
                known.Remove(asked);
                return null;
            }
            known[asked] = file.LastId;
            See(asked.End, file.LastId);
            return file;
        }
    }

    private bool IsKnown(PlaceFile file) => known.TryGetValue(file.Stretch, out Token lastId) && lastId == file.LastId;

    // Reads the log while others find what they look for.
    private List<ulong> Make(ITenantLog log, object asker, Stretch made, CancellationToken cancellation)
    {
        lock (making)
        {
            List<ulong> entries = [];
            long from = made.First;
            Token lastId = default;
            int lossesBefore;
            lock (turn)
            {
                Recognise(log, asker);
                lossesBefore = losses;
                if (tailStart == made.First && tailEnd > made.First)
                {
                    (from, lastId) = (tailEnd, tailId);
                    entries.AddRange(tail);
                }
            }
            List<Token> tokens = [];
            Scan(
                log,
                from,
                made.End,
                (number, record) =>
                {
                    AddEntries(record, made, number, tokens, entries);
                    lastId = records.IdOf(record);
                },
                cancellation
            );
            entries.Sort();
            try
            {
                using PlaceWriter writer = new(made.PathIn(folder, records.Name), made);
                entries.ForEach(writer.Add);
                writer.Complete(lastId);
                writer.Publish();
                lock (turn)
                    if (losses == lossesBefore)
                    {
                        known[made] = lastId;
                        See(made.End, lastId);
                    }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException) { } // whoever asks next makes it again
            return entries;
        }
    }

    // Puts one file in the place of its parts. They stay until it is there for good, and as long as whoever has them open reads them.
    private bool TryMerge(ITenantLog log, object asker, Stretch whole, long partRecords, CancellationToken cancellation)
    {
        List<PlaceFile> parts = [];
        try
        {
            for (long first = whole.First; first < whole.End; first += partRecords)
            {
                if (Open(log, asker, new(first, partRecords)) is not { } part)
                    return false;
                parts.Add(part);
            }
            using PlaceWriter writer = new(whole.PathIn(folder, records.Name), whole);
            if (!PlaceMerge.TryWrite(parts, whole, writer, cancellation))
            {
                parts.FindAll(part => part.IsDamaged).ForEach(Discard);
                return false;
            }
            writer.Complete(parts[^1].LastId);
            lock (making) // who finds none of either waits for this
            {
                writer.Publish();
                using PlaceFile? merged = Open(log, asker, whole);
                if (merged is not null)
                    Sweep();
                return merged is not null;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // tried again next time
        }
        finally
        {
            parts.ForEach(part => part.Dispose());
        }
    }

    // Deletes files whose records are in a larger one, and those of other forms.
    private void Sweep()
    {
        foreach (string path in Stretch.PathsIn(folder, records.Name))
        {
            if (Stretch.TryParse(path, out Stretch part))
                lock (turn)
                {
                    if (!known.Keys.Any(whole => whole.Covers(part)))
                        continue;
                    known.Remove(part);
                }
            TryDelete(path);
        }
    }

    // Else it would be in the way of those that are made instead.
    private void Discard(PlaceFile damaged)
    {
        lock (turn)
            known.Remove(damaged.Stretch);
        TryDelete(damaged.Stretch.PathIn(folder, records.Name));
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException) { } // it does no harm
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
                AddEntries(record, new(tailStart, stretch), number, tokens, tail);
                tailId = records.IdOf(record);
                tailEnd = number + 1;
                See(tailEnd, tailId);
            },
            cancellation // what was read stays
        );
    }

    private void AddEntries(
        ReadOnlySpan<byte> record,
        Stretch own,
        long number,
        List<Token> tokens,
        List<ulong> entries
    )
    {
        tokens.Clear();
        records.List(record, tokens);
        foreach (Token token in tokens)
            entries.Add(own.EntryOf(own.PrefixOf(token), number));
    }

    private static void AddMatches(
        List<ulong> entries,
        Stretch own,
        IReadOnlyCollection<Token> tokens,
        List<long> found
    )
    {
        HashSet<ulong> wanted = [.. tokens.Select(own.PrefixOf)];
        foreach (ulong entry in entries)
            if (wanted.Contains(own.PrefixOf(entry)))
                found.Add(own.NumberOf(entry));
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

    private static IEnumerable<long> SizesOf(int stretch, int fan)
    {
        for (long size = stretch; size <= Stretch.RecordsMax; size *= fan)
            yield return size;
    }
}
