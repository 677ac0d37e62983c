namespace Throughline.Cel.Regex;

/// <summary>
/// A regular expression with RE2's syntax and semantics (github.com/google/re2/wiki/Syntax), matched in time linear in the text.
/// Immutable to its users and safe for any number of threads; it builds its automaton as texts need it, within
/// <see cref="RegexLimits.DfaBytes"/>.
/// </summary>
public sealed class Re2
{
    private readonly string _pattern;
    private readonly RegexProgram _program;

    private Re2(string pattern, RegexNode root, IReadOnlyList<string?> groupNames)
    {
        _pattern = pattern;
        GroupNames = groupNames;
        _program = ProgramBuilder.Build(root, captures: true);
    }

    /// <summary>Compiles a pattern; null, and why, if RE2 would refuse it or it is too large.</summary>
    public static Re2? TryCreate(string pattern, out RegexError error)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        RegexNode? root = RegexParser.Parse(pattern, out IReadOnlyList<string?> groupNames, out error);
        return root is null ? null : new Re2(pattern, root, groupNames);
    }

    /// <summary>Groups in parentheses; the whole match is not counted.</summary>
    public int GroupCount => GroupNames.Count - 1;

    /// <summary>The names of the groups by their numbers, null where there is none; number 0 is the whole match.</summary>
    public IReadOnlyList<string?> GroupNames { get; }

    /// <summary>Bytes of memory held now, about.</summary>
    public long Bytes => 64 + (2 * _pattern.Length) + _program.Bytes;

    /// <summary>Whether the text holds a match anywhere.</summary>
    public bool IsMatch(ReadOnlySpan<char> text) => TryMatch(text, 0, default);

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
        return PikeMachine.TryMatch(_program, text, start, groups[..slots]);
    }

    /// <summary>The pattern as it was given.</summary>
    public override string ToString() => _pattern;
}
