using System.Text.Json;
using Throughline.Cel.Messages;
using Throughline.Cel.Types;

namespace Throughline.Cli.Cel;

/// <summary>
/// Types in JSON, as the conformance suite writes them: <c>{"kind":"int"}</c>, <c>{"kind":"list","elem":TYPE}</c>,
/// <c>{"kind":"map","key":TYPE,"value":TYPE}</c>, <c>{"kind":"message","name":NAME}</c> and so on.
/// </summary>
internal static class TypeForm
{
    /// <summary>Reads one; throws <see cref="FormatException"/> for what is none.</summary>
    /// <param name="types">Knows what well-known messages stand for.</param>
    public static CelType Read(JsonElement json, ITypeProvider types)
    {
        string kind = json.Text("kind");
        return kind switch
        {
            "list" => CelType.List(Part(json, "elem", types)),
            "map" => CelType.Map(Part(json, "key", types), Part(json, "value", types)),
            "wrapper" => CelType.Wrapper(Simple(json.Text("of"))),
            "message" => Message(json.Text("name"), types),
            "param" => CelType.Parameter(json.Text("name")),
            "type" => json.TryGetProperty("of", out JsonElement of) ? CelType.TypeOf(Read(of, types)) : CelType.Type,
            "abstract" => CelType.Opaque(json.Text("name"), [.. json.Items("params").Select(x => Read(x, types))]),
            _ => Simple(kind),
        };
    }

    // A part that is left out may be anything.
    private static CelType Part(JsonElement json, string name, ITypeProvider types) =>
        json.TryGetProperty(name, out JsonElement part) ? Read(part, types) : CelType.Dyn;

    private static CelType Message(string name, ITypeProvider types) =>
        types.TryFindType(name, out CelType? known) ? known : CelType.Message(name);

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
