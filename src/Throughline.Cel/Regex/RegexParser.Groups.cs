using System.Globalization;
using System.Text;

namespace Throughline.Cel.Regex;

/// <summary>Groups and flags: <c>(x) (?P&lt;name&gt;x) (?&lt;name&gt;x) (?:x) (?i) (?i:x)</c>.</summary>
internal sealed partial class RegexParser
{
    private bool ParseGroup(List<RegexNode> items)
    {
        int start = _position;
        RegexFlags outer = _flags;
        int capture = -1;
        _position++;
        if (At('?'))
        {
            if (At("?P<") || (At("?<") && !At("?<=") && !At("?<!")))
            {
                if (!ReadGroupName(start))
                    return false;
                capture = _groupNames.Count - 1;
            }
            else
            {
                if (!ReadFlags(start))
                    return false;
                if (_pattern[_position++] == ')')
                    return true; // the flags hold to the end of the group around
            }
        }
        else
        {
            capture = _groupNames.Count;
            _groupNames.Add(null);
        }

        if (++_depth > RegexLimits.Nesting)
            return Fail(RegexErrorCode.TooLarge, start, "groups nest too deeply");
        RegexNode? item = ParseAlternation();
        if (item is null)
            return false;
        _depth--;
        if (!At(')'))
            return Fail(RegexErrorCode.Parenthesis, start, "missing ')' for this group");
        _position++;
        _flags = outer;
        items.Add(capture < 0 ? item : new RegexNode.Capture(item, capture));
        return true;
    }

    private bool ReadGroupName(int group)
    {
        int start = _pattern.IndexOf('<', group) + 1;
        int end = _pattern.IndexOf('>', start);
        if (end < 0)
            return Fail(RegexErrorCode.GroupName, group, "the group's name is not closed with '>'");
        string name = _pattern[start..end];
        if (name.Length == 0 || !name.EnumerateRunes().All(IsNameRune))
            return Fail(RegexErrorCode.GroupName, start, $"'{name}' is no name for a group");
        _groupNames.Add(name);
        _position = end + 1;
        return true;
    }

    private static bool IsNameRune(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.UppercaseLetter
                or UnicodeCategory.LowercaseLetter
                or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter
                or UnicodeCategory.OtherLetter
                or UnicodeCategory.LetterNumber
                or UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.DecimalDigitNumber
                or UnicodeCategory.ConnectorPunctuation;

    /// <summary>Reads <c>?ims-U</c> up to the colon or parenthesis that ends it, which it leaves.</summary>
    private bool ReadFlags(int group)
    {
        RegexFlags flags = _flags;
        bool off = false;
        bool any = false;
        for (_position++; !AtEnd; _position++)
        {
            char c = _pattern[_position];
            if (c is ':' or ')')
            {
                if (off && !any)
                    break;
                _flags = flags;
                return true;
            }
            if (c == '-' && !off)
            {
                off = true;
                any = false;
                continue;
            }
            if (FlagOf(c) is not RegexFlags flag)
                break;
            flags = off ? flags & ~flag : flags | flag;
            any = true;
        }
        string read = _pattern[group..Math.Min(_pattern.Length, _position + 1)];
        return Fail(RegexErrorCode.Group, group, $"{read}: {WhyNoGroup()}");
    }

    private static RegexFlags? FlagOf(char c) =>
        c switch
        {
            'i' => RegexFlags.FoldCase,
            'm' => RegexFlags.MultiLine,
            's' => RegexFlags.DotAll,
            'U' => RegexFlags.Ungreedy,
            _ => null,
        };

    private string WhyNoGroup() =>
        AtEnd
            ? "missing ')'"
            : _pattern[_position] switch
            {
                '=' or '!' => "lookahead cannot be matched in linear time, RE2 has none",
                '<' => "lookbehind cannot be matched in linear time, RE2 has none",
                '>' => "RE2 has no atomic groups, it never backtracks",
                '#' => "RE2 has no comments",
                'P' => "RE2 has no references to groups; a named group is (?P<name>...)",
                _ => "not one of RE2's flags i, m, s and U",
            };
}
