namespace Throughline.Core.Identity;

/// <summary>Which of several values of a trait survives.</summary>
public enum Survivorship
{
    /// <summary>That of the latest event.</summary>
    MostRecent,

    /// <summary>That of the source that comes first in the list; of one source, and of sources that are not in it, the latest.</summary>
    MostTrusted,
}

/// <summary>How one trait's value is chosen; the later event id decides between events of one instant.</summary>
/// <param name="Sources">The most trusted first; one that is not there is trusted least.</param>
public sealed record TraitRule(
    Survivorship Survivorship = Survivorship.MostRecent,
    IReadOnlyList<string>? Sources = null
)
{
    /// <summary>Sources that a rule can name.</summary>
    public const int SourcesMax = 64;

    /// <summary>Greater is more trusted.</summary>
    public int TrustOf(string source)
    {
        if (Survivorship == Survivorship.MostRecent || Sources is null)
            return 0;
        for (int i = 0; i < Sources.Count; i++)
            if (string.Equals(Sources[i], source, StringComparison.Ordinal))
                return Sources.Count - i;
        return 0;
    }

    internal string? Problem() =>
        Survivorship == Survivorship.MostTrusted && Sources is not { Count: > 0 } ? "mostTrusted needs sources"
        : Sources?.Count > SourcesMax ? $"more than {SourcesMax} sources"
        : null;
}

/// <summary>How values of traits are chosen, trait by trait.</summary>
/// <param name="Others">For traits that are not named.</param>
public sealed record TraitRules(TraitRule Others, IReadOnlyDictionary<string, TraitRule> ByName)
{
    /// <summary>The most recent value of every trait.</summary>
    public static TraitRules Default { get; } =
        new(new TraitRule(), new Dictionary<string, TraitRule>(StringComparer.Ordinal));

    /// <summary>Greater is more trusted.</summary>
    public int TrustOf(string trait, string source) =>
        (ByName.TryGetValue(trait, out TraitRule? own) ? own : Others).TrustOf(source);

    /// <summary>Why they cannot be used, or null: the place, and what is wrong there.</summary>
    public (string Member, string Message)? Problem()
    {
        if (Others.Problem() is { } others)
            return ("others", others);
        foreach ((string name, TraitRule rule) in ByName.OrderBy(x => x.Key, StringComparer.Ordinal))
            if (rule.Problem() is { } problem)
                return ($"byName/{name}", problem);
        return null;
    }
}
