using Throughline.Cel.Check;
using Throughline.Cel.Interpret;
using Throughline.Cel.Library;
using Throughline.Cel.Messages;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Tests.Kit;

/// <summary>Evaluates texts, unchecked unless it is said; variables are .NET objects.</summary>
internal static class Evaluating
{
    public static readonly CelEnvironment Environment = new()
    {
        Libraries = Libraries.All,
        Types = DescriptorProvider.WellKnownOnly,
    };

    public static CelProgram Program(string text, CelEnvironment? environment = null) =>
        CelProgram.Create(Parsing.Parsed(text), environment ?? Environment);

    public static Value Evaluate(string text, params (string Name, object? Value)[] variables) =>
        Program(text).Evaluate(Input(variables));

    /// <summary>The value as CEL text.</summary>
    public static string Text(string text, params (string Name, object? Value)[] variables) =>
        Evaluate(text, variables).ToString();

    /// <summary>The message of the error that must come out.</summary>
    public static string Error(string text, params (string Name, object? Value)[] variables)
    {
        Value value = Evaluate(text, variables);
        Assert.True(value.TryGet(out CelError? error), $"{text} gives {value}");
        return error.Message;
    }

    /// <summary>Checked first; variables are of type dyn.</summary>
    public static Value EvaluateChecked(string text, params (string Name, object? Value)[] variables)
    {
        CelEnvironment environment = Environment with
        {
            Variables = [.. variables.Select(x => new Variable(x.Name, CelType.Dyn))],
        };
        return CelProgram.Create(TestChecks.Checked(text, environment), environment).Evaluate(Input(variables));
    }

    public static IActivation Input(params (string Name, object? Value)[] variables) =>
        Activation.Of(variables.ToDictionary(x => x.Name, x => x.Value));
}
