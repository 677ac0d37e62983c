using Throughline.Cel.Types;

namespace Throughline.Cel.Check;

/// <summary>What is known about the size of a value, and of the values in it.</summary>
/// <param name="Own">Characters, bytes, elements or entries; 1 for all others.</param>
/// <param name="Path">Where in the input it stands, if it does: sizes of its parts are looked up there.</param>
/// <param name="Item">The elements of a list, the values of a map; null if nothing is known of them. An optional is as its
/// content.</param>
/// <param name="Key">The keys of a map; null if nothing is known of them, and for lists.</param>
internal sealed record Sized(SizeRange Own, string? Path = null, Sized? Item = null, Sized? Key = null)
{
    public static readonly Sized One = new(SizeRange.Exactly(1));

    /// <summary>It may be as large as anything.</summary>
    public static readonly Sized Unknown = new(SizeRange.Unknown);

    /// <summary>The elements of what has none.</summary>
    public static readonly Sized Never = new(SizeRange.Exactly(0));

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

    /// <summary>One of both, it is not known which.</summary>
    public static Sized Either(Sized a, Sized b) =>
        ReferenceEquals(a, Never) ? b
        : ReferenceEquals(b, Never) ? a
        : new(SizeRange.Either(a.Own, b.Own), null, EitherPart(a.Item, b.Item), EitherPart(a.Key, b.Key));

    /// <summary>One of both; if nothing is known of one, nothing is known.</summary>
    public static Sized? EitherPart(Sized? a, Sized? b) => a is null || b is null ? null : Either(a, b);

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
            or TypeKind.Error
            or TypeKind.Parameter => SizeRange.Unknown,
            TypeKind.Wrapper => OfType(type.Parameters[0]),
            _ => SizeRange.Exactly(1),
        };
}
