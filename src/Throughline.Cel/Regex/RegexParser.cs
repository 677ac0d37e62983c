namespace Throughline.Cel.Regex;

/// <summary>
/// Reads RE2's syntax (github.com/google/re2/wiki/Syntax) as RE2 does by default: Perl's classes, escapes and flags, no POSIX
/// mode. What RE2 refuses is refused.
/// </summary>
internal sealed partial class RegexParser
{
    private readonly string _pattern;
    private readonly List<string?> _groupNames = [null];
    private readonly Dictionary<CodePointSet, RegexNode> _sets = [];
    private long _ranges;
    private long _classes;
    private RegexFlags _flags;
    private int _position;
    private int _depth;
    private RegexError _error;

    private RegexParser(string pattern) => _pattern = pattern;

    /// <summary>The tree of a pattern and the names of its groups (number 0 is the whole match); null if it is refused.</summary>
    public static RegexNode? Parse(string pattern, out IReadOnlyList<string?> groupNames, out RegexError error)
    {
        var parser = new RegexParser(pattern);
        RegexNode? root = parser.ParseAlternation();
        if (root is not null && parser._position < pattern.Length)
            root = parser.Refuse(RegexErrorCode.Parenthesis, parser._position, "unexpected ')'");
        if (root is not null && root.Size + 2 > RegexLimits.Instructions)
            root = parser.Refuse(RegexErrorCode.TooLarge, 0, "the expression is too large");
        if (root is not null && root.Size * 2 * parser._groupNames.Count > RegexLimits.Slots)
            root = parser.Refuse(RegexErrorCode.TooLarge, 0, "the expression has too many groups for its size");
        groupNames = parser._groupNames;
        error = parser._error;
        return root;
    }

    private bool AtEnd => _position >= _pattern.Length;

    private bool At(char c) => _position < _pattern.Length && _pattern[_position] == c;

    private bool At(string text) => string.CompareOrdinal(_pattern, _position, text, 0, text.Length) == 0;

    private RegexNode? ParseAlternation()
    {
        List<RegexNode>? branches = null;
        while (true)
        {
            RegexNode? branch = ParseSequence();
            if (branch is null)
                return null;
            bool last = !At('|');
            if (last && branches is null)
                return branch;
            (branches ??= []).Add(branch);
            if (last)
                return new RegexNode.Alternate(branches);
            _position++;
        }
    }

    private RegexNode? ParseSequence()
    {
        var items = new List<RegexNode>();
        long size = 0;
        int repetition = -1; // where the repetition stood, if the last token was one
        while (!AtEnd && !At('|') && !At(')'))
        {
            int start = _position;
            int count = items.Count;
            bool repeats = TryReadRepetition(out Repetition read);
            size -= repeats && count > 0 ? items[^1].Size : 0;
            if (!(repeats ? Repeat(items, read, repetition) : ParseItem(items)))
                return null;
            repetition = repeats ? start : -1;
            for (int i = repeats ? count - 1 : count; i < items.Count; i++)
                size += items[i].Size;
            if (size > RegexLimits.Instructions)
                return Refuse(RegexErrorCode.TooLarge, start, "the expression is too large");
        }
        return items.Count switch
        {
            0 => RegexNode.Nothing,
            1 => items[0],
            _ => new RegexNode.Concat(items),
        };
    }

    private bool ParseItem(List<RegexNode> items)
    {
        switch (_pattern[_position])
        {
            case '(':
                return ParseGroup(items);
            case '[':
                return Append(items, ParseClass());
            case '\\':
                return At("\\Q") ? ParseQuoted(items) : Append(items, ParseEscape());
            case '.':
                _position++;
                bool all = _flags.HasFlag(RegexFlags.DotAll);
                return Append(items, OneOf(all ? CodePointSet.All : CodePointSet.AllButNewline));
            case '^':
                _position++;
                return Append(items, Lines ? Assertion.BeginLine : Assertion.BeginText);
            case '$':
                _position++;
                return Append(items, Lines ? Assertion.EndLine : Assertion.EndText);
            default:
                return Append(items, Literal(ReadCodePoint()));
        }
    }

    private bool Lines => _flags.HasFlag(RegexFlags.MultiLine);

    private bool ParseQuoted(List<RegexNode> items)
    {
        _position += 2;
        while (!AtEnd && !At("\\E"))
            if (!Append(items, Literal(ReadCodePoint())))
                return false;
        _position = Math.Min(_pattern.Length, _position + 2);
        return true;
    }

    private RegexNode? Literal(int codePoint)
    {
        bool folds = _flags.HasFlag(RegexFlags.FoldCase);
        return OneOf(folds ? CaseFolding.Orbit(codePoint) : CodePointSet.Of(codePoint));
    }

    /// <summary>The node of a set, the same one each time; null if the pattern has become too large.</summary>
    private RegexNode? OneOf(CodePointSet set)
    {
        if (_sets.TryGetValue(set, out RegexNode? node))
            return node;
        _sets.Add(set, node = new RegexNode.OneOf(set));
        _ranges += set.RangeCount;
        _classes += set.IsSingle ? 0 : 1;
        return _classes * 2 * _ranges <= RegexLimits.SetBits
            ? node
            : Refuse(RegexErrorCode.TooLarge, _position, "the expression has too many different classes");
    }

    private static bool Append(List<RegexNode> items, Assertion kind) => Append(items, new RegexNode.Assert(kind));

    private static bool Append(List<RegexNode> items, RegexNode? item)
    {
        if (item is not null)
            items.Add(item);
        return item is not null;
    }

    private int ReadCodePoint()
    {
        int codePoint = Utf16.Read(_pattern, _position, out int length);
        _position += length;
        return codePoint;
    }

    private RegexNode? Refuse(RegexErrorCode code, int position, string message)
    {
        if (_error.Code == RegexErrorCode.None)
            _error = new RegexError(code, position, message);
        return null;
    }
}

/// <summary>What <c>(?ims-U)</c> switches.</summary>
[Flags]
internal enum RegexFlags
{
    None = 0,

    /// <summary>i: letters match their case variants.</summary>
    FoldCase = 1,

    /// <summary>m: <c>^</c> and <c>$</c> match at the ends of lines too.</summary>
    MultiLine = 2,

    /// <summary>s: <c>.</c> matches a newline too.</summary>
    DotAll = 4,

    /// <summary>U: <c>x*</c> takes as little as it can, <c>x*?</c> as much.</summary>
    Ungreedy = 8,
}
