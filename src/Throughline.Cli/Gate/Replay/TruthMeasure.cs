using System.Text;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Gate.Lines;
using Throughline.Cli.Input;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Rules;

namespace Throughline.Cli.Gate.Replay;

/// <summary>Compares what a replay flags with the truth of a simulated world (<c>truth-actors.csv</c>: event, kind, family, actor).</summary>
internal sealed class TruthMeasure(GateModel model)
{
    private readonly Dictionary<string, (string Family, string Actor)> truth = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (long Requests, long Caught)> families = new(StringComparer.Ordinal);
    private readonly HashSet<string> people = new(StringComparer.Ordinal);
    private readonly HashSet<string> accused = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, HashSet<string>> accusedBy = new(StringComparer.Ordinal);
    private long accusedRequests;

    /// <exception cref="CommandException">The file cannot be read.</exception>
    public static TruthMeasure Open(string path, GateModel model)
    {
        TruthMeasure measure = new(model);
        foreach ((string id, string family, string actor) in Read(path))
            measure.truth[id] = (family, actor);
        return measure;
    }

    /// <summary>Each event's family of bots (empty: a person's) and actor.</summary>
    /// <exception cref="CommandException">The file cannot be read.</exception>
    public static IEnumerable<(string Id, string Family, string Actor)> Read(string path)
    {
        TextCache cache = new();
        using LineReader reader = new(InputFile.Open(path));
        while (NextLine(reader) is { } line)
            if (line.Split(',') is [var id, _, var family, var actor] && reader.Line > 1)
                yield return (
                    id,
                    cache.Text(Encoding.UTF8.GetBytes(family)),
                    cache.Text(Encoding.UTF8.GetBytes(actor))
                );
    }

    private static string? NextLine(LineReader reader) =>
        reader.TryRead(out ReadOnlySpan<byte> line, out _) ? Encoding.UTF8.GetString(line) : null;

    /// <summary>A request that was judged; lines that are no events of the world are passed over.</summary>
    public void Add(JudgedLine judged)
    {
        ReadOnlySpan<byte> line = judged.Line;
        bool isFlagged = judged.IsFlagged;
        if (JsonRequests.IdOf(line) is not { } id || !truth.TryGetValue(id, out (string Family, string Actor) actual))
            return;
        bool isRequest = line.IndexOf("\"type\":\"request\""u8) >= 0;
        if (actual.Family.Length > 0)
        {
            if (!isRequest)
                return; // recall is measured over requests; people may not be accused by anything
            (long requests, long caught) = families.GetValueOrDefault(actual.Family);
            families[actual.Family] = (requests + 1, caught + (isFlagged ? 1 : 0));
            return;
        }
        people.Add(actual.Actor);
        if (!isFlagged)
            return;
        accused.Add(actual.Actor);
        accusedRequests++;
        foreach (RuleMatch match in judged.Decision.Matches.Concat(judged.Alerts.Matches))
            if (match is { Outcome: MatchOutcome.Matched, Enforced: true })
                AccusersOf(model.Document.Rules[match.Rule].Id).Add(actual.Actor);
    }

    private HashSet<string> AccusersOf(string rule) =>
        accusedBy.TryGetValue(rule, out HashSet<string>? known) ? known : accusedBy[rule] = [];

    public TruthFigures Figures() =>
        new(
            people.Count,
            accused.Count,
            accusedRequests,
            people.Count == 0 ? 0 : (double)accused.Count / people.Count,
            accusedBy.ToDictionary(x => x.Key, x => x.Value.Count),
            families.ToDictionary(
                x => x.Key,
                x => new FamilyFigures(x.Value.Requests, x.Value.Caught, (double)x.Value.Caught / x.Value.Requests)
            )
        );
}

/// <summary>How right a replay was.</summary>
/// <param name="People">People with at least one request.</param>
/// <param name="AccusedPeople">Those of them with at least one flagged request.</param>
/// <param name="AccusedByRule">How many people each rule accused.</param>
internal sealed record TruthFigures(
    int People,
    int AccusedPeople,
    long AccusedRequests,
    double AccusedShare,
    IReadOnlyDictionary<string, int> AccusedByRule,
    IReadOnlyDictionary<string, FamilyFigures> Families
);

/// <summary>How many requests of one family of bots were flagged.</summary>
internal sealed record FamilyFigures(long Requests, long Caught, double Recall);
