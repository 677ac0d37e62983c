using System.Text;
using Throughline.Cel.Parse;
using Throughline.Cel.Values;

namespace Throughline.Cel.Tests.Kit;

/// <summary>Trees as text without ids and positions, so that tests can compare and read them: <c>(_+_ 1 (. a b))</c>.</summary>
internal static class ExprShape
{
    public static string Of(Expr node)
    {
        StringBuilder text = new();
        Append(text, node);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Expr node)
    {
        switch (node)
        {
            case Expr.Constant constant:
                text.Append(ValueText.Of(constant.Value));
                break;
            case Expr.Ident ident:
                text.Append(ident.Name);
                break;
            case Expr.Select select:
                text.Append(select.TestOnly ? "(has " : "(. ");
                Append(text, select.Operand);
                text.Append(' ').Append(select.Field).Append(')');
                break;
            case Expr.Call call:
                text.Append('(').Append(call.Target is null ? "" : ".").Append(call.Function);
                AppendAll(text, call.Target is { } target ? call.Args.Prepend(target) : call.Args);
                text.Append(')');
                break;
            case Expr.ListLiteral list:
                text.Append("[").AppendJoin(',', list.Optional);
                AppendAll(text, list.Elements);
                text.Append(']');
                break;
            case Expr.MapLiteral map:
                text.Append('{');
                foreach (MapEntry entry in map.Entries)
                {
                    text.Append(entry.Optional ? " ?" : "");
                    AppendAll(text, [entry.Key, entry.Value]);
                }
                text.Append('}');
                break;
            case Expr.MessageLiteral message:
                text.Append(message.TypeName).Append('{');
                foreach (FieldEntry field in message.Fields)
                {
                    text.Append(field.Optional ? " ?" : " ").Append(field.Field);
                    AppendAll(text, [field.Value]);
                }
                text.Append('}');
                break;
            case Expr.Comprehension fold:
                text.Append("(fold ").Append(fold.Variable).Append(fold.Variable2 is null ? "" : $",{fold.Variable2}");
                text.Append(' ').Append(fold.Accumulator);
                AppendAll(text, [fold.Range, fold.Init, fold.Condition, fold.Step, fold.Result]);
                text.Append(')');
                break;
        }
    }

    private static void AppendAll(StringBuilder text, IEnumerable<Expr> nodes)
    {
        foreach (Expr node in nodes)
        {
            text.Append(' ');
            Append(text, node);
        }
    }
}
