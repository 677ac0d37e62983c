using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Gate.Backtest;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Api;
using Throughline.Server.Edge.Publishing;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge.Reports;

/// <summary>What is asked of a backtest: the draft, what it is held against, and what is known of the requests.</summary>
internal sealed record BacktestBody(GateModel Draft, GateModel? Against, TrafficLabels Labels)
{
    private const int BytesMax = 32 << 20;
    private const int ValueMax = 1_024;

    /// <summary>Reads a body, or tells its sender what is wrong with it.</summary>
    public static async Task<(BacktestBody? Body, Problem? Problem)> ReadAsync(HttpContext context, GateArchive archive)
    {
        if (GateBody.TypeOf(context) != GateBody.Json)
            return (null, Problem.Of(ProblemReason.UnsupportedMediaType, $"Send {GateBody.Json}."));
        (byte[]? bytes, Problem? problem) = await GateBody.ReadBytesAsync(context, BytesMax);
        if (bytes is null)
            return (null, problem);
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            ObjectReader reader = new(document.RootElement);
            (GateModel? draft, problem) = ModelOf(reader.Element("rules"), archive, "/rules");
            JsonElement? against = reader.Element("against");
            GateModel? today = null;
            if (problem is null && against is not null)
                (today, problem) = ModelOf(against, archive, "/against");
            TrafficLabels labels = new();
            problem ??= ReadLabels(reader, labels);
            if (problem is null && !reader.Finish(out Rejection rejection))
                problem = Problem.Of(rejection);
            return problem is null ? (new(draft!, today, labels), null) : (null, problem);
        }
        catch (JsonException)
        {
            return (
                null,
                Problem.Of(new Rejection(RejectionReason.MalformedJson, "", "The body is not one JSON document."))
            );
        }
    }

    // A rule set, or the number of a published version.
    internal static (GateModel?, Problem?) ModelOf(JsonElement? element, GateArchive archive, string pointer)
    {
        if (element is not { } found)
            return (null, Problem.Of(new Rejection(RejectionReason.MissingField, pointer, "The field is required.")));
        long version = 0;
        GateIssue? issue = null;
        GateDocument? document;
        if (found.ValueKind == JsonValueKind.Number)
        {
            document = found.TryGetInt64(out version) ? archive.RulesOf(version) : null;
            if (document is null)
                return (
                    null,
                    Problem.Of(ProblemReason.NotFound, $"There is no version {found.GetRawText()} of rules.")
                );
        }
        else
            document = GateJson.Read(JsonSerializer.SerializeToUtf8Bytes(found), out issue);
        if (document is null)
            return (null, GateProblems.Invalid([issue! with { Path = pointer + issue.Path }]));
        GateModel? model = GateModel.Create(document, version, out IReadOnlyList<GateIssue> issues);
        return model is null
            ? (null, GateProblems.Invalid([.. issues.Select(x => x with { Path = pointer + x.Path })]))
            : (model, null);
    }

    private static Problem? ReadLabels(ObjectReader reader, TrafficLabels labels)
    {
        int place = 0;
        foreach (JsonElement element in reader.Objects("labels", TrafficLabels.LabelsMax))
        {
            ObjectReader entry = new(element);
            string value = entry.Text("value", ValueMax);
            string label = entry.Text("label", max: 10);
            string pointer = string.Create(CultureInfo.InvariantCulture, $"/labels/{place++}");
            if (!entry.Finish(out Rejection rejection))
                return Problem.Of(rejection with { Pointer = pointer + rejection.Pointer });
            if (label is not ("human" or "bot"))
                return Bad(pointer + "/label", "The label must be human or bot.");
            if (!labels.TryAdd(value, label == "bot"))
                return Bad(pointer, "The value has the other label, too.");
        }
        foreach (string prefix in reader.Texts("honeypots", TrafficLabels.HoneypotsMax))
        {
            if (!prefix.StartsWith('/') || prefix.Length is 1 or > ValueMax)
                return Bad("/honeypots", "A honeypot is the beginning of a path: a slash and more.");
            labels.AddHoneypot(prefix);
        }
        return null;
    }

    private static Problem Bad(string pointer, string message) =>
        Problem.Of(new Rejection(RejectionReason.BadValue, pointer, message));
}

internal sealed record GateBacktestSchema(
    [property: Description("The draft: rules, counters, lists and routes, as docs/guide/gate-rules.md has it")]
        GateRulesSchema Rules,
    [property: Description("The rules to hold it against, or the number of a published version")] JsonElement? Against,
    [property: Description("At most 200,000")] IReadOnlyList<GateLabelSchema>? Labels,
    [property: Description("Beginnings of paths that no person asks for")] IReadOnlyList<string>? Honeypots
);

internal sealed record GateLabelSchema(
    [property: Description("The id of a decision, an address, or a whole user agent")] string Value,
    [property: Description("human or bot")] string Label
);
