using System.Text.Json;
using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;

namespace Throughline.Core.Explain;

/// <summary>What would follow from a statement, as JSON. On any one thread: it reads the rehearsal's own machine.</summary>
public sealed class RehearsalAnswers(Rehearsal rehearsal, CancellationToken cancellation = default)
{
    /// <summary>Customers and links that an answer lists at most; it counts them all.</summary>
    public const int ListedMax = 200;

    private readonly TenantMachine machine = rehearsal.Machine;

    /// <summary>What an operator's word on identifiers would do; the rehearsal must have begun.</summary>
    public byte[] Preview(ReadOnlySpan<byte> statement)
    {
        Consequences told = rehearsal.Take(statement, null, cancellation);
        return JsonAnswer.Write(json =>
        {
            WriteCustomers(json, told);
            WriteLinks(json, told);
            WriteCredit(json, told.Credit);
        });
    }

    /// <summary>What a strategy would change, beside the one in force; the rehearsal must have begun.</summary>
    /// <param name="statement">That puts the strategy in force.</param>
    /// <param name="heldOut">An identifier type to measure both against, or null.</param>
    /// <param name="progress">Told percents.</param>
    /// <returns>Null if no event showed the held-out type.</returns>
    public byte[]? Try(ReadOnlySpan<byte> statement, Strategy tried, string? heldOut, IProgress<long>? progress)
    {
        int code = heldOut is null ? -1 : CodeOf(heldOut);
        if (heldOut is not null && code < 0)
            return null;
        StrategyReport report = new StrategyTrial(machine.Parts.Graph, machine.NextPosition).Run(
            tried,
            code,
            heldOut ?? ""
        );
        Consequences told = rehearsal.Take(
            statement,
            progress is null ? null : new Percents(progress, machine),
            cancellation
        );
        return JsonAnswer.Write(json =>
        {
            Write(json, "now", report.Now, report.ShapeNow, report.HeldOutNow);
            Write(json, "tried", report.Tried, report.ShapeTried, report.HeldOutTried);
            json.WriteNumber("merges", report.Merges);
            json.WriteNumber("splits", report.Splits);
            json.WriteNumber("movedIdentifiers", report.Moved);
            WriteCredit(json, told.Credit);
        });
    }

    /// <summary>What rules and weight tables would change; the rehearsal must have begun.</summary>
    /// <param name="statements">That publish them, ascending by time.</param>
    /// <param name="progress">Told percents.</param>
    public byte[] TryRules(IReadOnlyList<byte[]> statements, IProgress<long>? progress)
    {
        Consequences told = rehearsal.Take(
            statements,
            progress is null ? null : new Percents(progress, machine),
            cancellation
        );
        return JsonAnswer.Write(json => WriteCredit(json, told.Credit));
    }

    private static void WriteCustomers(Utf8JsonWriter json, Consequences told)
    {
        json.WriteStartObject("customers");
        json.WriteNumber("changed", told.Customers.Count);
        json.WriteStartArray("before");
        foreach (CustomerSnapshot before in told.Before.Take(ListedMax))
        {
            json.WriteStartObject();
            json.WriteString("id", before.Id.ToString());
            json.WriteNumber("size", before.Size);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("after");
        foreach (CustomerChange change in told.Customers.Take(ListedMax))
        {
            json.WriteStartObject();
            json.WriteString("id", change.Now.Id.ToString());
            json.WriteNumber("size", change.Now.Size);
            json.WriteString("change", Explainer.Snake(change.Kind));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteLinks(Utf8JsonWriter json, Consequences told)
    {
        json.WriteStartObject("links");
        json.WriteNumber("lost", told.LinksLost.Count);
        json.WriteNumber("won", told.LinksWon.Count);
        WriteLinks(json, "losing", told.LinksLost);
        WriteLinks(json, "winning", [.. told.LinksWon.Select(link => (link, machine.Parts.Graph.Links[link]))]);
        json.WriteEndObject();
    }

    private void WriteLinks(Utf8JsonWriter json, string name, List<(int Link, LinkRow Row)> links)
    {
        json.WriteStartArray(name);
        foreach ((int link, LinkRow row) in links.Take(ListedMax))
        {
            json.WriteStartObject();
            WriteEnd(json, "a", row.A);
            WriteEnd(json, "b", row.B);
            json.WriteNumber("tier", machine.Parts.Graph.TierOf(link));
            json.WriteNumber("sightings", row.Count);
            if (row.Count > 0)
            {
                json.WriteString("firstSeen", Explainer.Iso(row.First));
                json.WriteString("lastSeen", Explainer.Iso(row.Last));
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteEnd(Utf8JsonWriter json, string name, int row)
    {
        json.WriteStartObject(name);
        json.WriteString("type", machine.Parts.Names.IdentifierTypes.Text(machine.Parts.Graph.Identifiers[row].Type));
        json.WriteString("token", machine.Parts.Graph.Identifiers[row].Token.ToString());
        json.WriteEndObject();
    }

    private void WriteCredit(Utf8JsonWriter json, CreditDifference credit)
    {
        json.WriteStartObject("credit");
        json.WriteNumber("changedResults", credit.Results);
        json.WriteNumber("movedConversions", credit.Moved);
        json.WriteStartArray("values");
        foreach ((string currency, long count, long minor) in credit.Values)
        {
            json.WriteStartObject();
            WriteCurrency(json, currency);
            json.WriteNumber("conversions", count);
            json.WriteNumber("minor", minor);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("campaigns");
        foreach ((string campaign, string currency, long before, long now) in credit.Campaigns)
        {
            json.WriteStartObject();
            json.WriteString("campaign", campaign);
            WriteCurrency(json, currency);
            json.WriteNumber("before", before);
            json.WriteNumber("after", now);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("unattributed");
        foreach ((string currency, long before, long now) in credit.Unattributed)
        {
            json.WriteStartObject();
            WriteCurrency(json, currency);
            json.WriteNumber("before", before);
            json.WriteNumber("after", now);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("moved");
        foreach (MovedConversion moved in credit.Listed)
        {
            json.WriteStartObject();
            json.WriteString("id", Explainer.EventIdAt(rehearsal.History, moved.Position));
            WriteCurrency(json, CreditDifference.CodeOf(moved.Currency));
            json.WriteNumber("minor", moved.Minor);
            json.WriteString("before", Explainer.Snake(moved.Before));
            json.WriteString("after", Explainer.Snake(moved.Now));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCurrency(Utf8JsonWriter json, string currency)
    {
        if (currency.Length > 0)
            json.WriteString("currency", currency);
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

    // The passes are the first half of the work, the conversions that are evaluated again the second.
    private sealed class Percents : IProgress<long>
    {
        private readonly IProgress<long> whole;
        private readonly int conversions;

        public Percents(IProgress<long> whole, TenantMachine machine)
        {
            this.whole = whole;
            conversions = machine.Parts.Attribution.Conversions.Count;
            whole.Report(50);
        }

        public void Report(long value) => whole.Report(50 + 50 * value / Math.Max(1, conversions));
    }
}
