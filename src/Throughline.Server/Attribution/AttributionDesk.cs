using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tenant;
using Throughline.Server.Api;
using Throughline.Server.Edge.Publishing;
using Throughline.Server.Tenants;

namespace Throughline.Server.Attribution;

/// <summary>Documents of attribution rules of one request: read, held against what the tenant has and allows, and published.</summary>
internal sealed class AttributionDesk
{
    private const long DayMs = 24L * 60 * 60 * 1000;

    /// <summary>How long before its publication a restating rule reaches, besides its window and the horizon: conversions beyond are final.</summary>
    private const long RestateMs = 90 * DayMs;

    private readonly HttpContext context;
    private readonly ITenantCell cell;
    private readonly TenantChoices choices;
    private readonly List<WeightTable> known;

    private AttributionDesk(HttpContext context, ITenantCell cell, List<WeightTable> known)
    {
        (this.context, this.cell, this.known) = (context, cell, known);
        choices = context.Tenant().Choices;
    }

    public static async Task<AttributionDesk> OpenAsync(HttpContext context, ITenantCell cell) =>
        new(context, cell, await TablesAsync(cell, context.RequestAborted));

    /// <summary>The document that the request holds, or what its sender is told.</summary>
    public async Task<(AttributionDocument? Document, Problem? Problem)> ReadAsync()
    {
        (string? text, Problem? problem) = await ReadTextAsync(context);
        return text is null ? (null, problem) : Read(text);
    }

    /// <summary>The request's body, if it is of a kind that holds rules.</summary>
    public static async Task<(string? Text, Problem? Problem)> ReadTextAsync(HttpContext context) =>
        GateBody.TypeOf(context) is GateBody.Yaml or "application/x-yaml" or "text/yaml" or GateBody.Json
            ? await GateBody.ReadTextAsync(context, ControlDocument.RulesBytesMax)
            : (null, Problem.Of(ProblemReason.UnsupportedMediaType, $"Send {GateBody.Yaml} or {GateBody.Json}."));

    /// <summary>What a text holds, if the tenant can take it.</summary>
    public (AttributionDocument? Document, Problem? Problem) Read(string text)
    {
        AttributionDocument? read = AttributionRuleFile.Read(
            text,
            out IReadOnlyList<GateIssue> issues,
            choices.LongestWindowMs,
            knows: table => known.Exists(x => (x.Name, x.Version) == table)
        );
        if (read is not null)
            issues = Changed(read, known);
        if (issues.Count > 0)
            return (null, GateProblems.Invalid(issues));
        return choices.RestateDays is { } days && TooFar(read!, days * DayMs) is { } issue
            ? (null, GateProblems.Invalid([issue]))
            : (read, null);
    }

    /// <summary>Tables that the tenant does not have, then each rule as the next version.</summary>
    public async Task<AttributionPublished> PublishAsync(AttributionDocument document, bool isCheck = false)
    {
        List<AttributionPublication> published = [];
        foreach (WeightTable table in isCheck ? [] : NewTables(document))
            await cell.PublishControlAsync(
                ControlDocument.WeightTableKind,
                Element(new() { ["table"] = WeightTableJson.Write(table) }),
                context.RequestAborted
            );
        foreach (AttributionRule rule in Said(document))
        {
            ControlReceipt receipt = isCheck
                ? default
                : await cell.PublishControlAsync(
                    ControlDocument.AttributionRuleKind,
                    Element(new() { ["rule"] = AttributionRuleText.Write(rule) }),
                    context.RequestAborted
                );
            published.Add(
                new(rule.Campaign, rule.Conversion, isCheck ? null : receipt.Version, isCheck ? null : receipt.Position)
            );
        }
        return new(isCheck, published, document.Tables.Count);
    }

    /// <summary>What publishing a document would say.</summary>
    public CellQuery.TryRules Try(AttributionDocument document, IProgress<long>? progress) =>
        new([.. Said(document)], [.. NewTables(document)], progress);

    /// <summary>Whether the draft that a request publishes is still as its author saw it: <c>draft=NAME@REVISION</c>.</summary>
    public async Task<(string? Name, Problem? Problem)> DraftAsync()
    {
        string said = context.Request.Query["draft"].ToString();
        if (said.Length == 0)
            return (null, null);
        string[] parts = said.Split('@');
        if (
            parts.Length != 2
            || !AttributionDraft.IsName(parts[0])
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int revision)
        )
            return (null, GateProblems.Bad("draft", "NAME@REVISION"));
        if (await cell.QueryAsync(new CellQuery.AttributionDraft(parts[0]), context.RequestAborted) is not { } answer)
            return (null, Problem.Of(ProblemReason.NotFound, $"There is no draft '{parts[0]}'."));
        using JsonDocument draft = JsonDocument.Parse(answer);
        int latest = draft.RootElement.GetProperty("revision").GetInt32();
        return latest == revision ? (parts[0], null) : (null, GateProblems.Conflict(latest));
    }

    /// <summary>Saves a draft, or with no text discards it.</summary>
    public static Task<ControlReceipt> SayDraftAsync(HttpContext context, ITenantCell cell, string name, string? text)
    {
        JsonObject said = new()
        {
            ["name"] = name,
            ["author"] = context.Request.Query["author"].ToString(),
            ["note"] = context.Request.Query["note"].ToString(),
        };
        if (text is not null)
            said["text"] = text;
        return cell.PublishControlAsync(ControlDocument.AttributionDraftKind, Element(said), context.RequestAborted);
    }

    private IEnumerable<WeightTable> NewTables(AttributionDocument document) =>
        document.Tables.Where(table => !known.Exists(x => (x.Name, x.Version) == (table.Name, table.Version)));

    private IEnumerable<AttributionRule> Said(AttributionDocument document)
    {
        string? author = context.Request.Query["author"];
        string? note = context.Request.Query["note"];
        return document.Rules.Select(rule =>
            rule with
            {
                Author = string.IsNullOrEmpty(author) ? rule.Author : author,
                Note = string.IsNullOrEmpty(note) ? rule.Note : note,
                RestateForMs = rule.Restate
                    ? rule.RestateForMs
                        ?? choices.RestateDays * DayMs
                        ?? RestateMs + choices.HorizonDays * DayMs + rule.LongestWindowMs
                    : null,
            }
        );
    }

    private static async Task<List<WeightTable>> TablesAsync(ITenantCell cell, CancellationToken cancellation)
    {
        byte[]? answer = await cell.QueryAsync(new CellQuery.AttributionRules(), cancellation);
        using JsonDocument all = JsonDocument.Parse(answer!);
        return
        [
            .. all
                .RootElement.GetProperty("weightTables")
                .EnumerateArray()
                .Select(json => WeightTableJson.Read(json, out _))
                .OfType<WeightTable>(),
        ];
    }

    // Older conversions are final.
    private static GateIssue? TooFar(AttributionDocument document, long restateMs)
    {
        int place = document.Rules.ToList().FindIndex(rule => rule.RestateForMs > restateMs);
        return place < 0
            ? null
            : new(
                $"/rules/{place}/restateFor",
                $"{DurationText.Of(document.Rules[place].RestateForMs!.Value)} is longer than the tenant's restateDays, {DurationText.Of(restateMs)}"
            );
    }

    // A version is published once: results name it, and must find it as it was.
    private static GateIssue[] Changed(AttributionDocument document, List<WeightTable> known) =>
        [
            .. document
                .Tables.Select((table, place) => (table, place))
                .Where(x =>
                    known.Exists(other =>
                        (other.Name, other.Version) == (x.table.Name, x.table.Version) && other.Digest != x.table.Digest
                    )
                )
                .Select(x => new GateIssue(
                    $"/weightTables/{x.place}/version",
                    $"{x.table.Name}@{x.table.Version} was published with other weights: take the next version"
                )),
        ];

    private static JsonElement Element(JsonObject json) => JsonSerializer.SerializeToElement(json);
}
