using System.Text.Json;
using Throughline.Cel.Types;

namespace Throughline.Cli.Cel;

/// <summary>
/// Types in JSON, as the conformance suite writes them: <c>{"kind":"int"}</c>, <c>{"kind":"list","elem":TYPE}</c>,
/// <c>{"kind":"map","key":TYPE,"value":TYPE}</c>, <c>{"kind":"message","name":NAME}</c> and so on.
/// </summary>
internal static class TypeForm
{
    /// <summary>Reads one; throws <see cref="FormatException"/> for what is none.</summary>
    public static CelType Read(JsonElement json)
    {
        string kind = json.Text("kind");
        return kind switch
        {
            "list" => CelType.List(Part(json, "elem")),
            "map" => CelType.Map(Part(json, "key"), Part(json, "value")),
            "wrapper" => CelType.Wrapper(Simple(json.Text("of"))),
            "message" => CelType.Message(json.Text("name")),
            "param" => CelType.Parameter(json.Text("name")),
            "type" => json.TryGetProperty("of", out JsonElement of) ? CelType.TypeOf(Read(of)) : CelType.Type,
            "abstract" => CelType.Opaque(json.Text("name"), [.. json.Items("params").Select(Read)]),
            _ => Simple(kind),
        };
    }

    // A part that is left out may be anything.
    private static CelType Part(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement part) ? Read(part) : CelType.Dyn;

    private static CelType Simple(string kind) =>
        kind switch
        {
            "dyn" => CelType.Dyn,
            "null" => CelType.Null,
            "bool" => CelType.Bool,
            "int" => CelType.Int,
            "uint" => CelType.Uint,
            "double" => CelType.Double,
            "string" => CelType.String,
            "bytes" => CelType.Bytes,
            "any" => CelType.Any,
            "timestamp" => CelType.Timestamp,
            "duration" => CelType.Duration,
            "error" => CelType.Error,
            _ => throw new FormatException($"there is no type of kind '{kind}'"),
        };
}
