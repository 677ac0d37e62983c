using System.Text.Json;
using Throughline.Cel;
using Throughline.Cel.Messages;

namespace Throughline.Cli.Cel;

/// <summary>The suite's <c>messages.json</c> as descriptors of messages.</summary>
internal static class SuiteMessages
{
    private const string WellKnown = "google.protobuf.";

    /// <param name="literals">What the defaults of fields are read in.</param>
    public static DescriptorSet Read(JsonElement json, CelEnvironment literals) =>
        new(
            [
                .. json.Members("messages")
                    .Where(x => !x.Name.StartsWith(WellKnown, StringComparison.Ordinal))
                    .Select(x => new MessageDescriptor(
                        x.Name,
                        [.. x.Value.Items("fields").Select(field => Field(field, field.Text("name"), literals))]
                    )),
            ],
            [.. json.Members("enums").Select(Enum)],
            [
                .. json.Members("extensions")
                    .Select(x => new ExtensionDescriptor(x.Value.Text("extends"), Field(x.Value, x.Name, literals))),
            ]
        );

    private static EnumDescriptor Enum(JsonProperty json) =>
        new(json.Name, [.. json.Value.EnumerateObject().Select(x => KeyValuePair.Create(x.Name, x.Value.GetInt32()))]);

    private static FieldDescriptor Field(JsonElement json, string name, CelEnvironment literals)
    {
        bool isMap = json.Text("type") == "map";
        return new(name, json.GetProperty("number").GetInt32(), Kind(json.Text(isMap ? "value" : "type")))
        {
            TypeName = json.TextOrNull(isMap ? "valueTypeName" : "typeName") ?? "",
            Repeated = json.Flag("repeated"),
            Key = isMap ? Kind(json.Text("key")) : null,
            HasPresence = json.Flag("presence"),
            Oneof = json.TextOrNull("oneof"),
            Default = json.TryGetProperty("default", out JsonElement value) ? ValueForm.Read(value, literals) : null,
        };
    }

    private static FieldKind Kind(string name) =>
        System.Enum.TryParse(name, ignoreCase: true, out FieldKind kind)
            ? kind
            : throw new FormatException($"there is no field type '{name}'");
}
