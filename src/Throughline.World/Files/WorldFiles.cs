using System.Globalization;
using System.Text;
using Throughline.World.Marketing;
using Throughline.World.Truth;

namespace Throughline.World.Files;

/// <summary>
/// Writes a run and its truth to a folder: <c>events.ndjson</c>, <c>campaigns.ndjson</c>, <c>truth-actors.csv</c>,
/// <c>truth-identifiers.csv</c>, <c>truth-credits.ndjson</c>. The forms are in docs/guide/simulated-world.md.
/// </summary>
public static class WorldFiles
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Runs the world and writes all files, over older ones of the same names; gives the number of event lines.</summary>
    /// <param name="progress">Called now and then with the lines so far.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static long Write(
        SimulatedWorld world,
        string folder,
        Rendering rendering = Rendering.Observed,
        Action<long>? progress = null,
        CancellationToken cancellation = default
    )
    {
        Directory.CreateDirectory(folder);
        WorldRun run = world.Run(rendering);
        using (FileStream file = Create(folder, "events.ndjson"))
            while (run.MoveNext())
            {
                file.Write(run.Line);
                file.WriteByte((byte)'\n');
                if (run.Count % 16_384 != 0)
                    continue;
                cancellation.ThrowIfCancellationRequested();
                progress?.Invoke(run.Count);
            }
        progress?.Invoke(run.Count);
        WriteText(folder, "campaigns.ndjson", writer => Campaigns(writer, world.Campaigns));
        WriteText(folder, "truth-actors.csv", writer => Actors(writer, run.Truth));
        WriteText(folder, "truth-identifiers.csv", writer => Identifiers(writer, run.Truth));
        WriteText(folder, "truth-credits.ndjson", writer => Credits(writer, run.Truth, world.Campaigns));
        return run.Count;
    }

    private static void Campaigns(TextWriter writer, IReadOnlyList<Campaign> campaigns)
    {
        foreach (Campaign campaign in campaigns)
            writer.Write($"{{\"id\":\"{campaign.Id}\",\"document\":{campaign.Document}}}\n");
    }

    private static void Actors(TextWriter writer, WorldTruth truth)
    {
        writer.Write("event,kind,family,actor\n");
        foreach (EventTruth one in truth.Events)
            writer.Write(
                $"{one.EventId},{KindNames.NameOf(one.Kind)},{KindNames.NameOf(one.Family)},{one.ActorName}\n"
            );
    }

    private static void Identifiers(TextWriter writer, WorldTruth truth)
    {
        writer.Write("type,value,class,owners\n");
        foreach (TrueIdentifier one in truth.Identifiers)
        {
            string owners = string.Join(
                ';',
                one.Owners.Select(owner => $"person-{owner.Person}@{Instant(owner.Since)}")
            );
            writer.Write($"{one.Type},{one.Value},{one.Class.ToString().ToLowerInvariant()},{owners}\n");
        }
    }

    private static void Credits(TextWriter writer, WorldTruth truth, IReadOnlyList<Campaign> campaigns)
    {
        foreach (TrueConversion one in truth.Conversions)
        {
            string credits = string.Join(
                ',',
                one.Credits.Select(
                    (credit, i) =>
                        $"{{\"touch\":\"{credit.TouchId}\",\"minor\":{credit.Minor},\"left\":{one.CreditsLeft[i]}}}"
                )
            );
            string duplicate = one.DuplicateOf == 0 ? "" : $"\"duplicateOf\":\"{WorldIds.Event(one.DuplicateOf)}\",";
            string campaign = one.Campaign < 0 ? "" : $"\"campaign\":\"{campaigns[one.Campaign].Id}\",";
            writer.Write(
                $"{{\"conversion\":\"{one.EventId}\",\"status\":\"{NameOf(one.Status)}\",{duplicate}{campaign}\"minor\":{one.Minor},\"currency\":\"{one.Currency}\",\"credits\":[{credits}],\"unattributed\":{one.Unattributed},\"refunded\":{one.Refunded},\"unattributedLeft\":{one.UnattributedLeft}}}\n"
            );
        }
    }

    private static string NameOf(ConversionStatus status) =>
        status switch
        {
            ConversionStatus.Credited => "credited",
            ConversionStatus.NoTouch => "no_touch",
            ConversionStatus.DuplicateOrder => "duplicate_order",
            _ => "bot",
        };

    private static string Instant(long time) =>
        DateTimeOffset
            .FromUnixTimeMilliseconds(time)
            .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static void WriteText(string folder, string name, Action<TextWriter> write)
    {
        using FileStream file = Create(folder, name);
        using StreamWriter writer = new(file, new UTF8Encoding(false), BufferBytes);
        write(writer);
    }

    private static FileStream Create(string folder, string name) =>
        new(Path.Combine(folder, name), FileMode.Create, FileAccess.Write, FileShare.Read, BufferBytes);
}
