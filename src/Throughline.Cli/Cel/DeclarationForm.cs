using System.Text.Json;
using Throughline.Cel;
using Throughline.Cel.Library;
using Throughline.Cel.Messages;
using Throughline.Cel.Types;

namespace Throughline.Cli.Cel;

/// <summary>
/// Declarations in JSON, as the conformance suite writes them: a variable <c>{"name":N,"type":TYPE}</c>, or a function
/// <c>{"name":N,"overloads":[{"id":ID,"params":[TYPE],"result":TYPE,"instance":false}]}</c>.
/// </summary>
internal static class DeclarationForm
{
    /// <summary>An environment with a list of declarations added; functions are known to the checker, and fail when called.</summary>
    public static CelEnvironment AddTo(CelEnvironment environment, IEnumerable<JsonElement> declarations)
    {
        List<Variable> variables = [.. environment.Variables];
        List<Function> functions = [];
        foreach (JsonElement declaration in declarations)
        {
            if (declaration.TryGetProperty("overloads", out _))
                functions.Add(ReadFunction(declaration, environment.Types));
            else
                variables.Add(ReadVariable(declaration, environment));
        }
        return environment with
        {
            Variables = variables,
            Libraries =
                functions.Count == 0
                    ? environment.Libraries
                    : [.. environment.Libraries, new FunctionLibrary("declared", functions)],
        };
    }

    private static Variable ReadVariable(JsonElement json, CelEnvironment environment) =>
        new(
            json.Text("name"),
            json.TryGetProperty("type", out JsonElement type) ? TypeForm.Read(type, environment.Types) : CelType.Dyn,
            json.TryGetProperty("const", out JsonElement constant) ? ValueForm.Read(constant, environment) : null
        );

    private static Function ReadFunction(JsonElement json, ITypeProvider types) =>
        new(json.Text("name"), [.. json.Items("overloads").Select(x => ReadOverload(x, types))]);

    private static Overload ReadOverload(JsonElement json, ITypeProvider types) =>
        new(
            json.Text("id"),
            json.Flag("instance"),
            [.. json.Items("params").Select(x => TypeForm.Read(x, types))],
            json.TryGetProperty("result", out JsonElement result) ? TypeForm.Read(result, types) : CelType.Dyn,
            Compute: null
        );
}
