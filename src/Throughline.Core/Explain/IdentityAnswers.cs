using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;

namespace Throughline.Core.Explain;

/// <summary>Answers about the identity graph as a whole, as JSON. For the writer's thread, between events; nothing is changed.</summary>
public sealed class IdentityAnswers(TenantMachine machine, IHistory history)
{
    private static readonly double[] Percentiles = [0.5, 0.9, 0.99, 0.999, 1];
    private const int ListedMax = 20;

    private readonly IdentityGraph graph = machine.Parts.Graph;

    /// <summary>All strategies, the one in force first.</summary>
    public byte[] Strategies() =>
        JsonAnswer.Write(json =>
        {
            json.WritePropertyName("inForce");
            json.WriteRawValue(StrategyJson.Write(machine.Strategy));
            json.WriteStartArray("published");
            foreach (PublishedStrategy published in machine.Strategies.Reverse())
            {
                json.WriteStartObject();
                json.WriteString("published", Explainer.Iso(published.Published));
                json.WriteString("author", published.Author);
                json.WriteString("note", published.Note);
                json.WritePropertyName("strategy");
                json.WriteRawValue(StrategyJson.Write(published.Strategy));
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });

    /// <summary>What a strategy would change, beside the one in force.</summary>
    /// <param name="heldOut">An identifier type to measure both against, or null.</param>
    /// <returns>Null if no event showed the held-out type.</returns>
    public byte[]? Try(Strategy tried, string? heldOut)
    {
        int code = heldOut is null ? -1 : CodeOf(heldOut);
        if (heldOut is not null && code < 0)
            return null;
        StrategyReport report = new StrategyTrial(graph).Run(tried, code, heldOut ?? "");
        return JsonAnswer.Write(json =>
        {
            Write(json, "now", report.Now, report.ShapeNow, report.HeldOutNow);
            Write(json, "tried", report.Tried, report.ShapeTried, report.HeldOutTried);
            json.WriteNumber("merges", report.Merges);
            json.WriteNumber("splits", report.Splits);
            json.WriteNumber("movedIdentifiers", report.Moved);
        });
    }

    /// <summary>Why two identifiers are, or are not, one customer.</summary>
    public byte[] Why(Token a, Token b)
    {
        (string sentence, Explanation tree) = new PairExplainer(machine, history).Explain(a, b);
        return JsonAnswer.Write(json =>
        {
            int x = graph.Find(a);
            int y = graph.Find(b);
            json.WriteBoolean(
                "sameCustomer",
                x >= 0 && y >= 0 && graph.Groups.Same(x, y) && graph.Identifiers[x].IsLive
            );
            json.WriteString("sentence", sentence);
            json.WritePropertyName("explanation");
            tree.WriteTo(json);
        });
    }

    /// <summary>Sizes of customers, shared values and limits hit: what tells of a graph that is about to collapse.</summary>
    public byte[] Health()
    {
        List<int> sizes = [];
        List<int> shared = [];
        int largest = -1;
        for (int row = 0; row < graph.Identifiers.Count; row++)
        {
            CustomerState state = graph.Groups.StateOf(row);
            if (state.Size > 0 && state.Founder == row)
                sizes.Add(state.Size);
            if (graph.Identifiers[row].IsShared)
                shared.Add(row);
            if (largest < 0 || graph.Identifiers[row].Degree > graph.Identifiers[largest].Degree)
                largest = row;
        }
        long rejected = 0;
        long quarantined = 0;
        for (int link = 0; link < graph.Links.Count; link++)
        {
            rejected += graph.Links[link].Outcome == LinkOutcome.Rejected ? 1 : 0;
            quarantined += graph.Links[link] is { Count: 0, IsByOperator: false } ? 1 : 0;
        }
        sizes.Sort();
        shared.Sort((x, y) => graph.Identifiers[y].Degree.CompareTo(graph.Identifiers[x].Degree));
        return JsonAnswer.Write(json =>
        {
            json.WriteNumber("identifiers", graph.Identifiers.Count);
            json.WriteNumber("customers", sizes.Count);
            json.WriteNumber("links", graph.Links.Count);
            json.WriteNumber("rejectedLinks", rejected);
            json.WriteNumber("quarantinedLinks", quarantined);
            json.WriteStartObject("customerSize");
            foreach (double share in sizes.Count == 0 ? [] : Percentiles)
                json.WriteNumber(
                    share == 1 ? "max" : FormattableString.Invariant($"p{share * 100:0.#}"),
                    sizes[(int)Math.Min(sizes.Count - 1, Math.Ceiling(share * sizes.Count) - 1)]
                );
            json.WriteEndObject();
            json.WriteNumber("sharedValues", shared.Count);
            json.WriteStartArray("mostShared");
            foreach (int row in shared.Take(ListedMax))
                WriteValue(json, row);
            json.WriteEndArray();
            if (largest < 0)
                return;
            json.WritePropertyName("mostLinked");
            WriteValue(json, largest);
        });
    }

    private void WriteValue(Utf8JsonWriter json, int row)
    {
        json.WriteStartObject();
        json.WriteString("type", machine.Parts.Names.IdentifierTypes.Text(graph.Identifiers[row].Type));
        json.WriteString("token", graph.Identifiers[row].Token.ToString());
        json.WriteNumber("persons", graph.Identifiers[row].Persons);
        json.WriteNumber("identifiers", graph.Identifiers[row].Degree);
        json.WriteEndObject();
    }

    private static void Write(
        Utf8JsonWriter json,
        string name,
        Strategy strategy,
        PartitionShape shape,
        HeldOutScore? heldOut
    )
    {
        json.WriteStartObject(name);
        json.WriteString("strategy", $"{strategy.Name}@{strategy.Version}");
        json.WriteNumber("customers", shape.Customers);
        json.WriteNumber("alone", shape.Alone);
        json.WriteNumber("sharedValues", shape.Shared);
        json.WriteNumber("rejectedLinks", shape.Rejected);
        json.WriteStartArray("largest");
        foreach (int size in shape.Largest)
            json.WriteNumberValue(size);
        json.WriteEndArray();
        if (heldOut is not null)
        {
            json.WriteStartObject("heldOut");
            json.WriteString("type", heldOut.Type);
            json.WriteNumber("identifiers", heldOut.Labelled);
            json.WriteNumber("precision", heldOut.Precision);
            json.WriteNumber("recall", heldOut.Recall);
            json.WriteNumber("f1", heldOut.F1);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private int CodeOf(string type) =>
        IdentifierType.TryCodeOf(type, out byte code)
            ? code
            : machine.Parts.Names.IdentifierTypes.Find(System.Text.Encoding.UTF8.GetBytes(type));
}
