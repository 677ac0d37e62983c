using System.Text.Json;
using Throughline.Cli.Cel;
using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Bench;

/// <summary>An expression to be timed.</summary>
/// <param name="Want">The result that it must have.</param>
internal sealed record CelBenchRule(string Name, string Expr, JsonElement Want);

/// <summary>A file of expressions, as <c>bench cel --rules</c> reads it.</summary>
/// <param name="Request">What the variable <c>request</c> is.</param>
/// <param name="Rules">Timed one by one.</param>
/// <param name="Set">Rules that are evaluated together.</param>
/// <param name="SetMatches">How many of the set are true.</param>
internal sealed record CelBenchFile(
    JsonElement Request,
    IReadOnlyList<CelBenchRule> Rules,
    IReadOnlyList<string> Set,
    int SetMatches
)
{
    /// <summary>Reads a file; what is wrong with it is bad input.</summary>
    public static CelBenchFile Read(string file)
    {
        JsonElement json = JsonParts.ReadFile(file);
        try
        {
            if (json.ValueKind != JsonValueKind.Object)
                throw new FormatException("it must be an object");
            CelBenchFile read = new(
                json.TryGetProperty("request", out JsonElement request) && request.ValueKind == JsonValueKind.Object
                    ? request
                    : throw new FormatException("'request' is missing or no object"),
                [.. json.Items("rules").Select(Rule)],
                [
                    .. json.Items("set")
                        .Select(x => x.GetString() ?? throw new FormatException("'set' must hold expressions")),
                ],
                json.TryGetProperty("setMatches", out JsonElement matches) ? matches.GetInt32() : 0
            );
            return read.Rules.Count + read.Set.Count > 0 ? read : throw new FormatException("it has no rules");
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException)
        {
            throw CommandException.BadInput("bad_rules", $"{file}: {error.Message}", error);
        }
    }

    private static CelBenchRule Rule(JsonElement json) =>
        new(
            json.Text("name"),
            json.Text("expr"),
            json.TryGetProperty("want", out JsonElement want)
                ? want
                : throw new FormatException($"'want' is missing in {JsonParts.Short(json)}")
        );
}
