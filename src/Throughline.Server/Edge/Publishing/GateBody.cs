using System.Text;
using Microsoft.Net.Http.Headers;
using Throughline.Core.Events;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tenant;
using Throughline.Server.Api;
using Throughline.Server.Edge.Rules;

namespace Throughline.Server.Edge.Publishing;

/// <summary>Reads rule sets from requests: YAML as people write it, or JSON as the service gives it.</summary>
internal static class GateBody
{
    public const string Yaml = "application/yaml";
    public const string Json = "application/json";

    /// <summary>The rule set, or the problem that its sender is told.</summary>
    public static async Task<(GateDocument? Rules, Problem? Problem)> ReadRulesAsync(HttpContext context)
    {
        string type = TypeOf(context);
        if (type is not (Yaml or "application/x-yaml" or "text/yaml" or Json))
            return (null, Problem.Of(ProblemReason.UnsupportedMediaType, $"Send {Yaml} or {Json}."));
        (byte[]? bytes, Problem? problem) = await ReadBytesAsync(context, ControlDocument.RulesBytesMax);
        if (bytes is null)
            return (null, problem);
        return type == Json ? OfJson(bytes) : OfYaml(bytes);
    }

    /// <summary>The whole body, up to a bound.</summary>
    public static async Task<(byte[]? Bytes, Problem? Problem)> ReadBytesAsync(HttpContext context, int max)
    {
        using MemoryStream buffer = new();
        byte[] part = new byte[64 * 1024];
        for (int read; (read = await context.Request.Body.ReadAsync(part, context.RequestAborted)) > 0; )
        {
            if (buffer.Length + read > max)
                return (null, Problem.Of(ProblemReason.BodyTooLarge, $"At most {max} bytes are taken."));
            buffer.Write(part, 0, read);
        }
        return buffer.Length == 0 ? (null, Problem.Of(ProblemReason.EmptyBody)) : (buffer.ToArray(), null);
    }

    /// <summary>The whole body as text, up to a bound of bytes.</summary>
    public static async Task<(string? Text, Problem? Problem)> ReadTextAsync(HttpContext context, int max)
    {
        (byte[]? bytes, Problem? problem) = await ReadBytesAsync(context, max);
        if (bytes is null)
            return (null, problem);
        return System.Text.Unicode.Utf8.IsValid(bytes)
            ? (Encoding.UTF8.GetString(bytes), null)
            : (null, Problem.Of(new Rejection(RejectionReason.InvalidUtf8, "", "The body is not UTF-8.")));
    }

    /// <summary>The media type of the body, in lower case.</summary>
    public static string TypeOf(HttpContext context) =>
        MediaTypeHeaderValue.TryParse(context.Request.ContentType, out MediaTypeHeaderValue? type)
            ? type.MediaType.ToString().ToLowerInvariant()
            : "";

    private static (GateDocument?, Problem?) OfJson(byte[] bytes) =>
        GateJson.Read(bytes, out GateIssue? issue) is { } rules
            ? (rules, null)
            : (null, GateProblems.Invalid([issue!]));

    // Of what a file includes the packs of the product are known here; other files are put together by whoever has them.
    private static (GateDocument?, Problem?) OfYaml(byte[] bytes)
    {
        const string Body = "body";
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
            return (null, Problem.Of(new Rejection(RejectionReason.InvalidUtf8, "", "The body is not UTF-8.")));
        string text = Encoding.UTF8.GetString(bytes);
        GateYamlSet set = GateYamlLoader.Load(
            Body,
            path => path == Body ? text : throw new FileNotFoundException("send one file with all that it includes")
        );
        if (set.Issues.Count == 0)
            return (set.Document, null);
        return (
            null,
            GateProblems.Invalid([
                .. set.Issues.Select(issue => new GateIssue("", issue.Message, issue.Place.Line, issue.Place.Column)),
            ])
        );
    }
}
