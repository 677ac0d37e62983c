namespace Throughline.Cli.Attribution.Conformance.Ara;

/// <summary>
/// Headers that hand a registration to the operating system: a list of addresses, as structured fields (RFC 9651) are written. Other
/// members than texts count for nothing.
/// </summary>
internal static class AraOs
{
    private const string DebugReporting = "debug-reporting";

    /// <summary>Addresses, and whether each wants debug reports; null: it is no such list.</summary>
    public static List<(string Url, bool WantsDebugReports)>? Read(string header)
    {
        List<(string, bool)> found = [];
        Cursor at = new(header);
        at.Skip();
        while (!at.IsEnd)
        {
            if (!at.TryItem(out string? text) || !at.TryParameters(out HashSet<string> parameters))
                return null;
            if (text is not null && AraParse.IsTrustworthy(text))
                found.Add((text, parameters.Contains(DebugReporting)));
            at.Skip();
            if (at.IsEnd)
                break;
            if (!at.Take(','))
                return null;
            at.Skip();
            if (at.IsEnd)
                return null; // nothing follows the comma
        }
        return found;
    }

    private struct Cursor(string header)
    {
        private int place;

        public readonly bool IsEnd => place == header.Length;

        private readonly char Next => IsEnd ? '\0' : header[place];

        public bool Take(char wanted)
        {
            bool found = Next == wanted && !IsEnd;
            place += found ? 1 : 0;
            return found;
        }

        public void Skip()
        {
            while (Next is ' ' or '\t')
                place++;
        }

        // A text gives itself; a number, token or truth value null.
        public bool TryItem(out string? text)
        {
            text = null;
            if (Take('"'))
                return TryText(out text);
            if (Take('?'))
                return Take('0') || Take('1');
            bool isNumber = char.IsAsciiDigit(Next) || Next == '-';
            if (!isNumber && !char.IsAsciiLetter(Next) && Next != '*')
                return false;
            int start = place;
            while (isNumber ? char.IsAsciiDigit(Next) || Next is '-' or '.' : IsToken(Next))
                place++;
            return !isNumber
                || decimal.TryParse(header[start..place], System.Globalization.CultureInfo.InvariantCulture, out _);
        }

        public bool TryParameters(out HashSet<string> names)
        {
            names = new(StringComparer.Ordinal);
            while (Take(';'))
            {
                while (Take(' ')) { }
                int start = place;
                if (!char.IsAsciiLetterLower(Next) && Next != '*')
                    return false;
                while (char.IsAsciiLetterLower(Next) || char.IsAsciiDigit(Next) || Next is '_' or '-' or '.' or '*')
                    place++;
                string name = header[start..place];
                bool isFalse = place + 2 < header.Length && header.AsSpan(place).StartsWith("=?0");
                if (Take('=') && !TryItem(out _))
                    return false;
                if (isFalse)
                    names.Remove(name);
                else
                    names.Add(name);
            }
            return true;
        }

        private bool TryText(out string? text)
        {
            System.Text.StringBuilder read = new();
            text = null;
            for (; !IsEnd; place++)
            {
                if (Take('"'))
                {
                    text = read.ToString();
                    return true;
                }
                if (Next == '\\')
                    place++;
                if (Next is < ' ' or > '~')
                    return false;
                read.Append(Next);
            }
            return false;
        }

        private static bool IsToken(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~:/".Contains(c);
    }
}
