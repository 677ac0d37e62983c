namespace Throughline.Cel.Regex;

/// <summary>Repetitions: <c>* + ? {n} {n,} {n,m}</c>, each with <c>?</c> for as few as possible.</summary>
internal sealed partial class RegexParser
{
    private readonly record struct Repetition(int Start, int End, int Min, int Max);

    /// <summary>Reads an operator; false, and nothing is read, if there is none. Braces of another shape are literals.</summary>
    private bool TryReadRepetition(out Repetition repetition)
    {
        int start = _position;
        (int min, int max) = (0, -1);
        switch (_pattern[_position])
        {
            case '*':
                _position++;
                break;
            case '+':
                _position++;
                min = 1;
                break;
            case '?':
                _position++;
                max = 1;
                break;
            case '{' when TryReadCounts(out min, out max):
                break;
            default:
                repetition = default;
                return false;
        }
        repetition = new Repetition(start, _position, min, max);
        return true;
    }

    /// <summary>Applies a repetition to the last item.</summary>
    /// <param name="previous">Where the repetition stands that the last item already carries; -1 if none.</param>
    private bool Repeat(List<RegexNode> items, Repetition repetition, int previous)
    {
        bool greedy = !_flags.HasFlag(RegexFlags.Ungreedy);
        if (At('?'))
        {
            greedy = !greedy;
            _position++;
        }
        (int start, int end, int min, int max) = repetition;
        if (previous >= 0)
        {
            string both = _pattern[previous.._position];
            return Fail(RegexErrorCode.RepetitionOperator, previous, $"bad repetition operator: {both}");
        }
        string text = _pattern[start..end];
        if (items.Count == 0)
            return Fail(RegexErrorCode.RepetitionOperator, start, $"nothing to repeat before {text}");
        if (min > RegexLimits.Repetition || max > RegexLimits.Repetition)
            return Fail(RegexErrorCode.RepetitionSize, start, $"repetition {text} is above 1000");
        if (max >= 0 && max < min)
            return Fail(RegexErrorCode.RepetitionSize, start, $"repetition {text} runs backwards");
        var node = new RegexNode.Repeat(items[^1], min, max, greedy);
        if (node.Counts > RegexLimits.Repetition)
            return Fail(
                RegexErrorCode.RepetitionSize,
                start,
                $"with {text} nested repetitions multiply to more than 1000"
            );
        items[^1] = max == 0 ? RegexNode.Nothing : node;
        return true;
    }

    private bool TryReadCounts(out int min, out int max)
    {
        int start = _position++;
        if (TryReadNumber(out min))
        {
            max = min;
            if (At(','))
            {
                _position++;
                if (!TryReadNumber(out max))
                    max = -1;
            }
            if (At('}'))
            {
                _position++;
                return true;
            }
        }
        _position = start;
        max = -1;
        return false;
    }

    // A number with leading zeros is none; one that is much too large stays so.
    private bool TryReadNumber(out int number)
    {
        number = 0;
        int start = _position;
        while (!AtEnd && char.IsAsciiDigit(_pattern[_position]))
            number = Math.Min((number * 10) + (_pattern[_position++] - '0'), 1_000_000);
        return _position > start && (_pattern[start] != '0' || _position == start + 1);
    }

    private bool Fail(RegexErrorCode code, int position, string message)
    {
        _ = Refuse(code, position, message);
        return false;
    }
}
