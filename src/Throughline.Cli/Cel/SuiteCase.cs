using System.Text.Json;

namespace Throughline.Cli.Cel;

/// <summary>One test of the conformance suite; what its members mean is in the README beside the suite.</summary>
internal sealed record SuiteCase(string Section, int Position, JsonElement Json)
{
    /// <summary>File, section, position and name: names alone are not unique.</summary>
    public string Name { get; } = $"{Section}#{Position} {Json.Text("name")}";

    public string Expression { get; } = Json.Text("expr");

    public string Container { get; } = Json.TextOrNull("container") ?? "";

    public bool DisableMacros { get; } = Json.Flag("disableMacros");

    public bool DisableCheck { get; } = Json.Flag("disableCheck");

    public bool CheckOnly { get; } = Json.Flag("checkOnly");

    /// <summary>Enum values are of their own type: the sections of the other mode exclude these.</summary>
    public bool StrongEnums { get; } = Section.StartsWith("enums/strong_", StringComparison.Ordinal);

    public IEnumerable<JsonElement> Declarations => Json.Items("typeEnv");

    /// <summary>Names of variables with their VALUE.</summary>
    public IEnumerable<KeyValuePair<string, JsonElement>> Bindings =>
        Json.Members("bindings").Select(x => KeyValuePair.Create(x.Name, x.Value.GetProperty("value")));

    /// <summary><c>value</c>, <c>typed</c>, <c>error</c> or <c>anyError</c>.</summary>
    public string ExpectedKind { get; } = Json.GetProperty("expect").Text("kind");

    public JsonElement? ExpectedValue => Expected("value");

    public JsonElement? ExpectedType => Expected("type");

    private JsonElement? Expected(string part) =>
        Json.GetProperty("expect").TryGetProperty(part, out JsonElement found) ? found : null;
}
