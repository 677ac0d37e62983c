using System.Globalization;

namespace Throughline.Cel.Regex;

/// <summary>What follows a backslash: assertions, classes, and characters by number or name.</summary>
internal sealed partial class RegexParser
{
    private RegexNode? ParseEscape()
    {
        switch (_position + 1 < _pattern.Length ? _pattern[_position + 1] : '\0')
        {
            case 'A':
                return Assert(Assertion.BeginText);
            case 'z':
                return Assert(Assertion.EndText);
            case 'b':
                return Assert(Assertion.WordBoundary);
            case 'B':
                return Assert(Assertion.NotWordBoundary);
        }
        if (AtClassEscape)
        {
            var members = new ClassMembers(_flags.HasFlag(RegexFlags.FoldCase));
            return ReadClassEscape(members) ? OneOf(members.Build(_foldedSets)) : null;
        }
        int codePoint = ReadEscapedCodePoint();
        return codePoint < 0 ? null : Literal(codePoint);
    }

    private RegexNode.Assert Assert(Assertion kind)
    {
        _position += 2;
        return new RegexNode.Assert(kind);
    }

    private bool AtClassEscape =>
        At('\\')
        && _position + 1 < _pattern.Length
        && _pattern[_position + 1] is 'd' or 'D' or 's' or 'S' or 'w' or 'W' or 'p' or 'P';

    /// <summary>Reads <c>\d</c>, <c>\pL</c>, <c>\p{Greek}</c>, <c>\p{^Greek}</c> or one of their opposites.</summary>
    private bool ReadClassEscape(ClassMembers members)
    {
        int start = _position;
        char letter = _pattern[_position + 1];
        bool negated = char.IsAsciiLetterUpper(letter);
        _position += 2;
        if (NamedClasses.Perl(char.ToLowerInvariant(letter)) is { } perl)
        {
            members.Add(perl, negated);
            return true;
        }
        if (!ReadUnicodeName(start, ref negated, out string name))
            return false;
        if (NamedClasses.Unicode(name) is not { } set)
            return Fail(RegexErrorCode.CharacterClass, start, $"no class {_pattern[start.._position]}");
        members.Add(set, negated);
        return true;
    }

    private bool ReadUnicodeName(int start, ref bool negated, out string name)
    {
        name = "";
        if (AtEnd)
            return Fail(RegexErrorCode.CharacterClass, start, "the name of a class is missing");
        int nameStart = _position;
        if (!At('{'))
        {
            _ = ReadCodePoint();
            name = _pattern[nameStart.._position];
            return true;
        }
        int end = _pattern.IndexOf('}', nameStart);
        if (end < 0)
            return Fail(RegexErrorCode.CharacterClass, start, "the name of a class is not closed with '}'");
        name = _pattern[(nameStart + 1)..end];
        _position = end + 1;
        if (name.StartsWith('^'))
        {
            negated = !negated;
            name = name[1..];
        }
        return true;
    }

    /// <summary>Reads an escape that stands for one code point; -1 if RE2 has no such escape.</summary>
    private int ReadEscapedCodePoint()
    {
        int start = _position++;
        if (AtEnd)
            return BadEscape(start, "a backslash at the end");
        int c = ReadCodePoint();
        switch (c)
        {
            case 'a':
                return '\a';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'v':
                return '\v';
            case 'x':
                return ReadHexadecimal(start);
            case '0':
            case >= '1' and <= '7' when !AtEnd && _pattern[_position] is >= '0' and <= '7':
                return ReadOctal(c - '0');
            case >= '1' and <= '9':
                return BadEscape(start, "backreferences cannot be matched in linear time, RE2 has none");
            case '_':
                return c;
        }
        bool itself = c < 0x80 && !char.IsAsciiLetterOrDigit((char)c);
        return itself ? c : BadEscape(start, "RE2 has no such escape");
    }

    private int ReadOctal(int value)
    {
        for (int i = 0; i < 2 && !AtEnd && _pattern[_position] is >= '0' and <= '7'; i++)
            value = (value * 8) + (_pattern[_position++] - '0');
        return value;
    }

    private int ReadHexadecimal(int start)
    {
        ReadOnlySpan<char> digits;
        if (At('{'))
        {
            int end = _pattern.IndexOf('}', _position);
            if (end < 0)
                return BadEscape(start, "the number is not closed with '}'");
            digits = _pattern.AsSpan((_position + 1)..end).TrimStart('0');
            bool zero = digits.IsEmpty && end > _position + 1;
            _position = end + 1;
            if (zero)
                return 0;
        }
        else
        {
            digits = _pattern.AsSpan(_position, Math.Min(2, _pattern.Length - _position));
            _position += digits.Length;
            if (digits.Length < 2)
                return BadEscape(start, "two hexadecimal digits are needed");
        }
        return
            digits.Length <= 6
            && int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            && value <= CodePointSet.MaxCodePoint
            ? value
            : BadEscape(start, "not the hexadecimal number of a code point");
    }

    private int BadEscape(int start, string why)
    {
        _ = Refuse(RegexErrorCode.Escape, start, $"{_pattern[start.._position]}: {why}");
        return -1;
    }
}
