using System.Text.Json;
using Throughline.Cel;
using Throughline.Cel.Check;
using Throughline.Cel.Library;
using Throughline.Cel.Messages;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;
using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Cel;

/// <summary>
/// An expression from the command line with the files beside it: <c>--types</c> declares variables, <c>--vars</c> gives
/// their values. A variable that has a value but no declared type is <c>dyn</c>.
/// </summary>
internal sealed class ExpressionInput
{
    private readonly Dictionary<string, JsonElement> values = new(StringComparer.Ordinal);

    private ExpressionInput(string text, string? varsFile, string? typesFile, string container)
    {
        Text = text;
        CelEnvironment environment = new()
        {
            Container = container,
            Libraries = Libraries.All,
            Types = new DescriptorProvider(new([], [], [])),
        };
        if (typesFile is not null)
            environment = Declared(environment, typesFile);
        if (varsFile is not null)
            foreach (JsonProperty variable in Members(varsFile))
                values[variable.Name] = variable.Value;
        HashSet<string> known = [.. environment.Variables.Select(x => x.Name)];
        Environment = environment with
        {
            Variables =
            [
                .. environment.Variables,
                .. values.Keys.Where(x => !known.Contains(x)).Select(x => new Variable(x, CelType.Dyn)),
            ],
        };
    }

    public string Text { get; }

    public CelEnvironment Environment { get; }

    /// <summary>Reads the files; what is wrong with them is a <see cref="CommandException"/>.</summary>
    public static ExpressionInput Read(string text, string? varsFile, string? typesFile, string container) =>
        new(text, varsFile, typesFile, container);

    /// <summary>Parses and checks; with issues there is no expression.</summary>
    public CheckResult Check()
    {
        ParseResult parsed = CelParser.Parse(Text);
        return parsed.IsSuccess ? CelChecker.Check(parsed.Expr, Environment) : new(null, parsed.Issues);
    }

    /// <summary>The values of the variables, each as its declared type has it.</summary>
    public IActivation Activation()
    {
        Dictionary<string, Value> read = new(StringComparer.Ordinal);
        foreach (Variable variable in Environment.Variables)
        {
            if (!values.TryGetValue(variable.Name, out JsonElement json))
                continue;
            Value value = PlainJson.Read(json, variable.Type);
            if (value.TryGet(out CelError? error))
                throw CommandException.BadInput("bad_value", $"variable '{variable.Name}': {error.Message}");
            read[variable.Name] = value;
        }
        return Throughline.Cel.Values.Activation.Of(read);
    }

    private static CelEnvironment Declared(CelEnvironment environment, string file)
    {
        JsonElement json = JsonParts.ReadFile(file);
        try
        {
            return json.ValueKind == JsonValueKind.Array
                ? DeclarationForm.AddTo(environment, json.EnumerateArray())
                : throw new FormatException("it must be a list of declarations");
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw CommandException.BadInput("bad_types", $"{file}: {error.Message}", error);
        }
    }

    private static IEnumerable<JsonProperty> Members(string file)
    {
        JsonElement json = JsonParts.ReadFile(file);
        return json.ValueKind == JsonValueKind.Object
            ? json.EnumerateObject()
            : throw CommandException.BadInput("bad_vars", $"{file} must be an object of names and values.");
    }
}
