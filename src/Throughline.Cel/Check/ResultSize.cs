using System.Collections.Frozen;
using Throughline.Cel.Library;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Check;

/// <summary>The arguments of a call; a method's target is the first.</summary>
internal readonly record struct SizedArguments(Expr[] Written, Sized[] Sizes, Func<Expr, CelType> TypeOf)
{
    public Sized this[int index] => Sizes[index];
}

/// <summary>
/// How large the results of the libraries' overloads may be, from the sizes of their arguments. Of overloads that are not known
/// here (a host's), only the result's type tells.
/// </summary>
internal static class ResultSize
{
    // Texts of numbers, times, addresses and blocks of them.
    private static readonly Sized ShortText = new(new(1, 64));

    // A double of a thousand decimals.
    private const ulong LongestNumber = 1_400;

    private static readonly FrozenSet<string> Numbers = Ids(MathExtension.Library.Functions);

    private static readonly FrozenSet<string> Sorts = Ids(
        ListExtension.Library.Functions.Where(x => x.Name is "sort" or Macros.SortByKeys)
    );

    public static Sized Of(IReadOnlyList<string> overloads, SizedArguments x, Sized byType)
    {
        if (overloads.Count == 0)
            return byType;
        Sized result = Sized.Never;
        foreach (string overload in overloads)
            result = Sized.Either(result, OfOverload(overload, x) ?? byType);
        return result;
    }

    // Null: nothing is known but the type.
    private static Sized? OfOverload(string overload, SizedArguments x) =>
        overload switch
        {
            "add_string" or "add_bytes" => new(x[0].Own + x[1].Own),
            "add_list" or "cel_@mapInsert_map_map" => Together(x[0], x[1]),
            "cel_@mapInsert_map_key_value" => Together(x[0], new(SizeRange.Exactly(1), null, x[2], x[1])),
            "index_list" or "index_map" or "list_first" or "list_last" => x[0].Item,
            "optional_list_index_int" or "optional_map_index_value" => x[0].Item,
            "list_optindex_optional_int" or "optional_list_optindex_optional_int" => x[0].Item,
            "map_optindex_optional_value" or "optional_map_optindex_optional_value" => x[0].Item,
            "select_optional_field" => x[0].Item,
            "to_dyn" or "optional_of" or "optional_ofNonZeroValue" or "optional_value" => x[0],
            "optional_none" => Sized.Never,
            "optional_unwrap" or "optional_unwrapOpt" or "list_slice" or "list_distinct" => Part(x[0]),
            "list_reverse" => x[0] with { Path = null },
            "list_flatten" => Flat(x[0]),
            "list_flatten_int" => Depth(x.Written[1]) switch
            {
                0 => x[0],
                1 => Flat(x[0]),
                _ => Sized.Unknown,
            },
            "lists_range" => Range(x.Written[0]),
            "string_to_string" or "bytes_to_bytes" => x[0],
            "bytes_to_string" => new(new(x[0].Own.Min / 4, x[0].Own.Max)),
            "string_to_bytes" => new(new(x[0].Own.Min, Times(x[0].Own.Max, 4))),
            "string_lower_ascii" or "string_upper_ascii" => new(x[0].Own),
            "string_substring_int" or "string_substring_int_int" or "string_trim" or "string_reverse" => Part(x[0]),
            "string_char_at_int" => new(SizeRange.UpTo(1)),
            "string_split_string" or "string_split_string_int" => Pieces(x[0]),
            // Each character may need six to be written.
            "strings_quote" => new(SizeRange.UpTo(Plus(2, Times(6, x[0].Own.Max)))),
            "string_replace_string_string" or "string_replace_string_string_int" => Replaced(x[0], x[2], 1),
            // A group in a replacement may be as long as its match, so all of them together as the text.
            "regex_replace_string_string_string" or "regex_replace_string_string_string_int" => Replaced(x[0], x[2], 2),
            "regex_extract_string_string" => Part(x[0]),
            "regex_extractAll_string_string" => Pieces(x[0]),
            "list_join" => Joined(x[0], 0),
            "list_join_string" => Joined(x[0], x[1].Own.Max),
            "string_format" => Formatted(x),
            "base64_encode_bytes" => new(SizeRange.UpTo(Times(Plus(x[0].Own.Max, 2) / 3, 4))),
            "base64_decode_string" => Part(x[0]),
            "bool_to_string" or "int64_to_string" or "uint64_to_string" or "double_to_string" => ShortText,
            "timestamp_to_string" or "duration_to_string" or "ip_to_string" or "cidr_to_string" => ShortText,
            _ when Numbers.Contains(overload) => Sized.One,
            _ when Sorts.Contains(overload) => x[0] with { Path = null },
            _ => null,
        };

    /// <summary>A list or map that grows from round to round ends as large as the rounds make it.</summary>
    public static Sized OfAccumulator(Expr.Comprehension fold, Sized init, SizeRange rounds)
    {
        if (fold.Init is not (Expr.ListLiteral or Expr.MapLiteral))
            return init;
        ulong growth = Growth(fold.Step, fold.Accumulator);
        ulong max = Plus(init.Own.Max, Times(growth, rounds.Max));
        return init with { Own = init.Own with { Max = Math.Min(max, int.MaxValue) } };
    }

    private static ulong Growth(Expr step, string accumulator) =>
        step switch
        {
            Expr.Ident ident when ident.Name == accumulator => 0,
            Expr.Call { Function: Operators.Conditional, Args: [_, var yes, var no] } => Math.Max(
                Growth(yes, accumulator),
                Growth(no, accumulator)
            ),
            Expr.Call { Function: Operators.Add, Args: [Expr.Ident left, Expr.ListLiteral right] }
                when left.Name == accumulator => (ulong)right.Elements.Count,
            Expr.Call { Function: Macros.MapInsert, Args: [Expr.Ident left, _, _] } when left.Name == accumulator => 1,
            Expr.Call { Function: Macros.MapInsert, Args: [Expr.Ident left, Expr.MapLiteral right] }
                when left.Name == accumulator => (ulong)right.Entries.Count,
            _ => int.MaxValue,
        };

    private static Sized Together(Sized a, Sized b) =>
        new(a.Own + b.Own, null, Sized.EitherPart(a.Item, b.Item), Sized.EitherPart(a.Key, b.Key));

    private static Sized Part(Sized a) => a with { Own = SizeRange.UpTo(a.Own.Max), Path = null };

    private static Sized Pieces(Sized text) =>
        new(SizeRange.UpTo(Plus(text.Own.Max, 1)), null, new(SizeRange.UpTo(text.Own.Max)));

    // An empty part of a text stands before each of its characters, and behind the last.
    private static Sized Replaced(Sized text, Sized by, ulong times)
    {
        ulong places = Plus(Times(text.Own.Max, times), 1);
        return new(SizeRange.UpTo(Plus(text.Own.Max, Times(places, by.Own.Max))));
    }

    private static Sized Joined(Sized list, ulong separator) =>
        new(SizeRange.UpTo(Times(list.Own.Max, Plus((list.Item ?? Sized.Unknown).Own.Max, separator))));

    private static Sized Flat(Sized list)
    {
        Sized inner = list.Item ?? Sized.Unknown;
        SizeRange own = new(0, Times(list.Own.Max, Math.Max(inner.Own.Max, 1)));
        // Elements that are no lists stay.
        return new(own, null, inner.Item is { } item ? Sized.Either(inner, item) : Sized.Unknown);
    }

    private static long? Depth(Expr written) => written is Expr.Constant { Value: { IsInt: true } x } ? x.Int : null;

    private static Sized Range(Expr count)
    {
        ulong? exact = Depth(count) is { } n ? (ulong)Math.Clamp(n, 0, ListExtension.MaxRange) : null;
        return new(
            exact is { } size ? SizeRange.Exactly(size) : SizeRange.UpTo(ListExtension.MaxRange),
            null,
            Sized.One
        );
    }

    // A clause shows one argument, whose text may be long only if it is text, or has parts.
    private static Sized Formatted(SizedArguments x)
    {
        if (x.Written[1] is not Expr.ListLiteral list || list.Elements.Any(y => !IsFlat(x.TypeOf(y))))
            return Sized.Unknown;
        // In hexadecimal, a character is up to four bytes of two digits.
        ulong longest = Math.Max(LongestNumber, Times(8, x[1].Item?.Own.Max ?? int.MaxValue));
        return new(SizeRange.UpTo(Plus(x[0].Own.Max, Times((ulong)list.Elements.Count, longest))));
    }

    private static bool IsFlat(CelType type) =>
        type.Kind
            is TypeKind.Null
                or TypeKind.Bool
                or TypeKind.Int
                or TypeKind.Uint
                or TypeKind.Double
                or TypeKind.String
                or TypeKind.Bytes
                or TypeKind.Timestamp
                or TypeKind.Duration;

    private static FrozenSet<string> Ids(IEnumerable<Function> functions) =>
        functions.SelectMany(x => x.Overloads).Select(x => x.Id).ToFrozenSet(StringComparer.Ordinal);

    private static ulong Plus(ulong a, ulong b) => Saturating.Add(a, b);

    private static ulong Times(ulong a, ulong b) => Saturating.Multiply(a, b);
}
