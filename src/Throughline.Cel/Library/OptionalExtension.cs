using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;
using static Throughline.Cel.Library.Declare;

namespace Throughline.Cel.Library;

/// <summary>
/// The optional types extension (cel-spec, proposal 246, "Optional Values"; cel-go, <c>cel.OptionalTypes</c>). <c>or</c> and <c>orValue</c> need their argument only if the target has no value: evaluators
/// may leave it out.
/// </summary>
internal static class OptionalExtension
{
    private static readonly CelType OptionalOfB = CelType.Optional(B);
    private static readonly CelType OptionalList = CelType.Optional(ListOfA);
    private static readonly CelType OptionalMap = CelType.Optional(MapOfAB);

    public static readonly FunctionLibrary Library = new(
        "optional",
        [
            Function("optional.of", Global("optional_of", [A], OptionalOfA, x => Of(x[0]))),
            Function(
                "optional.ofNonZeroValue",
                Global("optional_ofNonZeroValue", [A], OptionalOfA, x => IsZero(x[0]) ? None : Of(x[0]))
            ),
            Function("optional.none", Global("optional_none", [], OptionalOfA, _ => None)),
            Function(
                "optional.unwrap",
                Global("optional_unwrap", [CelType.List(OptionalOfA)], ListOfA, x => Unwrap(x[0].List()), Costs.Each)
            ),
            Function(
                "unwrapOpt",
                Member("optional_unwrapOpt", [CelType.List(OptionalOfA)], ListOfA, x => Unwrap(x[0].List()), Costs.Each)
            ),
            Function(
                "hasValue",
                Member("optional_hasValue", [OptionalOfA], CelType.Bool, x => Value.Of(x[0].Optional().HasValue))
            ),
            Function("value", Member("optional_value", [OptionalOfA], A, x => ValueOf(x[0].Optional()))),
            Function(
                "or",
                Member(
                    "optional_or_optional",
                    [OptionalOfA, OptionalOfA],
                    OptionalOfA,
                    x => x[0].Optional().HasValue ? x[0] : x[1]
                )
            ),
            Function(
                "orValue",
                Member(
                    "optional_orValue_value",
                    [OptionalOfA, A],
                    A,
                    x => x[0].Optional() is { HasValue: true } y ? y.Value : x[1]
                )
            ),
            Function(
                Operators.OptionalSelect,
                Global(
                    "select_optional_field",
                    [CelType.Dyn, CelType.String],
                    OptionalOfA,
                    x => Selection.OptionalSelect(x[0], x[1].String)
                )
            ),
            Function(
                Operators.OptionalIndex,
                Global("list_optindex_optional_int", [ListOfA, CelType.Int], OptionalOfA, OptionalIndex),
                Global("optional_list_optindex_optional_int", [OptionalList, CelType.Int], OptionalOfA, OptionalIndex),
                Global("map_optindex_optional_value", [MapOfAB, A], OptionalOfB, OptionalIndex),
                Global("optional_map_optindex_optional_value", [OptionalMap, A], OptionalOfB, OptionalIndex)
            ),
            Function(
                Operators.Index,
                Global("optional_list_index_int", [OptionalList, CelType.Int], OptionalOfA, OptionalIndex),
                Global("optional_map_index_value", [OptionalMap, A], OptionalOfB, OptionalIndex)
            ),
            Function("first", Member("list_first", [ListOfA], OptionalOfA, x => At(x[0].List(), last: false))),
            Function("last", Member("list_last", [ListOfA], OptionalOfA, x => At(x[0].List(), last: true))),
        ]
    );

    public static Value None => Value.Of(CelOptional.None);

    /// <summary>What <c>optional.ofNonZeroValue</c> takes as nothing: the default of a type, as protobuf has it.</summary>
    public static bool IsZero(Value value) =>
        value.Kind switch
        {
            ValueKind.Null => true,
            ValueKind.Bool or ValueKind.Int or ValueKind.Uint => value.Int == 0,
            ValueKind.Double => value.Double == 0,
            ValueKind.String => value.String.Length == 0,
            _ => value.Object switch
            {
                CelBytes x => x.Data.IsEmpty,
                CelList x => x.Count == 0,
                CelMap x => x.Count == 0,
                CelTimestamp x => x is { Seconds: 0, Nanos: 0 },
                CelDuration x => x is { Seconds: 0, Nanos: 0 },
                CelOptional x => !x.HasValue,
                CelEnum x => x.Number == 0,
                CelMessage x => x.IsEmpty,
                _ => false,
            },
        };

    private static Value Of(Value value) => Value.Of(CelOptional.Of(value));

    private static Value OptionalIndex(ReadOnlySpan<Value> x) => Selection.OptionalIndex(x[0], x[1]);

    private static Value ValueOf(CelOptional optional) =>
        optional.HasValue ? optional.Value : Value.Error("optional.none() has no value");

    private static Value At(CelList list, bool last) => list.Count == 0 ? None : Of(list[last ? list.Count - 1 : 0]);

    private static Value Unwrap(CelList list)
    {
        List<Value> items = [];
        for (int i = 0; i < list.Count; i++)
        {
            if (!list[i].TryGet(out CelOptional? optional))
                return Value.Error($"no such overload: unwrap of {list[i].Type}");
            if (optional.HasValue)
                items.Add(optional.Value);
        }
        return Value.Of(CelLists.Of([.. items]));
    }
}
