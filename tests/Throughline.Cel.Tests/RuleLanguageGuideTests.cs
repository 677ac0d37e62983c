using System.Text.Json;
using System.Text.RegularExpressions;
using Throughline.Cel.Check;
using Throughline.Cel.Compile;
using Throughline.Cel.Interpret;
using Throughline.Cel.Library;
using Throughline.Cel.Parse;
using Throughline.Cel.Tests.Kit;
using Throughline.Cel.Values;
using TextRegex = System.Text.RegularExpressions.Regex;

namespace Throughline.Cel.Tests;

/// <summary>Every example of the page gives what the page says, and the page leaves nothing out.</summary>
public sealed class RuleLanguageGuideTests
{
    private static readonly Dictionary<string, object?> Variables = JsonDocument
        .Parse(Assert.Single(GuidePage.Blocks("json vars")))
        .RootElement.EnumerateObject()
        .ToDictionary(x => x.Name, x => (object?)NativeValues.Of(x.Value));

    // Scalars have their types, so that examples can show what the checker refuses.
    private static readonly InputSchema<Dictionary<string, object?>> Schema = SchemaOf(Variables);

    private static readonly CelEnvironment Environment = Schema.Extend(Evaluating.Environment);

    public static TheoryData<string, string> Examples =>
        [.. GuidePage.Blocks("cel").SelectMany(GuidePage.Examples).Select(x => (x.Expression, x.Expected))];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Guide_EveryExample_GivesWhatThePageSays(string text, string expected)
    {
        (string kind, string part) = Kind(expected);
        ParseResult parsed = CelParser.Parse(text);
        CheckResult check = parsed.IsSuccess ? CelChecker.Check(parsed.Expr, Environment) : new(null, parsed.Issues);
        if (kind == "refused")
        {
            Assert.Contains(check.Issues, x => x.Message.Contains(part, StringComparison.Ordinal));
            return;
        }
        Assert.True(check.IsSuccess, string.Join('\n', check.Issues));
        Value interpreted = CelProgram.Create(check.Checked, Environment).Evaluate(Schema.Activation(Variables));
        Assert.Contains(part, Show(interpreted, kind), StringComparison.Ordinal);
        Assert.True(kind == "error" || interpreted.ToString() == expected, $"{text} gives {interpreted}");
        if (part.StartsWith("cost limit", StringComparison.Ordinal))
            return; // A compiled rule counts no costs.
        Value compiled = CelCompiler
            .Compile(check.Checked, Schema, Environment)
            .EvaluateValue(Variables, new EvaluationScratch());
        Assert.Equal(
            interpreted.IsError ? "error" : interpreted.ToString(),
            compiled.IsError ? "error" : $"{compiled}"
        );
    }

    [Fact]
    public void Guide_EveryBlock_HoldsExamplesWithResults()
    {
        string[] blocks = [.. GuidePage.Blocks("cel")];

        Assert.True(blocks.Length >= 15);
        foreach (string block in blocks)
        {
            Assert.NotEmpty(GuidePage.Examples(block));
            Assert.All(GuidePage.Examples(block), x => Assert.NotEqual("", x.Expected));
        }
        // A fence of another kind would not be run.
        string[] known = ["cel", "json vars", "json types.json", "console", "csharp"];
        Assert.Equal(
            TextRegex.Count(GuidePage.Text, "^```.", RegexOptions.Multiline),
            known.Sum(x => GuidePage.Blocks(x).Count())
        );
    }

    [Fact]
    public void Guide_EveryFunctionAndMacro_StandsInAnExample()
    {
        string examples = string.Join('\n', GuidePage.Blocks("cel"));
        IEnumerable<string> functions = Libraries
            .All.SelectMany(x => x.Functions)
            .Select(x => x.Name)
            // What only macros call.
            .Where(x => !x.Contains('@') || x == Operators.In);
        // Messages of proto2 are none of the page's examples.
        IEnumerable<string> macros = Macros.Names.Except(["getExt", "hasExt", "iterVar", "accuVar"]);

        Assert.All(functions.Concat(macros), x => Assert.Matches(Pattern(x), examples));
        Assert.All(Macros.Names, x => Assert.Contains(x, GuidePage.Text, StringComparison.Ordinal));
    }

    // How a function is written: an operator by its sign, others by their name before a parenthesis.
    private static TextRegex Pattern(string function) =>
        function switch
        {
            Operators.Conditional => new(@" \? .* : "),
            Operators.Index => new(@"\w\['"),
            Operators.OptionalIndex => new(@"\w\[\?"),
            Operators.OptionalSelect => new(@"\w\.\?\w"),
            Operators.Not => new(@"!\("),
            Operators.Negate => new(@"- -1|= -3"),
            _ => Precedence.OfFunction(function, out string sign) != Precedence.None
                ? new($" {TextRegex.Escape(sign)} ")
                : new($@"(?<!\w){TextRegex.Escape(function)}\("),
        };

    private static (string Kind, string Part) Kind(string expected) =>
        expected.Split(": ", 2) is ["error" or "refused", var part]
            ? (expected[..expected.IndexOf(':')], part)
            : ("", expected);

    private static string Show(Value value, string kind)
    {
        if (kind != "error")
            return value.ToString();
        Assert.True(value.TryGet(out CelError? error), $"{value} is no error");
        return error.Message;
    }

    private static InputSchema<Dictionary<string, object?>> SchemaOf(Dictionary<string, object?> variables)
    {
        InputSchema<Dictionary<string, object?>> schema = new("Vars");
        foreach ((string name, object? value) in variables)
            schema = ((Value)value!).Kind switch
            {
                ValueKind.String => schema.String(name, x => ((Value)x[name]!).String),
                ValueKind.Int => schema.Int(name, x => ((Value)x[name]!).Int),
                _ => schema.Object(name, x => x[name]),
            };
        return schema;
    }
}
