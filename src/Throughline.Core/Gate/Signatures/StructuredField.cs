using System.Globalization;
using System.Text;

namespace Throughline.Core.Gate.Signatures;

/// <summary>A parameter of an item or list.</summary>
/// <param name="Value">As it is serialised: <c>123</c>, <c>"text"</c>, <c>:base64:</c>, <c>token</c>, <c>?1</c>.</param>
internal readonly record struct FieldParameter(string Name, string Value)
{
    /// <summary>The text of a string; null if it is none.</summary>
    public string? Text => StructuredField.TextOf(Value);

    /// <summary>The whole number; null if it is none.</summary>
    public long? Number =>
        long.TryParse(Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : null;
}

/// <summary>An item with its parameters.</summary>
/// <param name="Value">As it is serialised.</param>
internal sealed record FieldItem(string Value, IReadOnlyList<FieldParameter> Parameters);

/// <summary>A member of a dictionary: an item, or an inner list of items.</summary>
/// <param name="Items">Null: it is an item.</param>
internal sealed record FieldMember(
    string Key,
    string Value,
    IReadOnlyList<FieldItem>? Items,
    IReadOnlyList<FieldParameter> Parameters
)
{
    /// <summary>The parameter of a name; default if there is none.</summary>
    public FieldParameter this[string name] => Parameters.FirstOrDefault(parameter => parameter.Name == name);
}

/// <summary>
/// Reads Structured Field Values (RFC 9651) as far as signatures need them: dictionaries and items, and what they are serialised as. Strict: what
/// the RFC's parser refuses is refused here.
/// </summary>
internal ref struct StructuredField
{
    /// <summary>Longer fields are refused.</summary>
    public const int LengthMax = 8_192;

    private const int PartsMax = 64;

    private readonly ReadOnlySpan<char> text;
    private int at;
    private bool failed;

    private StructuredField(ReadOnlySpan<char> text) => this.text = text;

    /// <summary>A dictionary; null if the text is none. Of a key that stands twice the last member counts, as the RFC has it.</summary>
    public static IReadOnlyList<FieldMember>? Dictionary(ReadOnlySpan<char> text)
    {
        StructuredField reader = new(text);
        return text.Length > LengthMax ? null : reader.ReadDictionary();
    }

    /// <summary>An item; null if the text is none.</summary>
    public static FieldItem? Item(ReadOnlySpan<char> text)
    {
        if (text.Length > LengthMax)
            return null;
        StructuredField reader = new(text);
        reader.Spaces();
        FieldItem item = reader.ReadItem();
        reader.Spaces();
        return reader.failed || reader.at < text.Length ? null : item;
    }

    /// <summary>An inner list with its parameters, as it is serialised.</summary>
    public static string Serialise(IReadOnlyList<FieldItem> items, IReadOnlyList<FieldParameter> parameters)
    {
        StringBuilder target = new("(");
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0)
                target.Append(' ');
            target.Append(items[i].Value);
            Serialise(target, items[i].Parameters);
        }
        target.Append(')');
        Serialise(target, parameters);
        return target.ToString();
    }

    /// <summary>Appends parameters as they are serialised.</summary>
    public static void Serialise(StringBuilder target, IReadOnlyList<FieldParameter> parameters)
    {
        foreach (FieldParameter parameter in parameters)
        {
            target.Append(';').Append(parameter.Name);
            if (parameter.Value != "?1")
                target.Append('=').Append(parameter.Value);
        }
    }

    /// <summary>The text of a serialised string; null if it is none.</summary>
    public static string? TextOf(string? value) =>
        value is not ['"', .., '"'] ? null
        : value.Contains('\\', StringComparison.Ordinal) ? Unescape(value[1..^1])
        : value[1..^1];

    /// <summary>The bytes of a serialised byte sequence; null if it is none.</summary>
    public static byte[]? BytesOf(string value)
    {
        if (value is not [':', .., ':'] || value.Length % 4 != 2)
            return null;
        byte[] bytes = new byte[value.Length];
        return Convert.TryFromBase64Chars(value.AsSpan(1, value.Length - 2), bytes, out int size)
            ? bytes[..size]
            : null;
    }

    private readonly bool IsAtEnd => at >= text.Length;

    private readonly char Next => at < text.Length ? text[at] : '\0';

    private IReadOnlyList<FieldMember>? ReadDictionary()
    {
        List<FieldMember> members = [];
        Spaces();
        while (!IsAtEnd && !failed)
        {
            string key = ReadKey();
            FieldMember member = Take('=') ? ReadValue(key) : new(key, "?1", null, ReadParameters());
            members.RemoveAll(other => other.Key == key);
            members.Add(member);
            WhiteSpace();
            if (IsAtEnd)
                break;
            if (!Take(',') || members.Count >= PartsMax)
                return null;
            WhiteSpace();
            failed |= IsAtEnd; // a comma at the end
        }
        return failed ? null : members;
    }

    private FieldMember ReadValue(string key)
    {
        if (Next != '(')
        {
            FieldItem item = ReadItem();
            return new(key, item.Value, null, item.Parameters);
        }
        at++;
        List<FieldItem> items = [];
        while (!failed)
        {
            Spaces();
            if (Take(')'))
                return new(key, "", items, ReadParameters());
            items.Add(ReadItem());
            failed |= items.Count > PartsMax || Next is not (' ' or ')');
        }
        return new(key, "", items, []);
    }

    private FieldItem ReadItem() => new(ReadBare(), ReadParameters());

    private List<FieldParameter> ReadParameters()
    {
        List<FieldParameter> parameters = [];
        while (!failed && Take(';'))
        {
            Spaces();
            string name = ReadKey();
            string value = Take('=') ? ReadBare() : "?1";
            parameters.RemoveAll(other => other.Name == name);
            parameters.Add(new(name, value));
            failed |= parameters.Count > PartsMax;
        }
        return parameters;
    }

    private string ReadKey()
    {
        int start = at;
        if (!char.IsAsciiLetterLower(Next) && Next != '*')
            failed = true;
        while (
            char.IsAsciiLetterLower(Next) || char.IsAsciiDigit(Next) || (!IsAtEnd && Next is '_' or '-' or '.' or '*')
        )
            at++;
        return text[start..at].ToString();
    }

    private string ReadBare() =>
        Next switch
        {
            '"' => ReadString(),
            ':' => ReadBytes(),
            '?' => ReadFlag(),
            '-' or (>= '0' and <= '9') => ReadNumber(),
            _ => ReadToken(),
        };

    private string ReadString()
    {
        int start = at++;
        while (!IsAtEnd && Next != '"')
        {
            if (Next is < ' ' or > '~')
                break;
            if (Next == '\\')
            {
                at++;
                if (Next is not ('"' or '\\'))
                    break;
            }
            at++;
        }
        failed |= !Take('"');
        return failed ? "" : text[start..at].ToString();
    }

    private string ReadBytes()
    {
        int start = at++;
        while (char.IsAsciiLetterOrDigit(Next) || (!IsAtEnd && Next is '+' or '/' or '='))
            at++;
        failed |= !Take(':');
        return failed ? "" : text[start..at].ToString();
    }

    private string ReadFlag()
    {
        at++;
        failed |= Next is not ('0' or '1');
        at++;
        return failed ? "" : text[(at - 2)..at].ToString();
    }

    // Whole numbers of at most 15 digits; decimals are in no field that is read here, and refused.
    private string ReadNumber()
    {
        int start = at;
        Take('-');
        int digits = at;
        while (char.IsAsciiDigit(Next))
            at++;
        failed |= at == digits || at - digits > 15 || Next == '.';
        return failed
            ? ""
            : long.Parse(text[start..at], CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
    }

    private string ReadToken()
    {
        int start = at;
        failed |= !char.IsAsciiLetter(Next) && Next != '*';
        while (
            char.IsAsciiLetterOrDigit(Next)
            || (!IsAtEnd && "!#$%&'*+-.^_`|~:/".Contains(Next, StringComparison.Ordinal))
        )
            at++;
        return failed ? "" : text[start..at].ToString();
    }

    private bool Take(char c)
    {
        if (IsAtEnd || Next != c)
            return false;
        at++;
        return true;
    }

    private void Spaces()
    {
        while (Next == ' ')
            at++;
    }

    private void WhiteSpace()
    {
        while (!IsAtEnd && Next is ' ' or '\t')
            at++;
    }

    private static string Unescape(string text)
    {
        StringBuilder plain = new(text.Length);
        for (int i = 0; i < text.Length; i++)
            plain.Append(text[i] == '\\' ? text[++i] : text[i]);
        return plain.ToString();
    }
}
