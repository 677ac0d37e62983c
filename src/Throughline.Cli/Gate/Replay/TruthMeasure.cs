using System.Text;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Gate.Lines;
using Throughline.Cli.Input;

namespace Throughline.Cli.Gate.Replay;

/// <summary>Compares what a replay flags with the truth of a simulated world (<c>truth-actors.csv</c>: event, kind, family, actor).</summary>
internal sealed class TruthMeasure
{
    private readonly Dictionary<string, (string Family, string Actor)> truth = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (long Requests, long Caught)> families = new(StringComparer.Ordinal);
    private readonly HashSet<string> people = new(StringComparer.Ordinal);
    private readonly HashSet<string> accused = new(StringComparer.Ordinal);
    private long accusedRequests;

    /// <exception cref="CommandException">The file cannot be read.</exception>
    public static TruthMeasure Open(string path)
    {
        TruthMeasure measure = new();
        TextCache cache = new();
        using LineReader reader = new(InputFile.Open(path));
        while (reader.TryRead(out ReadOnlySpan<byte> line, out _))
        {
            string[] parts = Encoding.UTF8.GetString(line).Split(',');
            if (parts.Length == 4 && reader.Line > 1)
                measure.truth[parts[0]] = (parts[2], cache.Text(Encoding.UTF8.GetBytes(parts[3])));
        }
        return measure;
    }

    /// <summary>A request that was judged; lines that are no events of the world are passed over.</summary>
    public void Add(ReadOnlySpan<byte> line, bool isFlagged)
    {
        if (JsonRequests.IdOf(line) is not { } id || !truth.TryGetValue(id, out (string Family, string Actor) true_))
            return;
        bool isRequest = line.IndexOf("\"type\":\"request\""u8) >= 0;
        if (true_.Family.Length > 0)
        {
            if (!isRequest)
                return; // recall is measured over requests; people may not be accused by anything
            (long requests, long caught) = families.GetValueOrDefault(true_.Family);
            families[true_.Family] = (requests + 1, caught + (isFlagged ? 1 : 0));
            return;
        }
        people.Add(true_.Actor);
        if (!isFlagged)
            return;
        accused.Add(true_.Actor);
        accusedRequests++;
    }

    public TruthFigures Figures() =>
        new(
            people.Count,
            accused.Count,
            accusedRequests,
            people.Count == 0 ? 0 : (double)accused.Count / people.Count,
            families.ToDictionary(
                x => x.Key,
                x => new FamilyFigures(x.Value.Requests, x.Value.Caught, (double)x.Value.Caught / x.Value.Requests)
            )
        );
}

/// <summary>How right a replay was.</summary>
/// <param name="People">People with at least one request.</param>
/// <param name="AccusedPeople">Those of them with at least one flagged request.</param>
internal sealed record TruthFigures(
    int People,
    int AccusedPeople,
    long AccusedRequests,
    double AccusedShare,
    IReadOnlyDictionary<string, FamilyFigures> Families
);

/// <summary>How many requests of one family of bots were flagged.</summary>
internal sealed record FamilyFigures(long Requests, long Caught, double Recall);
