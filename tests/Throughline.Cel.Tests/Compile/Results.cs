using Throughline.Cel.Compile;
using Throughline.Cel.Values;

namespace Throughline.Cel.Tests.Compile;

/// <summary>When results of the interpreter and of compiled expressions are one: of errors it is enough that both are.</summary>
internal static class Results
{
    public static bool Same(Value expected, Value actual)
    {
        if (expected.IsFault || actual.IsFault)
            return expected.IsError == actual.IsError && expected.IsUnknown == actual.IsUnknown;
        return expected.Kind == actual.Kind && expected.ToString() == actual.ToString();
    }

    public static bool Same(Value expected, RuleOutcome actual) =>
        actual switch
        {
            RuleOutcome.True => expected.IsTrue,
            RuleOutcome.False => expected.IsFalse,
            RuleOutcome.Unknown => expected.IsUnknown,
            _ => !expected.IsBool && !expected.IsUnknown,
        };
}
