using System.Globalization;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Decide;

/// <summary>A version together with the counters and lists that live at this edge.</summary>
internal sealed record BoundModel(GateModel Model, int[] Counters, GateList[] Lists, GateList?[] ListOfRule)
{
    /// <summary>The source of entries that are written in the document.</summary>
    public const string DocumentSource = "rules";

    /// <summary>Finds the version's counters and lists, or makes them; what is there keeps its values and entries.</summary>
    /// <param name="before">The version in force until now.</param>
    /// <exception cref="ArgumentException">A list exists already and is of another kind: see <see cref="Conflicts"/>.</exception>
    public static BoundModel Bind(GateModel model, CounterBank counters, ListBook lists, GateModel? before)
    {
        if (Conflicts(model, lists) is [var conflict, ..])
            throw new ArgumentException($"{conflict.Path}: {conflict.Message}", nameof(model));
        int[] places = new int[model.Parts.Counters.Length];
        counters.Bind([.. model.Parts.Counters.Select(x => x.Shape)], places);
        GateList[] bound = new GateList[model.Parts.Lists.Length];
        for (int i = 0; i < bound.Length; i++)
        {
            ListDocument document = model.Parts.Lists[i].Document;
            if (!lists.Declare(document.Name, document.Kind))
                throw new ArgumentException($"there are too many lists for '{document.Name}'", nameof(model));
            bound[i] = lists.Find(document.Name)!;
            IReadOnlyList<ListEntryDocument> old = EntriesOf(before, document.Name);
            if (!ReferenceEquals(old, document.Entries) && !old.SequenceEqual(document.Entries))
                bound[i].Replace(DocumentSource, document.Entries);
        }
        return new(model, places, bound, [.. model.Document.Rules.Select(x => ListOf(x, lists))]);
    }

    /// <summary>What of a version does not go together with the lists that are there.</summary>
    public static IReadOnlyList<GateIssue> Conflicts(GateModel model, ListBook lists)
    {
        List<GateIssue> issues = [];
        for (int i = 0; i < model.Parts.Lists.Length; i++)
        {
            ListDocument document = model.Parts.Lists[i].Document;
            if (lists.Find(document.Name) is { } there && there.Kind != document.Kind)
                issues.Add(
                    new(
                        string.Create(CultureInfo.InvariantCulture, $"/lists/{i}/kind"),
                        $"the list '{document.Name}' exists and is of kind {Words.Of(there.Kind)}, not {Words.Of(document.Kind)}"
                    )
                );
        }
        return issues;
    }

    private static IReadOnlyList<ListEntryDocument> EntriesOf(GateModel? model, string list)
    {
        foreach (ListDocument document in model?.Document.Lists ?? [])
            if (document.Name == list)
                return document.Entries;
        return [];
    }

    private static GateList? ListOf(RuleDocument rule, ListBook lists) =>
        rule.AddToList is null ? null : lists.Find(rule.AddToList);
}
