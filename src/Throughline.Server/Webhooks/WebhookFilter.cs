using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Throughline.Cel;
using Throughline.Cel.Check;
using Throughline.Cel.Interpret;
using Throughline.Cel.Library;
using Throughline.Cel.Messages;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;
using Throughline.Core.Explain;

namespace Throughline.Server.Webhooks;

/// <summary>
/// Which items a webhook gets: a CEL expression over <c>id</c>, <c>type</c>, <c>time</c> and <c>data</c>. An item that it fails on is not
/// sent: <c>has(data.x)</c> asks first.
/// </summary>
internal sealed class WebhookFilter
{
    /// <summary>Units that one item may cost.</summary>
    private const ulong CostMax = 20_000;

    private static readonly CelEnvironment Environment = new()
    {
        Libraries = Libraries.All,
        Types = new DescriptorProvider(new([], [], [])),
        Variables =
        [
            new("id", CelType.String),
            new("type", CelType.String),
            new("time", CelType.Timestamp),
            new("data", CelType.Dyn),
        ],
    };

    private readonly CelProgram? program;

    private WebhookFilter(CelProgram? program) => this.program = program;

    /// <summary>Reads an expression; empty: all items.</summary>
    /// <param name="fault">What is wrong with it, and where.</param>
    public static bool TryCreate(string text, [NotNullWhen(true)] out WebhookFilter? filter, out string fault)
    {
        (filter, fault) = (null, "");
        if (text.Length == 0)
        {
            filter = new(null);
            return true;
        }
        ParseResult parsed = CelParser.Parse(text);
        CheckResult result = parsed.IsSuccess ? CelChecker.Check(parsed.Expr, Environment) : new(null, parsed.Issues);
        if (!result.IsSuccess)
        {
            fault = $"{result.Issues[0].Line}:{result.Issues[0].Column}: {result.Issues[0].Message}";
            return false;
        }
        if (result.Checked.Type.Kind is not (TypeKind.Bool or TypeKind.Dyn))
        {
            fault = $"it gives {result.Checked.Type}, not true or false";
            return false;
        }
        filter = new(CelProgram.Create(result.Checked, Environment));
        return true;
    }

    public bool Takes(OutgoingItem item)
    {
        if (program is null)
            return true;
        Utf8JsonReader reader = new(item.Data);
        using JsonDocument data = JsonDocument.ParseValue(ref reader);
        Dictionary<string, object?> variables = new(StringComparer.Ordinal)
        {
            ["id"] = item.Id,
            ["type"] = item.Type,
            ["time"] = DateTimeOffset.FromUnixTimeMilliseconds(item.Time),
            ["data"] = data.RootElement,
        };
        Value value = program.Evaluate(Activation.Of(variables), CostMax);
        return value.Kind == ValueKind.Bool && value.Bool;
    }
}
