using System.Text.Json;
using Throughline.World.Truth;

namespace Throughline.World.Tests;

/// <summary>A whole run kept in memory: every line with its truth, in order of arrival.</summary>
internal sealed class Recording
{
    public sealed record Entry(byte[] Line, EventTruth Truth, long Time, long Arrival)
    {
        public JsonElement Json => JsonDocument.Parse(Line).RootElement;

        public IEnumerable<(string Type, string Value)> Identifiers =>
            Json.TryGetProperty("identifiers", out JsonElement identifiers)
                ? identifiers.EnumerateArray().Select(one => (Text(one, "type"), Text(one, "value")))
                : [];

        public string? Address =>
            Json.TryGetProperty("context", out JsonElement context) ? Text(context, "address") : null;

        public string? Agent =>
            Json.TryGetProperty("context", out JsonElement context) ? Text(context, "userAgent") : null;

        public string? Path => Json.TryGetProperty("request", out JsonElement request) ? Text(request, "path") : null;

        public static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
    }

    public Recording(WorldOptions options, Rendering rendering = Rendering.Observed)
    {
        World = new(options);
        WorldRun run = World.Run(rendering);
        while (run.MoveNext())
            Entries.Add(new(run.Line.ToArray(), run.Current, run.Time, run.Arrival));
        Truth = run.Truth;
        Once = [.. Entries.DistinctBy(entry => entry.Truth.Id)];
    }

    public SimulatedWorld World { get; }
    public List<Entry> Entries { get; } = [];

    /// <summary>Without the resends.</summary>
    public List<Entry> Once { get; }
    public WorldTruth Truth { get; }
}

/// <summary>One month of 1,500 people, made once for all tests that only look at it.</summary>
public sealed class Month
{
    internal Recording Observed { get; } = new(new() { People = 1_500 });
}
