using Throughline.Core.Identity.Types;
using Throughline.Core.Tenant;

namespace Throughline.Core.Explain;

/// <summary>Tells how a tenant's identifier types are configured, as JSON. For the writer's thread, between events.</summary>
public sealed class TypeAnswers(TenantMachine machine)
{
    /// <summary>The types in force, when and by whom they were published, and what operators said last of freezing each.</summary>
    public byte[] Types()
    {
        PublishedTypes published = machine.IdentifierTypes;
        return JsonAnswer.Write(json =>
        {
            json.WritePropertyName("inForce");
            json.WriteRawValue(IdentifierTypesJson.Write(published.Types));
            if (published.Published > 0)
                json.WriteString("published", Explainer.Iso(published.Published));
            json.WriteString("author", published.Author);
            json.WriteString("note", published.Note);
            json.WriteStartArray("freezes");
            foreach (FrozenType type in machine.FrozenTypes)
            {
                json.WriteStartObject();
                json.WriteString("type", type.Type);
                json.WriteBoolean("frozen", type.Frozen);
                json.WriteString("since", Explainer.Iso(type.Since));
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }
}
