using Throughline.Cel.Types;

namespace Throughline.Cel.Check;

/// <summary>
/// Decides whether types agree, and finds what type parameters stand for while doing so (specification, "Gradual Type
/// Checking": a parameter becomes the most general of the types that it meets, <c>dyn</c> agrees with all).
/// </summary>
internal sealed class TypeUnifier
{
    private readonly Dictionary<string, CelType> bindings = new(StringComparer.Ordinal);
    private readonly List<(string Name, CelType? Before)> trail = [];
    private int fresh;

    /// <summary>A parameter that nothing is known of yet.</summary>
    public CelType Fresh() => CelType.Parameter($"${++fresh}");

    /// <summary>Whether a value of one type may stand where the other is asked for; if not, nothing is noted.</summary>
    public bool Agree(CelType given, CelType asked)
    {
        int mark = trail.Count;
        if (Unify(given, asked))
            return true;
        RollBack(mark);
        return false;
    }

    /// <summary>The same for each pair of two lists of the same length.</summary>
    public bool Agree(ReadOnlySpan<CelType> given, ReadOnlySpan<CelType> asked)
    {
        int mark = trail.Count;
        if (UnifyAll(given, asked))
            return true;
        RollBack(mark);
        return false;
    }

    /// <summary>The narrowest type that two types which agree both fit into.</summary>
    public static CelType Join(CelType a, CelType b)
    {
        if (ReferenceEquals(a, b) || a.Equals(b))
            return a;
        if (IsDynamic(a) || IsDynamic(b))
            return CelType.Dyn;
        if (a.Kind == TypeKind.Parameter)
            return a;
        if (b.Kind == TypeKind.Parameter)
            return b;
        return (a.Kind, b.Kind) switch
        {
            (TypeKind.Error, _) or (TypeKind.Null, _) => b,
            (_, TypeKind.Error) or (_, TypeKind.Null) => a,
            (_, TypeKind.Wrapper) => b,
            (TypeKind.Type, _) => CelType.Type,
            (TypeKind.List or TypeKind.Map or TypeKind.Opaque, _) => a.WithParameters([
                .. a.Parameters.Zip(b.Parameters, Join),
            ]),
            _ => a,
        };
    }

    /// <summary>A type with the parameters that are known filled in; the others become <c>dyn</c> if asked.</summary>
    public CelType Resolve(CelType type, bool openToDyn = false)
    {
        if (type.Kind == TypeKind.Parameter)
            return bindings.TryGetValue(type.Name, out CelType? bound) ? Resolve(bound, openToDyn)
                : openToDyn ? CelType.Dyn
                : type;
        if (type.Parameters.IsEmpty)
            return type;
        CelType[]? changed = null;
        for (int i = 0; i < type.Parameters.Length; i++)
        {
            CelType part = Resolve(type.Parameters[i], openToDyn);
            if (changed is null && ReferenceEquals(part, type.Parameters[i]))
                continue;
            changed ??= [.. type.Parameters];
            changed[i] = part;
        }
        return changed is null ? type : type.WithParameters(changed);
    }

    private bool Unify(CelType given, CelType asked)
    {
        if (asked.Kind == TypeKind.Parameter)
        {
            (bool fits, bool wasBound) = Substitute(given, asked);
            if (fits)
                return true;
            if (wasBound)
                return false;
        }
        if (given.Kind == TypeKind.Parameter)
            return Substitute(asked, given).Fits;
        if (IsDynamic(given) || IsDynamic(asked) || given.Kind == TypeKind.Error || asked.Kind == TypeKind.Error)
            return true;
        if (given.Kind == TypeKind.Null)
            return IsNullable(asked);
        if (asked.Kind == TypeKind.Null)
            return IsNullable(given);
        if (given.Kind == TypeKind.Wrapper)
            return Unwrap(asked).Equals(given.Parameters[0]);
        if (asked.Kind == TypeKind.Wrapper)
            return asked.Parameters[0].Equals(given);
        if (given.Kind != asked.Kind || given.Name != asked.Name)
            return false;
        return given.Kind == TypeKind.Type || UnifyAll(given.Parameters.AsSpan(), asked.Parameters.AsSpan());
    }

    private bool UnifyAll(ReadOnlySpan<CelType> given, ReadOnlySpan<CelType> asked)
    {
        if (given.Length != asked.Length)
            return false;
        for (int i = 0; i < given.Length; i++)
            if (!Unify(given[i], asked[i]))
                return false;
        return true;
    }

    // Makes a parameter stand for a type, or for what this type and the one it stands for already have in common.
    private (bool Fits, bool WasBound) Substitute(CelType type, CelType parameter)
    {
        if (type.Equals(parameter))
            return (true, true);
        if (!bindings.TryGetValue(parameter.Name, out CelType? bound))
        {
            if (Occurs(parameter, type))
                return (false, false);
            Bind(parameter.Name, type);
            return (true, false);
        }
        if (type.Equals(bound))
            return (true, true);
        if (!Unify(type, bound))
            return (false, true);
        CelType joined = Join(type, bound);
        if (!Occurs(parameter, joined))
            Bind(parameter.Name, joined);
        return (true, true);
    }

    private bool Occurs(CelType parameter, CelType type)
    {
        if (type.Kind == TypeKind.Parameter)
            return type.Name == parameter.Name
                || (bindings.TryGetValue(type.Name, out CelType? bound) && Occurs(parameter, bound));
        foreach (CelType part in type.Parameters)
            if (Occurs(parameter, part))
                return true;
        return false;
    }

    private void Bind(string name, CelType type)
    {
        trail.Add((name, bindings.GetValueOrDefault(name)));
        bindings[name] = type;
    }

    private void RollBack(int mark)
    {
        for (int i = trail.Count - 1; i >= mark; i--)
        {
            (string name, CelType? before) = trail[i];
            if (before is null)
                bindings.Remove(name);
            else
                bindings[name] = before;
        }
        trail.RemoveRange(mark, trail.Count - mark);
    }

    public static bool IsDynamic(CelType type) => type.Kind is TypeKind.Dyn or TypeKind.Any;

    private static CelType Unwrap(CelType type) => type.Kind == TypeKind.Wrapper ? type.Parameters[0] : type;

    private static bool IsNullable(CelType type) =>
        type.Kind
            is TypeKind.Null
                or TypeKind.Wrapper
                or TypeKind.Message
                or TypeKind.Timestamp
                or TypeKind.Duration
                or TypeKind.Opaque;
}
