using System.Text.Json;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;
using Throughline.Core.Tenant;

namespace Throughline.Core.Explain;

/// <summary>A tenant's attribution rules as JSON, so that they can be published again. For the writer's thread, between events.</summary>
public static class RuleAnswers
{
    public static byte[] All(TenantMachine machine) =>
        JsonAnswer.Write(json =>
        {
            json.WriteStartArray("rules");
            foreach (
                PublishedRule published in machine
                    .AttributionRules.OrderBy(x => x.Rule.Campaign, StringComparer.Ordinal)
                    .ThenBy(x => x.Rule.Conversion, StringComparer.Ordinal)
                    .ThenBy(x => x.Rule.Version)
                    .ThenBy(x => x.Published)
            )
            {
                json.WriteStartObject();
                json.WriteString("campaign", published.Rule.Campaign);
                json.WriteString("conversion", published.Rule.Conversion);
                json.WriteNumber("version", published.Rule.Version);
                json.WriteString("published", Explainer.Iso(published.Published));
                json.WriteNumber("position", published.Position);
                json.WritePropertyName("rule");
                AttributionRuleText.Write(published.Rule).WriteTo(json);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("weightTables");
            foreach (WeightTable table in machine.WeightTables)
                WeightTableJson.Write(table).WriteTo(json);
            json.WriteEndArray();
        });

    /// <summary>Drafts of rules, without their text.</summary>
    public static byte[] Drafts(TenantMachine machine) =>
        JsonAnswer.Write(json =>
        {
            json.WriteStartArray("drafts");
            foreach (AttributionDraft draft in machine.AttributionDrafts)
            {
                json.WriteStartObject();
                Write(json, draft);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });

    /// <summary>A draft with its text; null if there is none of that name.</summary>
    public static byte[]? Draft(TenantMachine machine, IHistory history, string name) =>
        machine.Parts.Control.Drafts.Find(name) is not { } draft
            ? null
            : JsonAnswer.Write(json =>
            {
                Write(json, draft);
                json.WriteString("text", DraftBook.TextOf(EventRecord.FromTrusted(history.Read(draft.Position))));
            });

    private static void Write(Utf8JsonWriter json, AttributionDraft draft)
    {
        json.WriteString("name", draft.Name);
        json.WriteString("author", draft.Author);
        json.WriteString("note", draft.Note);
        json.WriteString("saved", Explainer.Iso(draft.Saved));
        json.WriteNumber("revision", draft.Revision);
        json.WriteNumber("position", draft.Position);
    }
}
