using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Throughline.Core.Attribution.Reports;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Api;
using Throughline.Server.Edge.Publishing;
using Throughline.Server.Tenants;

namespace Throughline.Server.Attribution.Reports;

/// <summary>What advertising cost: statements that reports read, kept in the tenant's log.</summary>
internal sealed class SpendEndpoints(TenantRegistry registry, CreditDesk desk)
{
    /// <summary>Costs of one statement.</summary>
    public const int RowsMax = 10_000;

    private const int AuthorMax = 128;

    /// <summary><c>PUT /v1/attribution/spend?author=</c>: costs by day; of one key the latest statement holds.</summary>
    public async Task PublishAsync(HttpContext context)
    {
        if (GateBody.TypeOf(context) != GateBody.Json)
        {
            await Problem.Of(ProblemReason.UnsupportedMediaType, $"Send {GateBody.Json}.").WriteAsync(context);
            return;
        }
        GateQuery query = new(context);
        string author = query.Text("author", AuthorMax);
        (byte[]? bytes, Problem? problem) = await GateBody.ReadBytesAsync(
            context,
            ControlDocument.BytesMax(ControlDocument.SpendKind)
        );
        Dictionary<SpendKey, long>? costs = null;
        problem ??= query.Problem;
        if (problem is null)
            problem = SpendBody.Read(bytes!, RowsMax, out costs);
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }
        using CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted);
        ControlReceipt receipt = await lease.Cell.PublishControlAsync(
            ControlDocument.SpendKind,
            JsonSerializer.SerializeToElement(SpendBook.Write(costs!, author)),
            context.RequestAborted
        );
        await context.Response.WriteAsJsonAsync(
            new SpendPublished(costs!.Count, receipt.Position),
            context.RequestAborted
        );
    }

    /// <summary><c>GET /v1/attribution/spend?from=&amp;to=</c>: what holds.</summary>
    public async Task ShowAsync(HttpContext context)
    {
        CreditQuery query = new(context, "from", "to");
        (long? from, long? to) = (query.Time("from"), query.Time("to"));
        await desk.UseAsync(
            context,
            query,
            withCustomers: false,
            async reader =>
            {
                SpendBook book = await Task.Run(() => reader.Spend(context.RequestAborted), context.RequestAborted);
                List<SpendRow> rows =
                [
                    .. book
                        .All.Where(x =>
                            x.Key.Day * CreditReportOptions.DayMs >= (from ?? long.MinValue)
                            && x.Key.Day * CreditReportOptions.DayMs < (to ?? long.MaxValue)
                        )
                        .Select(x => SpendRow.Of(x.Key, x.Minor)),
                ];
                await context.Response.WriteAsJsonAsync(new SpendAnswer(rows), context.RequestAborted);
            }
        );
    }
}

/// <summary>Reads costs that clients send.</summary>
internal static class SpendBody
{
    /// <summary>Null, and the costs with equal keys added up; else what is wrong, with its place.</summary>
    public static Problem? Read(byte[] bytes, int rowsMax, out Dictionary<SpendKey, long>? costs)
    {
        costs = null;
        try
        {
            return Utf8.IsValid(bytes)
                ? Read(
                    JsonNode.Parse(bytes, documentOptions: new() { MaxDepth = 8, AllowDuplicateProperties = false }),
                    rowsMax,
                    out costs
                )
                : Problem.Of(new Rejection(RejectionReason.InvalidUtf8, "", "The body is not UTF-8."));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException) // half of a surrogate pair
        {
            costs = null;
            return Problem.Of(new Rejection(RejectionReason.MalformedJson, "", "The body is no JSON document."));
        }
    }

    private static Problem? Read(JsonNode? body, int rowsMax, out Dictionary<SpendKey, long>? costs)
    {
        costs = null;
        if (body is not JsonObject || body["spend"] is not JsonArray rows)
            return Problem.Of(new Rejection(RejectionReason.MissingField, "/spend", "The body has a list, spend."));
        if (rows.Count is 0 || rows.Count > rowsMax)
            return Problem.Of(
                new Rejection(RejectionReason.BadValue, "/spend", $"From 1 to {rowsMax} costs are taken at once.")
            );
        List<(SpendKey, long)> read = [];
        for (int i = 0; i < rows.Count; i++)
        {
            if (ReadRow(rows[i], out (SpendKey, long) cost) is { } wrong)
                return Problem.Of(new Rejection(RejectionReason.BadValue, $"/spend/{i}{wrong.Pointer}", wrong.Message));
            read.Add(cost);
        }
        try
        {
            costs = SpendBook.Sum(read);
            return null;
        }
        catch (OverflowException)
        {
            return Problem.Of(
                new Rejection(RejectionReason.BadValue, "/spend", "The costs of one key are too large together.")
            );
        }
    }

    private static (string Pointer, string Message)? ReadRow(JsonNode? node, out (SpendKey, long) cost)
    {
        cost = default;
        if (node is not JsonObject row)
            return ("", "A cost is an object.");
        string? date = null;
        string? currency = null;
        long? minor = null;
        Dictionary<ReportPart, string> names = [];
        foreach ((string name, JsonNode? value) in row)
        {
            if (name == "minor")
            {
                if (
                    value is not JsonValue number
                    || number.GetValueKind() != JsonValueKind.Number
                    || !number.TryGetValue(out long found)
                    || found < 0
                )
                    return ("/minor", "A cost is a whole number of minor units from 0.");
                minor = found;
                continue;
            }
            if (value is not JsonValue text || !text.TryGetValue(out string? word))
                return ($"/{name}", "It must be a text.");
            if (name == "date")
                date = word;
            else if (name == "currency")
                currency = word;
            else if (
                SpendBook
                    .Parts.Where(part => NameOf(part) == name)
                    .Select(part => (ReportPart?)part)
                    .FirstOrDefault() is
                { } part
            )
            {
                if (word.Length is 0 or > EventLimits.Name || word.Any(char.IsControl))
                    return ($"/{name}", $"A name has 1 to {EventLimits.Name} characters, without control characters.");
                names[part] = word;
            }
            else
                return ($"/{name}", "A cost has date, minor, currency, and campaign, channel, creative or placement.");
        }
        if (!SpendKey.TryDay(date, out int day) || !EventTime.IsInRange(day * CreditReportOptions.DayMs))
            return ("/date", "A day is written 2026-06-01, in 1990 to 2199.");
        if (minor is null)
            return ("/minor", "A cost is a whole number of minor units from 0.");
        if (currency is null || !Currency.TryParse(currency, out Currency code))
            return ("/currency", "A currency is a code of ISO 4217.");
        cost = (
            new(
                day,
                new(
                    names.GetValueOrDefault(ReportPart.Campaign),
                    names.GetValueOrDefault(ReportPart.Channel),
                    names.GetValueOrDefault(ReportPart.Creative),
                    names.GetValueOrDefault(ReportPart.Placement)
                ),
                SpendKey.Pack(code)
            ),
            minor.Value
        );
        return null;
    }

    private static string NameOf(ReportPart part) => JsonNamingPolicy.CamelCase.ConvertName(part.ToString());
}

/// <param name="Costs">Keys of the statement, equal ones added up.</param>
/// <param name="Position">Of the statement in the tenant's log.</param>
internal sealed record SpendPublished(int Costs, long Position);

/// <summary>What a tenant sends.</summary>
internal sealed record SpendStatement(IReadOnlyList<SpendRow> Spend);

/// <param name="Spend">By day, names and currency.</param>
internal sealed record SpendAnswer(IReadOnlyList<SpendRow> Spend);

/// <param name="Date">The day, UTC: <c>2026-06-01</c>.</param>
/// <param name="Minor">Minor units.</param>
internal sealed record SpendRow(
    string Date,
    string? Campaign,
    string? Channel,
    string? Creative,
    string? Placement,
    long Minor,
    string Currency
)
{
    public static SpendRow Of(SpendKey key, long minor) =>
        new(
            DateOnly
                .FromDateTime(DateTime.UnixEpoch.AddDays(key.Day))
                .ToString("O", System.Globalization.CultureInfo.InvariantCulture),
            key.Names.Campaign,
            key.Names.Channel,
            key.Names.Creative,
            key.Names.Placement,
            minor,
            CreditRows.CodeOf(key.Currency)
        );
}
