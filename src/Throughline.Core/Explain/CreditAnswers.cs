using System.Text.Json;
using Throughline.Core.Attribution;

namespace Throughline.Core.Explain;

/// <summary>Who earned what of a conversion, as JSON: the same in answers and in what webhooks send.</summary>
internal static class CreditAnswers
{
    /// <summary>Writes <c>shares</c>, one an exclusivity group, and <c>credits</c>, one a credited touch; minor units.</summary>
    /// <param name="idAt">Gives the id of the event at a position.</param>
    public static void Write(Utf8JsonWriter json, ConversionCase conversion, Func<long, string> idAt)
    {
        json.WriteStartArray("shares");
        foreach (GroupShare share in conversion.Shares)
        {
            json.WriteStartObject();
            json.WriteString("group", share.Group);
            json.WriteNumber("value", share.Value);
            json.WriteNumber("unattributed", share.Unattributed);
            json.WriteNumber("net", share.NetUnattributed);
            if (share.Currency != 0)
                json.WriteString("currency", CreditDifference.CodeOf(share.Currency));
            if (!share.Rate.IsNone)
                RateAnswers.Write(json, share.Rate);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("credits");
        foreach (Candidate candidate in conversion.Candidates)
        {
            if (candidate.Reason != TouchReason.Credited)
                continue;
            json.WriteStartObject();
            json.WriteString("touch", idAt(candidate.Position));
            json.WriteString("campaign", candidate.Campaign);
            json.WriteString("kind", candidate.Kind);
            json.WriteString("time", Explainer.Iso(candidate.Time));
            json.WriteNumber("minor", candidate.Minor);
            json.WriteNumber("net", candidate.Net);
            json.WriteString("rule", conversion.Rules[candidate.Rule].Name);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
