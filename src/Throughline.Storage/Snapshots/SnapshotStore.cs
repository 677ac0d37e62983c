using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Throughline.Core.State;
using Throughline.Storage.Files;

namespace Throughline.Storage.Snapshots;

/// <summary>
/// The snapshots in a tenant's folder: <c>snapshot-POSITION.tlsnap</c>, the last two. They save time at a restart and
/// nothing else, as long as the log is whole: a damaged one is passed over, and without any the log rebuilds the state.
/// </summary>
public sealed class SnapshotStore(string folder, string tenant)
{
    private const string Prefix = "snapshot-";
    private const string Suffix = ".tlsnap";
    private const int Kept = 2;

    private readonly Lock writing = new();

    /// <summary>
    /// Writes an image, durably, and deletes older snapshots but one. May run on any thread while the tenant's writer
    /// goes on; whoever comes while another is written waits for it.
    /// </summary>
    /// <exception cref="IOException">The disk refused or is full: the snapshots before are untouched.</exception>
    public void Write(StateImage image)
    {
        lock (writing)
            WriteAlone(image);
    }

    private void WriteAlone(StateImage image)
    {
        Directory.CreateDirectory(folder);
        string path = PathOf(image.Position);
        try
        {
            using SafeFileHandle file = DurableFile.CreateDraft(path);
            using SnapshotWriter writer = new(file, path);
            writer.Write(SnapshotLayout.Head(tenant, image.Position, image.Result));
            List<SnapshotSection> sections = [.. image.Sections.Select(writer.Write)];
            writer.Write(SnapshotLayout.TableAndTail(sections, writer.Length));
            writer.Flush();
        }
        catch
        {
            File.Delete(path + DurableFile.DraftSuffix);
            throw;
        }
        DurableFile.Publish(path);
        foreach (string old in Files().Where(x => x.Position < image.Position).Skip(Kept - 1).Select(x => x.Path))
            File.Delete(old);
    }

    /// <summary>
    /// Opens the newest sound snapshot that is not ahead of the log, or gives null: then the log alone has to do.
    /// </summary>
    /// <param name="logEnd">
    /// The log's next position. A snapshot beyond it is of a log that is gone (one restored from a backup, say): it is
    /// renamed, lest it be taken for this log's once that has grown.
    /// </param>
    /// <param name="passedOver">What was wrong with newer ones, which stay as they are.</param>
    public Snapshot? TryOpenNewest(long logEnd, out IReadOnlyList<StoreDamagedException> passedOver)
    {
        List<StoreDamagedException> damaged = [];
        passedOver = damaged;
        if (!Directory.Exists(folder))
            return null;
        DurableFile.DeleteDrafts(folder, Prefix + "*" + Suffix);
        foreach ((string path, long position) in Files().ToArray())
        {
            if (position > logEnd)
            {
                File.Move(path, path + ".ahead", overwrite: true);
                string detail = $"it is of position {position}, but the log ends at {logEnd}; renamed to end in .ahead";
                damaged.Add(new(path, StoreProblem.Gap, detail));
                continue;
            }
            try
            {
                return Checked(new(path, tenant), position);
            }
            catch (StoreDamagedException e)
            {
                damaged.Add(e);
            }
        }
        return null;
    }

    /// <summary>Whether any snapshot is older than a position.</summary>
    public bool HasOlder(long position) =>
        Directory.Exists(folder) && (Files().Any(x => x.Position < position) || Ahead().Length > 0);

    /// <summary>Deletes all that are older than a position, for good: what they hold is to be nowhere.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public void DeleteOlder(long position)
    {
        foreach (string old in (string[])[.. Files().Where(x => x.Position < position).Select(x => x.Path), .. Ahead()])
            File.Delete(old);
        Disk.FlushFolder(folder);
    }

    // Of logs that are gone.
    private string[] Ahead() => Directory.GetFiles(folder, Prefix + "*" + Suffix + ".ahead");

    private static Snapshot Checked(Snapshot snapshot, long position)
    {
        if (snapshot.Position == position)
            return snapshot;
        snapshot.Dispose();
        string detail = $"its name says position {position}, its head {snapshot.Position}";
        throw new StoreDamagedException(snapshot.File, StoreProblem.Corrupt, detail);
    }

    /// <summary>All snapshots, newest first; other files are not ours to judge.</summary>
    private IEnumerable<(string Path, long Position)> Files() =>
        Directory
            .EnumerateFiles(folder, Prefix + "*" + Suffix)
            .Select(path => (path, position: PositionOf(path)))
            .Where(x => x.position >= 0)
            .OrderByDescending(x => x.position);

    private static long PositionOf(string path)
    {
        ReadOnlySpan<char> digits = Path.GetFileName(path.AsSpan())[Prefix.Length..^Suffix.Length];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long position)
            ? position
            : -1;
    }

    private string PathOf(long position) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{position:d16}{Suffix}"));
}
