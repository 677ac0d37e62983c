using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;

namespace Throughline.Core.Explain;

/// <summary>Answers about the identity graph as a whole, as JSON. For the writer's thread, between events; nothing is changed.</summary>
public sealed class IdentityAnswers(TenantMachine machine, IHistory history)
{
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
}
