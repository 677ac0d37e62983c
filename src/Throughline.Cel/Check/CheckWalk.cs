using Throughline.Cel.Parse;
using Throughline.Cel.Types;

namespace Throughline.Cel.Check;

/// <summary>One walk over one expression, from the leaves up: notes types, references and issues.</summary>
internal sealed partial class CheckWalk(ParsedExpr parsed, CelEnvironment environment)
{
    private readonly EnvironmentIndex index = EnvironmentIndex.Of(environment);
    private readonly TypeUnifier unifier = new();
    private readonly LocalScope locals = new();
    private readonly Dictionary<int, CelType> types = [];
    private readonly Dictionary<int, Reference> references = [];
    private readonly List<CelIssue> issues = [];

    public CheckResult Run()
    {
        Check(parsed.Root);
        if (issues.Count > 0)
            return new(null, [.. issues.OrderBy(x => x.Position)]);
        // What nothing was learnt of may be anything.
        foreach (int id in types.Keys.ToArray())
            types[id] = unifier.Resolve(types[id], openToDyn: true);
        return new(new(parsed, types, references), []);
    }

    private CelType Check(Expr expr)
    {
        CelType type = expr switch
        {
            Expr.Constant constant => constant.Value.Type,
            Expr.Ident ident => Ident(ident),
            Expr.Select select => Select(select),
            Expr.Call call => Call(call),
            Expr.ListLiteral list => List(list),
            Expr.MapLiteral map => Map(map),
            Expr.MessageLiteral message => Message(message),
            Expr.Comprehension fold => Comprehension(fold),
            _ => throw new InvalidOperationException($"An expression of unknown kind {expr.GetType()}."),
        };
        types[expr.Id] = type;
        return type;
    }

    /// <summary>A fold: the range decides what its variables are, the initial value what the accumulator is.</summary>
    private CelType Comprehension(Expr.Comprehension fold)
    {
        CelType range = unifier.Resolve(Check(fold.Range));
        CelType accumulator = Check(fold.Init);
        (CelType first, CelType second) = ElementsOf(range, fold);

        int depth = locals.Depth;
        locals.Enter(fold.Accumulator, accumulator);
        int inner = locals.Depth;
        locals.Enter(fold.Variable, first);
        if (fold.Variable2 is { } variable2)
            locals.Enter(variable2, second);
        Expect(fold.Condition, Check(fold.Condition), CelType.Bool);
        Expect(fold.Step, Check(fold.Step), accumulator);
        locals.Leave(inner);
        CelType result = Check(fold.Result);
        locals.Leave(depth);
        return unifier.Resolve(result);
    }

    private (CelType First, CelType Second) ElementsOf(CelType range, Expr.Comprehension fold)
    {
        bool isPair = fold.Variable2 is not null;
        switch (range.Kind)
        {
            case TypeKind.List:
                return isPair ? (CelType.Int, range.Parameters[0]) : (range.Parameters[0], CelType.Error);
            case TypeKind.Map:
                return (range.Parameters[0], range.Parameters[1]);
            case TypeKind.Parameter:
                unifier.Agree(CelType.Dyn, range);
                return (CelType.Dyn, CelType.Dyn);
            case TypeKind.Dyn or TypeKind.Any or TypeKind.Error:
                return (CelType.Dyn, CelType.Dyn);
            default:
                Report(fold.Range, $"{Show(range)} has no elements to go through; a list or map is needed");
                return (CelType.Error, CelType.Error);
        }
    }

    private void Expect(Expr expr, CelType given, CelType asked)
    {
        if (!unifier.Agree(given, asked))
            Report(expr, $"expected {Show(asked)}, found {Show(given)}");
    }

    private CelType Report(Expr expr, string message) => Report(expr.Position, message);

    private CelType Report(int position, string message)
    {
        if (issues.Count < CelChecker.MaxIssues)
            issues.Add(CelIssue.At(parsed.Source, position, message));
        return CelType.Error;
    }

    private string Show(CelType type) => unifier.Resolve(type, openToDyn: true).ToString();

    /// <summary>Without strong enums, values of enums are ints wherever a message holds them.</summary>
    private CelType AsDeclared(CelType type)
    {
        if (environment.StrongEnums)
            return type;
        if (type.Kind == TypeKind.Enum)
            return CelType.Int;
        if (type.Kind is not (TypeKind.List or TypeKind.Map or TypeKind.Opaque))
            return type;
        return type.WithParameters([.. type.Parameters.Select(AsDeclared)]);
    }
}
