using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Throughline.Cel.Check;
using Throughline.Cel.Parse;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile;

/// <summary>Writes expressions as bytes, no two different ones alike: each part has its kind, each text its length.</summary>
internal sealed class ExprWriter(CheckedExpr check)
{
    private readonly List<string> variables = []; // of the loops around
    private readonly ArrayBufferWriter<byte> buffer = new(128);

    public ReadOnlySpan<byte> Written => buffer.WrittenSpan;

    /// <summary>All variables of loops that were written belong to loops that were written too.</summary>
    public bool IsClosed { get; private set; } = true;

    public void Write(Expr expr)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Reference? meaning = check.References.GetValueOrDefault(expr.Id);
        Kind(meaning is null ? 'n' : 'r');
        if (meaning is not null)
        {
            Text(meaning.Name);
            Number(meaning.Overloads.Count);
            foreach (string overload in meaning.Overloads)
                Text(overload);
        }
        switch (expr)
        {
            case Expr.Constant constant:
                Kind('c');
                Constant(constant.Value);
                break;
            case Expr.Ident ident:
                Kind('i');
                Text(ident.Name);
                IsClosed &= meaning is not null || variables.Contains(ident.Name);
                break;
            case Expr.Select select:
                Kind(select.TestOnly ? 'h' : 's');
                Text(select.Field);
                // With a meaning of its own it is a qualified name, whose parts have none.
                if (meaning is null)
                    Write(select.Operand);
                break;
            case Expr.Call call:
                // A target without a type is part of the function's name.
                bool isMethod = call.Target is not null && check.Types.ContainsKey(call.Target.Id);
                Kind(isMethod ? 'm' : 'f');
                Text(call.Function);
                if (isMethod)
                    Write(call.Target!);
                IsClosed &= call.Target is null || isMethod || meaning is not null;
                All(call.Args);
                break;
            case Expr.ListLiteral list:
                Kind('l');
                Number(list.Optional.Count);
                foreach (int index in list.Optional)
                    Number(index);
                All(list.Elements);
                break;
            case Expr.MapLiteral map:
                Kind('p');
                Number(map.Entries.Count);
                foreach (MapEntry entry in map.Entries)
                {
                    Kind(entry.Optional ? '?' : ':');
                    Write(entry.Key);
                    Write(entry.Value);
                }
                break;
            case Expr.MessageLiteral message:
                Kind('t');
                Text(message.TypeName);
                Number(message.Fields.Count);
                foreach (FieldEntry field in message.Fields)
                {
                    Kind(field.Optional ? '?' : ':');
                    Text(field.Field);
                    Write(field.Value);
                }
                break;
            case Expr.Comprehension fold:
                Kind(fold.Variable2 is null ? '1' : '2');
                Text(fold.Variable);
                Text(fold.Variable2 ?? "");
                Text(fold.Accumulator);
                All([fold.Range, fold.Init]);
                int around = variables.Count;
                variables.Add(fold.Accumulator);
                Write(fold.Result);
                variables.AddRange(fold.Variable, fold.Variable2 ?? fold.Variable);
                All([fold.Condition, fold.Step]);
                variables.RemoveRange(around, variables.Count - around);
                break;
        }
    }

    public void Number(long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(8), number);
        buffer.Advance(8);
    }

    private void All(IReadOnlyList<Expr> expressions)
    {
        Number(expressions.Count);
        foreach (Expr expr in expressions)
            Write(expr);
    }

    private void Constant(Value value)
    {
        Number((int)value.Kind);
        if (value.Object is CelBytes bytes)
        {
            Number(bytes.Data.Length);
            buffer.Write(bytes.Data.Span);
        }
        else if (value.Kind == ValueKind.String)
        {
            Text(value.String);
        }
        else
        {
            Number(value.Int);
        }
    }

    private void Kind(char kind)
    {
        buffer.GetSpan(1)[0] = (byte)kind;
        buffer.Advance(1);
    }

    // Not as UTF-8: halves of surrogate pairs would all be the same.
    private void Text(string text)
    {
        Number(text.Length);
        buffer.Write(MemoryMarshal.AsBytes(text.AsSpan()));
    }
}
