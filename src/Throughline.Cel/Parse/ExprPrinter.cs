using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Throughline.Cel.Values;

namespace Throughline.Cel.Parse;

/// <summary>Writes one expression: parentheses by precedence, macros by their calls.</summary>
internal sealed class ExprPrinter(IReadOnlyDictionary<int, Expr> macroCalls)
{
    private readonly StringBuilder text = new();

    public override string ToString() => text.ToString();

    /// <summary>Prints a node where an operator of a level expects it: in parentheses if it binds less tightly.</summary>
    public void Print(Expr node, int level)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (macroCalls.TryGetValue(node.Id, out Expr? written))
            node = written;
        bool enclosed = LevelOf(node) < level;
        text.Append(enclosed ? "(" : "");
        PrintBare(node);
        text.Append(enclosed ? ")" : "");
    }

    private static int LevelOf(Expr node)
    {
        if (node is not Expr.Call { Target: null } call)
            return Precedence.Member;
        return (call.Function, call.Args.Count) switch
        {
            (Operators.Conditional, 3) => Precedence.Conditional,
            (Operators.Not or Operators.Negate, 1) => Precedence.Unary,
            (_, 2) when Precedence.OfFunction(call.Function, out _) is var level and not Precedence.None => level,
            _ => Precedence.Member,
        };
    }

    private void PrintBare(Expr node)
    {
        switch (node)
        {
            case Expr.Constant constant:
                text.Append(ValueText.Of(constant.Value));
                break;
            case Expr.Ident ident:
                text.Append(ident.Name);
                break;
            case Expr.Select { TestOnly: true } select:
                text.Append("has(");
                PrintSelect(select.Operand, ".", select.Field);
                text.Append(')');
                break;
            case Expr.Select select:
                PrintSelect(select.Operand, ".", select.Field);
                break;
            case Expr.Call call:
                PrintCall(call);
                break;
            case Expr.ListLiteral list:
                PrintAll('[', list.Elements, ']', (element, i) => PrintMarked(list.Optional.Contains(i), element));
                break;
            case Expr.MapLiteral map:
                PrintAll('{', map.Entries, '}', (entry, _) => PrintEntry(entry));
                break;
            case Expr.MessageLiteral message:
                text.Append(message.TypeName);
                PrintAll('{', message.Fields, '}', (field, _) => PrintField(field));
                break;
            case Expr.Comprehension fold:
                PrintFold(fold);
                break;
        }
    }

    private void PrintCall(Expr.Call call)
    {
        switch (call)
        {
            case { Target: { } target }:
                Print(target, Precedence.Member);
                text.Append('.').Append(call.Function);
                PrintArguments(call.Args);
                break;
            case { Function: Operators.Conditional, Args: [var condition, var yes, var no] }:
                Print(condition, Precedence.Or);
                text.Append(" ? ");
                Print(yes, Precedence.Or);
                text.Append(" : ");
                Print(no, Precedence.Conditional);
                break;
            case { Function: Operators.Index, Args: [var operand, var index] }:
                PrintIndex(operand, "[", index);
                break;
            case { Function: Operators.OptionalIndex, Args: [var operand, var index] }:
                PrintIndex(operand, "[?", index);
                break;
            case {
                Function: Operators.OptionalSelect,
                Args: [var operand, Expr.Constant { Value.Kind: ValueKind.String } field],
            }:
                PrintSelect(operand, ".?", field.Value.String);
                break;
            case { Function: Operators.Not, Args: [var operand] }:
                PrintUnary('!', operand);
                break;
            case { Function: Operators.Negate, Args: [var operand] }:
                PrintUnary('-', operand);
                break;
            case { Function: Operators.And or Operators.Or, Args: [_, _] }:
                PrintChain(call);
                break;
            case { Args: [var left, var right] }
                when Precedence.OfFunction(call.Function, out string symbol) is var level and not Precedence.None:
                Print(left, level);
                text.Append(' ').Append(symbol).Append(' ');
                Print(right, level + 1);
                break;
            default:
                text.Append(call.Function);
                PrintArguments(call.Args);
                break;
        }
    }

    // A chain of && or || is a balanced tree; a tree of another shape was written with parentheses.
    private void PrintChain(Expr.Call call)
    {
        int level = Precedence.OfFunction(call.Function, out string symbol);
        IReadOnlyList<Expr> terms = LogicalChain.TermsOf(call, macroCalls);
        for (int i = 0; i < terms.Count; i++)
        {
            if (i > 0)
                text.Append(' ').Append(symbol).Append(' ');
            Print(terms[i], level + 1);
        }
    }

    // A minus before a number would become its sign.
    private void PrintUnary(char sign, Expr operand)
    {
        text.Append(sign);
        int start = text.Length;
        Print(operand, Precedence.Unary);
        if (sign != '-' || !char.IsAsciiDigit(text[start]))
            return;
        text.Insert(start, '(').Append(')');
    }

    private void PrintSelect(Expr operand, string dot, string field)
    {
        Print(operand, Precedence.Member);
        text.Append(dot).Append(FieldName(field));
    }

    private void PrintIndex(Expr operand, string bracket, Expr index)
    {
        Print(operand, Precedence.Member);
        text.Append(bracket);
        Print(index, Precedence.Conditional);
        text.Append(']');
    }

    private void PrintArguments(IReadOnlyList<Expr> arguments) =>
        PrintAll('(', arguments, ')', (argument, _) => Print(argument, Precedence.Conditional));

    private void PrintMarked(bool optional, Expr node)
    {
        text.Append(optional ? "?" : "");
        Print(node, Precedence.Conditional);
    }

    private void PrintEntry(MapEntry entry)
    {
        PrintMarked(entry.Optional, entry.Key);
        text.Append(": ");
        Print(entry.Value, Precedence.Conditional);
    }

    private void PrintField(FieldEntry field)
    {
        text.Append(field.Optional ? "?" : "").Append(FieldName(field.Field)).Append(": ");
        Print(field.Value, Precedence.Conditional);
    }

    private void PrintFold(Expr.Comprehension fold)
    {
        string variables = fold.Variable2 is { } second ? $"{fold.Variable}, {second}" : fold.Variable;
        text.Append(CultureInfo.InvariantCulture, $"fold({variables} in ");
        Print(fold.Range, Precedence.Conditional);
        text.Append(CultureInfo.InvariantCulture, $"; {fold.Accumulator} = ");
        Print(fold.Init, Precedence.Conditional);
        foreach (Expr part in (Expr[])[fold.Condition, fold.Step, fold.Result])
        {
            text.Append("; ");
            Print(part, Precedence.Conditional);
        }
        text.Append(')');
    }

    private void PrintAll<T>(char open, IReadOnlyList<T> items, char close, Action<T, int> print)
    {
        text.Append(open);
        for (int i = 0; i < items.Count; i++)
        {
            text.Append(i > 0 ? ", " : "");
            print(items[i], i);
        }
        text.Append(close);
    }

    private static string FieldName(string field) => Words.IsFieldName(field) ? field : $"`{field}`";
}
