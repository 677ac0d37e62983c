using System.Runtime.CompilerServices;
using Throughline.Cel.Interpret;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>
/// Checks of the stack in deep expressions, one in so many levels: .NET answers for 64 KiB, and nodes of one level of an
/// expression never need more than a kilobyte. Expressions that are not deep pay nothing.
/// </summary>
internal static class Guards
{
    public const int Levels = 32;

    private static readonly Value TooDeep = Value.Error(Frame.TooDeep);

    public static bool MayGoOn(EvaluationScratch scratch)
    {
        if (RuntimeHelpers.TryEnsureSufficientExecutionStack())
            return true;
        scratch.Stop(TooDeep);
        return false;
    }
}

internal sealed class BoolGuard<T>(BoolNode<T> node) : BoolNode<T>(node.Cost + 1)
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch) =>
        Guards.MayGoOn(scratch) ? node.Eval(input, scratch) : RuleOutcome.Error;
}

internal sealed class ScalarGuard<T, TValue>(ScalarNode<T, TValue> node) : ScalarNode<T, TValue>(node.Cost + 1)
{
    public override bool TryEval(T input, EvaluationScratch scratch, out TValue value)
    {
        if (Guards.MayGoOn(scratch))
            return node.TryEval(input, scratch, out value);
        value = default!;
        return false;
    }
}

internal sealed class ValueGuard<T>(ValueNode<T> node) : ValueNode<T>(node.Cost + 1)
{
    public override Value Eval(T input, EvaluationScratch scratch) =>
        Guards.MayGoOn(scratch) ? node.Eval(input, scratch) : scratch.Failure;
}
