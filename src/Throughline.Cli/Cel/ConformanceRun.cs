using System.Text.Json;
using Throughline.Cel;
using Throughline.Cel.Check;
using Throughline.Cel.Compile;
using Throughline.Cel.Interpret;
using Throughline.Cel.Library;
using Throughline.Cel.Messages;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cli.Cel;

/// <summary>What evaluates the cases of a suite.</summary>
internal enum CelEngine
{
    Interpreter,
    Compiled,

    /// <summary>Each case by both: it passes if it passes by both.</summary>
    Both,
}

/// <summary>Runs the cases of a suite, each in the mode of enums that it is written for.</summary>
internal sealed class ConformanceRun
{
    private readonly Suite suite;
    private readonly CelEngine engine;
    private readonly EvaluationScratch scratch = new();
    private readonly CelEnvironment legacy;
    private readonly CelEnvironment strong;

    public ConformanceRun(Suite suite, CelEngine engine = CelEngine.Both)
    {
        this.suite = suite;
        this.engine = engine;
        legacy = EnvironmentOf(suite.Messages, strongEnums: false);
        strong = EnvironmentOf(suite.Messages, strongEnums: true);
    }

    public ConformanceReport Run(IProgress<long> progress, CancellationToken cancellation)
    {
        SortedDictionary<string, SectionCount> sections = new(StringComparer.Ordinal);
        List<ConformanceFailure> failures = [];
        for (int i = 0; i < suite.Cases.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            SuiteCase test = suite.Cases[i];
            ConformanceFailure? failure = Run(test);
            if (failure is not null)
                failures.Add(failure);
            SectionCount before = sections.GetValueOrDefault(test.Section, new(0, 0));
            sections[test.Section] = failure is null
                ? before with
                {
                    Passed = before.Passed + 1,
                }
                : before with
                {
                    Failed = before.Failed + 1,
                };
            progress.Report(i + 1);
        }
        return new(suite.Cases.Count - failures.Count, failures.Count, sections, failures);
    }

    /// <summary>Runs one case; null if it passes.</summary>
    public ConformanceFailure? Run(SuiteCase test)
    {
        Outcome outcome;
        try
        {
            outcome = Evaluate(test);
        }
        catch (Exception error)
        {
            // Nothing may throw, whatever the expression is: this case failed, the others go on.
            return new(
                test.Name,
                test.Expression,
                Expected(test),
                $"exception: {error.GetType().Name}: {error.Message}"
            );
        }
        return outcome.Passed ? null : new(test.Name, test.Expression, Expected(test), outcome.Actual);
    }

    private Outcome Evaluate(SuiteCase test)
    {
        CelEnvironment environment = DeclarationForm.AddTo(
            (test.StrongEnums ? strong : legacy) with
            {
                Container = test.Container,
            },
            test.Declarations
        );
        bool wantsError = test.ExpectedKind is "error" or "anyError";
        ParseResult parsed = CelParser.Parse(
            test.Expression,
            ParserOptions.Default with
            {
                Macros = !test.DisableMacros,
            }
        );
        if (!parsed.IsSuccess)
            return new(wantsError, $"parse: {parsed.Issues[0].Message}");
        CheckedExpr? checkedExpr = null;
        if (!test.DisableCheck)
        {
            CheckResult result = CelChecker.Check(parsed.Expr, environment);
            if (!result.IsSuccess)
                return new(wantsError, $"check: {result.Issues[0].Message}");
            checkedExpr = result.Checked;
        }
        if (
            test.ExpectedType is { } type
            && (checkedExpr is null || !checkedExpr.Type.Equals(TypeForm.Read(type, environment.Types)))
        )
            return new(false, $"type {checkedExpr?.Type}");
        if (test.CheckOnly)
            return new(true, "");

        Dictionary<string, Value> bindings = new(StringComparer.Ordinal);
        foreach ((string name, JsonElement value) in test.Bindings)
            bindings[name] = ValueForm.Read(value, environment);
        foreach ((string by, Value found) in Values(parsed.Expr, checkedExpr, environment, bindings))
            if (Compare(test, environment, by, found) is { Passed: false } failure)
                return failure;
        return new(true, "");
    }

    private IEnumerable<(string By, Value Found)> Values(
        ParsedExpr parsed,
        CheckedExpr? expression,
        CelEnvironment environment,
        Dictionary<string, Value> bindings
    )
    {
        if (engine != CelEngine.Compiled)
        {
            CelProgram program = expression is null
                ? CelProgram.Create(parsed, environment)
                : CelProgram.Create(expression, environment);
            yield return ("interpreted", program.Evaluate(Activation.Of(bindings)));
        }
        if (engine == CelEngine.Interpreter)
            yield break;
        InputSchema<Dictionary<string, Value>> schema = new();
        foreach (string name in bindings.Keys)
            schema.Variable(name, CelType.Dyn, x => x[name]);
        CompiledRule<Dictionary<string, Value>> rule = expression is null
            ? CelCompiler.Compile(parsed, schema, environment)
            : CelCompiler.Compile(expression, schema, environment);
        yield return ("compiled", rule.EvaluateValue(bindings, scratch));
    }

    private static Outcome Compare(SuiteCase test, CelEnvironment environment, string by, Value found)
    {
        bool wantsError = test.ExpectedKind is "error" or "anyError";
        if (wantsError || found.IsFault)
            return new(wantsError && found.IsError, $"{by}: {found}");
        Value expected = test.ExpectedValue is { } json ? ValueForm.Read(json, environment) : Value.True;
        return new(ValueMatch.Same(expected, found), $"{by}: {found} of type {found.Type}");
    }

    private static string Expected(SuiteCase test) =>
        string.Join(
            ", ",
            new[]
            {
                test.ExpectedKind,
                test.ExpectedType?.GetRawText(),
                test.ExpectedValue?.GetRawText(),
            }.OfType<string>()
        );

    private static CelEnvironment EnvironmentOf(JsonElement messages, bool strongEnums)
    {
        CelEnvironment literals = new()
        {
            Libraries = Libraries.All,
            Types = new DescriptorProvider(new([], [], [])),
            StrongEnums = strongEnums,
        };
        return literals with { Types = new DescriptorProvider(SuiteMessages.Read(messages, literals), strongEnums) };
    }

    private readonly record struct Outcome(bool Passed, string Actual);
}

/// <summary>Passed and failed cases of one section.</summary>
internal sealed record SectionCount(int Passed, int Failed);

/// <summary>A case that did not pass.</summary>
internal sealed record ConformanceFailure(string Name, string Expression, string Expected, string Actual);

/// <summary>What <c>cel conformance</c> prints.</summary>
internal sealed record ConformanceReport(
    int Passed,
    int Failed,
    IReadOnlyDictionary<string, SectionCount> BySection,
    IReadOnlyList<ConformanceFailure> Failures
);
