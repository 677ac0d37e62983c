namespace Throughline.Cel.Regex;

/// <summary>Classes in brackets: <c>[a-z] [^x\d] [[:alpha:]\pL]</c>.</summary>
internal sealed partial class RegexParser
{
    private readonly Dictionary<CodePointSet, CodePointSet> _foldedSets = [];

    private RegexNode? ParseClass()
    {
        int start = _position++;
        bool negated = At('^');
        if (negated)
            _position++;
        var members = new ClassMembers(_flags.HasFlag(RegexFlags.FoldCase));
        for (bool first = true; first || !At(']'); first = false)
        {
            if (AtEnd)
                return Refuse(RegexErrorCode.MissingBracket, start, "missing ']' for this class");
            if (!ReadMember(members))
                return null;
        }
        _position++;
        CodePointSet set = members.Build(_foldedSets);
        return OneOf(negated ? set.Complement() : set);
    }

    private bool ReadMember(ClassMembers members)
    {
        if (At("[:") && _pattern.IndexOf(":]", _position + 2, StringComparison.Ordinal) is > 0 and int end)
            return ReadPosixClass(members, end);
        return AtClassEscape ? ReadClassEscape(members) : ReadRange(members);
    }

    private bool ReadPosixClass(ClassMembers members, int end)
    {
        string name = _pattern[(_position + 2)..end];
        bool negated = name.StartsWith('^');
        if (NamedClasses.Posix(negated ? name[1..] : name) is not { } set)
            return Fail(RegexErrorCode.CharacterClass, _position, $"no class [:{name}:]");
        members.Add(set, negated);
        _position = end + 2;
        return true;
    }

    private bool ReadRange(ClassMembers members)
    {
        int start = _position;
        int first = ReadClassCodePoint();
        if (first < 0)
            return false;
        int last = first;
        if (At('-') && _position + 1 < _pattern.Length && _pattern[_position + 1] != ']')
        {
            _position++;
            last = ReadClassCodePoint();
            if (last < 0)
                return false;
            if (last < first)
                return Fail(
                    RegexErrorCode.CharacterClass,
                    start,
                    $"the range {_pattern[start.._position]} runs backwards"
                );
        }
        members.Add(first, last);
        return true;
    }

    private int ReadClassCodePoint() => At('\\') ? ReadEscapedCodePoint() : ReadCodePoint();

    /// <summary>
    /// Collects a class. Under <c>(?i)</c> what is in it is folded, and of what is not (<c>\D</c>) the opposite: after that a
    /// negated class may hold no case variant of what it names.
    /// </summary>
    private sealed class ClassMembers(bool folds)
    {
        private readonly CodePointSetBuilder _positive = new();
        private List<CodePointSet>? _negated;

        public void Add(int first, int last) => _positive.Add(first, last);

        public void Add(CodePointSet set, bool negated)
        {
            if (negated)
                (_negated ??= []).Add(set);
            else
                _positive.Add(set);
        }

        public CodePointSet Build(Dictionary<CodePointSet, CodePointSet> folded)
        {
            CodePointSet positive = Fold(_positive.Build(), folded);
            if (_negated is null)
                return positive;
            var all = new CodePointSetBuilder();
            all.Add(positive);
            foreach (CodePointSet set in _negated)
                all.Add(Fold(set, folded).Complement());
            return all.Build();
        }

        private CodePointSet Fold(CodePointSet set, Dictionary<CodePointSet, CodePointSet> folded)
        {
            if (!folds)
                return set;
            if (!folded.TryGetValue(set, out CodePointSet? result))
                folded[set] = result = CaseFolding.Fold(set);
            return result;
        }
    }
}
