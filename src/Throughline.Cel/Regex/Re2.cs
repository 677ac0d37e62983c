namespace Throughline.Cel.Regex;

/// <summary>
/// A regular expression with RE2's syntax and semantics (github.com/google/re2/wiki/Syntax), matched in time linear in the text.
/// Immutable to its users and safe for any number of threads; it builds its automaton as texts need it, within
/// <see cref="RegexLimits.DfaBytes"/>.
/// </summary>
public sealed class Re2
{
    private readonly string _pattern;
    private readonly RegexProgram _search; // trimmed to the question whether there is a match
    private readonly LazyDfa _dfa;
    private readonly LiteralFinder? _finder;
    private RegexProgram? _submatches; // made when first asked for

    private Re2(string pattern, RegexNode root, IReadOnlyList<string?> groupNames)
    {
        _pattern = pattern;
        GroupNames = groupNames;
        RegexNode trimmed = SearchTrimming.Trim(root);
        _search = ProgramBuilder.Build(trimmed, captures: false);
        _dfa = new LazyDfa(_search);
        _finder = LiteralFinder.Create(trimmed, _search);
    }

    /// <summary>Compiles a pattern; null, and why, if RE2 would refuse it or it is too large.</summary>
    public static Re2? TryCreate(string pattern, out RegexError error)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        RegexNode? root = RegexParser.Parse(pattern, out IReadOnlyList<string?> groupNames, out error);
        return root is null ? null : new Re2(pattern, root, groupNames);
    }

    /// <summary>Literals of which every match holds one; null if there are none. Computed anew by each call.</summary>
    internal LiteralSet? Required()
    {
        if (RegexParser.Parse(_pattern, out _, out _) is not { } root)
            return null;
        Literals literals = LiteralAnalysis.Of(SearchTrimming.Trim(root));
        return (literals.Inner?.Worth ?? 0) > (literals.Prefix?.Worth ?? 0) ? literals.Inner : literals.Prefix;
    }

    /// <summary>Groups in parentheses; the whole match is not counted.</summary>
    public int GroupCount => GroupNames.Count - 1;

    /// <summary>The names of the groups by their numbers, null where there is none; number 0 is the whole match.</summary>
    public IReadOnlyList<string?> GroupNames { get; }

    /// <summary>Bytes of memory held now, about.</summary>
    public long Bytes =>
        96
        + (2 * _pattern.Length)
        + _search.Bytes
        + _dfa.Bytes
        + (_finder?.Bytes ?? 0)
        + (Volatile.Read(ref _submatches)?.Bytes ?? 0);

    /// <summary>Whether the text holds a match anywhere.</summary>
    public bool IsMatch(ReadOnlySpan<char> text) => IsMatch(text, 0);

    /// <summary>Finds the leftmost match; of those that begin there, the one that Perl would find first.</summary>
    /// <param name="text">All of the text; <c>^</c> and <c>\b</c> see what stands before <paramref name="start"/>.</param>
    /// <param name="start">Where the match may begin at the earliest: 0 to the length of the text.</param>
    /// <param name="groups">Gets start and end of the whole match, then of each group, -1 for groups without part in it; may be
    /// shorter than 2 * (GroupCount + 1), what is over stays untouched. Without a match its content is undefined.</param>
    public bool TryMatch(ReadOnlySpan<char> text, int start, Span<int> groups)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, text.Length);
        int slots = Math.Min(groups.Length, 2 * GroupNames.Count);
        return IsMatch(text, start) && PikeMachine.TryMatch(Submatches(), text, start, groups[..slots]);
    }

    private bool IsMatch(ReadOnlySpan<char> text, int start)
    {
        LiteralFinder? finder = _finder;
        if (finder is not null && finder.IsBlindTo(text))
            finder = null;
        if (finder is null)
            return _dfa.IsMatch(text, start, finder);
        if (!finder.MayMatch(text[start..]))
            return false;
        return finder.Decides ? finder.Next(text, start) >= 0 : _dfa.IsMatch(text, start, finder);
    }

    // Two threads may both make it: they make the same.
    private RegexProgram Submatches()
    {
        RegexProgram? program = Volatile.Read(ref _submatches);
        if (program is not null)
            return program;
        RegexNode root =
            RegexParser.Parse(_pattern, out _, out RegexError error)
            ?? throw new InvalidOperationException($"/{_pattern}/ compiled before, and now: {error}");
        program = ProgramBuilder.Build(root, captures: true);
        Volatile.Write(ref _submatches, program);
        return program;
    }

    /// <summary>The pattern as it was given.</summary>
    public override string ToString() => _pattern;
}
