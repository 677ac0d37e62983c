using Throughline.Cel.Types;

namespace Throughline.Cel.Check;

/// <summary>What is known about the size of a value, and of the values in it.</summary>
/// <param name="Own">Characters, bytes, elements or entries; 1 for all others.</param>
/// <param name="Path">Where in the input it stands, if it does: sizes of its parts are looked up there.</param>
/// <param name="Item">The elements of a list, the values of a map, the content of an optional; null if it has none yet.</param>
/// <param name="Key">The keys of a map.</param>
internal sealed record Sized(SizeRange Own, string? Path = null, Sized? Item = null, Sized? Key = null)
{
    public static readonly Sized One = new(SizeRange.Exactly(1));

    /// <summary>A value of a type at a place of the input.</summary>
    public static Sized At(string? path, CelType type, SizeHints hints)
    {
        SizeRange own = (path is null ? null : hints.Find(path)) ?? OfType(type);
        return type.Kind switch
        {
            TypeKind.List => new(own, path, At(Below(path, ".@items"), type.Parameters[0], hints)),
            TypeKind.Map => new(
                own,
                path,
                At(Below(path, ".@values"), type.Parameters[1], hints),
                At(Below(path, ".@keys"), type.Parameters[0], hints)
            ),
            TypeKind.Opaque when type.IsOptional => At(path, type.Parameters[0], hints),
            _ => new(own, path),
        };
    }

    public static Sized Either(Sized a, Sized b) =>
        new(SizeRange.Either(a.Own, b.Own), null, EitherOrOne(a.Item, b.Item), EitherOrOne(a.Key, b.Key));

    public static Sized? EitherOrOne(Sized? a, Sized? b) =>
        a is null ? b
        : b is null ? a
        : Either(a, b);

    public static string? Below(string? path, string part) => path is null ? null : path + part;

    // What may hold anything may be as large as anything.
    public static SizeRange OfType(CelType type) =>
        type.Kind switch
        {
            TypeKind.String
            or TypeKind.Bytes
            or TypeKind.List
            or TypeKind.Map
            or TypeKind.Dyn
            or TypeKind.Any
            or TypeKind.Message
            or TypeKind.Error
            or TypeKind.Opaque
            or TypeKind.Parameter => SizeRange.Unknown,
            TypeKind.Wrapper => OfType(type.Parameters[0]),
            _ => SizeRange.Exactly(1),
        };
}
