using System.Text.Json;
using Throughline.Core.Attribution.Rates;
using Throughline.Core.Tenant;

namespace Throughline.Core.Explain;

/// <summary>A tenant's exchange rates as JSON, so that they can be published again. For the writer's thread, between events.</summary>
public static class RateAnswers
{
    private const int UsualDays = 31;

    /// <summary>Every publication, without its rows, and the rates as they hold by now.</summary>
    /// <param name="since">The first day, days since 1970; null: the last 31 days that have rates.</param>
    public static byte[] All(TenantMachine machine, int? since = null) =>
        JsonAnswer.Write(json =>
        {
            json.WriteStartArray("tables");
            foreach ((long time, RateTable table) in machine.Rates.Tables)
            {
                json.WriteStartObject();
                json.WriteNumber("version", table.Version);
                json.WriteString("published", Explainer.Iso(time));
                json.WriteString("author", table.Author);
                json.WriteString("note", table.Note);
                json.WriteNumber("rows", table.Rows.Count);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteNumber("fallbackDays", machine.Rates.FallbackDays);
            json.WriteStartArray("rates");
            int first = since ?? machine.Rates.LastDay - UsualDays + 1;
            foreach ((RateRow row, int version) in machine.Rates.From(first))
            {
                json.WriteStartObject();
                json.WriteString("day", RateTable.TextOf(row.Day));
                json.WriteString("from", row.From.ToString());
                json.WriteString("to", row.To.ToString());
                json.WriteString("rate", row.Rate.ToString());
                json.WriteNumber("table", version);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });

    /// <summary>The rate by which a value was converted, as the member <c>rate</c>.</summary>
    internal static void Write(Utf8JsonWriter json, in RateUse use)
    {
        json.WriteStartObject("rate");
        json.WriteString("rate", use.Rate.ToString());
        json.WriteBoolean("inverse", use.IsInverse);
        json.WriteString("day", RateTable.TextOf(use.Day));
        json.WriteNumber("table", use.Version);
        json.WriteEndObject();
    }
}
