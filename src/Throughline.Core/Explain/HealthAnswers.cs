using System.Text.Json;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;

namespace Throughline.Core.Explain;

/// <summary>
/// How the identity graph stands, and which of its guards alarm. Made on the writer's thread, between events; asked on any one other, while
/// the writer goes on: the pages are shared.
/// </summary>
public sealed class HealthAnswers : IDisposable
{
    private readonly TenantMachine fork;
    private readonly IdentitySettings settings;
    private GraphFigures? figures;

    public HealthAnswers(TenantMachine machine)
    {
        fork = machine.ForkGraph();
        settings = machine.IdentitySettings;
    }

    /// <summary>Measured once.</summary>
    public GraphFigures Figures =>
        figures ??= new GraphHealth(fork.Parts.Graph, fork.Parts.Names.IdentifierTypes).Measure();

    /// <summary>Gives the pages back; what was measured stays.</summary>
    public void Dispose() => fork.ReleasePages();

    /// <summary>By the tenant's thresholds.</summary>
    public IReadOnlyList<GuardAlarm> Alarms => settings.Guards.Judge(Figures);

    public byte[] ToJson() =>
        JsonAnswer.Write(json =>
        {
            json.WriteStartArray("alarms");
            foreach (GuardAlarm alarm in Alarms)
            {
                json.WriteStartObject();
                json.WriteString("guard", Explainer.Snake(alarm.Guard));
                if (alarm.Type is { } type)
                    json.WriteString("type", type);
                json.WriteNumber("value", Math.Round(alarm.Value, 4, MidpointRounding.ToEven));
                json.WriteNumber("max", alarm.Max);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteNumber("identifiers", Figures.Identifiers);
            json.WriteNumber("customers", Figures.Customers);
            json.WriteNumber("links", Figures.Links);
            json.WriteNumber("rejectedLinks", Figures.RejectedLinks);
            json.WriteStartObject("rejectedBy");
            foreach ((GroupLimit limit, long count) in Figures.Rejected)
                json.WriteNumber(limit == GroupLimit.None ? "at_its_turn" : Explainer.Snake(limit), count);
            json.WriteEndObject();
            json.WriteNumber("quarantinedLinks", Figures.Quarantined);
            Write(json, "customerSize", Figures.CustomerSize);
            json.WriteNumber("nearSizeMax", Figures.NearSizeMax);
            Write(json, "valueDegree", Figures.Degree);
            WriteTypes(json);
            json.WriteNumber("sharedValues", Figures.SharedValues);
            Write(json, "mostShared", Figures.MostShared);
            json.WriteNumber("junkValues", Figures.JunkValues);
            Write(json, "mostJunk", Figures.MostJunk);
            if (Figures.MostLinked is not { } linked)
                return;
            json.WritePropertyName("mostLinked");
            Write(json, linked);
        });

    private void WriteTypes(Utf8JsonWriter json)
    {
        json.WriteStartArray("types");
        foreach (TypeFigures type in Figures.Types)
        {
            json.WriteStartObject();
            json.WriteString("type", type.Type);
            json.WriteNumber("identifiers", type.Identifiers);
            json.WriteNumber("links", type.Links);
            json.WriteNumber("linkRate", Math.Round(type.LinkRate, 4, MidpointRounding.ToEven));
            json.WriteNumber("sharedValues", type.Shared);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<Quantile> quantiles)
    {
        json.WriteStartObject(name);
        foreach (Quantile quantile in quantiles)
            json.WriteNumber(quantile.Name, quantile.Value);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<ValueFigures> values)
    {
        json.WriteStartArray(name);
        foreach (ValueFigures value in values)
            Write(json, value);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ValueFigures value)
    {
        json.WriteStartObject();
        json.WriteString("type", value.Type);
        json.WriteString("token", value.Token.ToString());
        json.WriteNumber("persons", value.Persons);
        json.WriteNumber("identifiers", value.Degree);
        if (value.Customers > 0)
        {
            json.WriteNumber("customers", value.Customers);
            json.WriteNumber("junkScore", Math.Round(value.JunkScore, 4, MidpointRounding.ToEven));
        }
        json.WriteEndObject();
    }
}
