using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Backtest;

/// <summary>A rule that cannot be tried on some records.</summary>
/// <param name="Rule">Its place.</param>
/// <param name="Name">What they lack; of a counter or list with what it reads.</param>
public readonly record struct LackingRule(int Rule, string Name);

/// <summary>
/// What of a rule set can be tried on the records of one version: rules that read what those records lack are left out and named, and so
/// are counters, which would count what nobody knows.
/// </summary>
internal sealed record PartialModel(
    GateModel Model,
    RecordedNames Names,
    IReadOnlyList<LackingRule> Lacking,
    int?[] RecordedLists
)
{
    /// <summary>What of a rule set can be tried.</summary>
    /// <param name="whole">The rule set that is tried.</param>
    /// <param name="recordedBy">The version that judged.</param>
    public static PartialModel Of(GateModel whole, GateModel recordedBy, bool hasFeatures)
    {
        RecordedNames names = new(recordedBy, hasFeatures);
        Dictionary<string, string> lacked = new(StringComparer.Ordinal);
        GateDocument document = whole.Document;
        for (int i = 0; i < document.Counters.Count; i++)
            if (document.Counters[i].Phase == RulePhase.Response)
                lacked.Add($"counter.{document.Counters[i].Name}", "response"); // answers are recorded where a rule matched
            else if (names.LackOf(ReadsOf(whole, whole.Parts.Counters[whole.Parts.CounterPlaces[i]])) is { } name)
                lacked.Add($"counter.{document.Counters[i].Name}", name);
        int?[] lists = [.. document.Lists.Select(x => hasFeatures ? PlaceIn(recordedBy, x, document) : null)];
        for (int i = 0; i < document.Lists.Count; i++)
            if (lists[i] is null && LackOfList(whole, i, names) is { } name)
                lacked.Add($"list.{document.Lists[i].Name}", name);
        List<LackingRule> lacking = [];
        for (int i = 0; i < document.Rules.Count; i++)
            if (LackOf(whole.ReadsOf(i), names, lacked) is { } name)
                lacking.Add(new(i, name));
        if (lacking.Count == 0 && lacked.Count == 0)
            return new(whole, names, lacking, lists);
        HashSet<int> left = [.. lacking.Select(x => x.Rule)];
        GateDocument part = document with
        {
            Rules = [.. document.Rules.Select((x, i) => left.Contains(i) ? x with { Mode = RuleMode.Retired } : x)],
            Counters = [.. document.Counters.Where(x => !lacked.ContainsKey("counter." + x.Name))],
        };
        GateModel model =
            GateModel.Create(part, whole.Version, out IReadOnlyList<GateIssue> issues)
            ?? throw new InvalidOperationException($"a part of a valid rule set is not valid: {issues[0].Message}");
        return new(model, names, lacking, lists);
    }

    private static string? LackOf(IReadOnlyList<string> reads, RecordedNames names, Dictionary<string, string> lacked)
    {
        foreach (string read in reads)
            if (lacked.TryGetValue(read, out string? name))
                return $"{read} ({name})";
        return names.LackOf(reads);
    }

    private static IEnumerable<string> ReadsOf(GateModel model, CounterPlan counter) =>
        model
            .Parts.Keys[counter.Key]
            .Parts.Append(counter.Where)
            .Append(counter.Of)
            .OfType<GateExpression>()
            .SelectMany(x => x.Reads);

    // Entries of a list that rules of neither set make come from outside: what the record says of them is the truth. Those that rules
    // make are made anew.
    private static int? PlaceIn(GateModel recordedBy, ListDocument list, GateDocument document)
    {
        if (IsFed(document, list.Name) || IsFed(recordedBy.Document, list.Name))
            return null;
        foreach (int place in recordedBy.Parts.Use.Lists)
            if (
                recordedBy.Document.Lists[place] is var was
                && (was.Name, was.Kind, was.Of) == (list.Name, list.Kind, list.Of)
            )
                return place;
        return null;
    }

    private static string? LackOfList(GateModel whole, int place, RecordedNames names)
    {
        ListDocument list = whole.Document.Lists[place];
        if (whole.Parts.Lists[place].Of is { } of && names.LackOf(of.Reads) is { } name)
            return name;
        return list.Entries.Count == 0 && !IsFed(whole.Document, list.Name) ? "its entries then" : null;
    }

    private static bool IsFed(GateDocument document, string list) =>
        document.Rules.Any(x => x.AddToList == list && x.Mode != RuleMode.Retired);
}
