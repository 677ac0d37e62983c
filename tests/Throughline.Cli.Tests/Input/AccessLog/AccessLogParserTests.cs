using System.Text;
using Throughline.Cli.Input;
using Throughline.Cli.Input.AccessLog;

namespace Throughline.Cli.Tests.Input.AccessLog;

public sealed class AccessLogParserTests
{
    private const string Time = "[17/May/2015:10:05:03 +0000]";

    /// <summary>The fields as one text: easy to compare and to read in a failure.</summary>
    private static string Parse(string line)
    {
        InputReason reason = AccessLogParser.Parse(Encoding.Latin1.GetBytes(line), out AccessLogLine fields);
        if (reason != InputReason.None)
            return reason.ToString();
        string Text(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? "" : Encoding.Latin1.GetString(bytes);
        return string.Join(
            '|',
            Text(fields.Address),
            Text(fields.User),
            fields.IsMalformed ? "malformed" : Text(fields.Method),
            Text(fields.Host),
            Text(fields.Path),
            fields.Status,
            fields.Bytes,
            Text(fields.Referrer),
            Text(fields.UserAgent)
        );
    }

    [Theory]
    [InlineData(
        $"1.2.3.4 - - {Time} \"GET /a?b=c HTTP/1.1\" 200 12 \"http://r/\" \"UA 1\"",
        "1.2.3.4||GET||/a?b=c|200|12|http://r/|UA 1"
    )]
    [InlineData($"1.2.3.4 - - {Time} \"GET /a HTTP/1.1\" 304 -", "1.2.3.4||GET||/a|304|||")]
    [InlineData($"2001:db8::7 - - {Time} \"POST / HTTP/2.0\" 201 0 \"-\" \"-\"", "2001:db8::7||POST||/|201|0||")]
    [InlineData($"::ffff:1.2.3.4 id frank {Time} \"GET / HTTP/1.0\" 200 1", "::ffff:1.2.3.4|frank|GET||/|200|1||")]
    [InlineData($"1.2.3.4 - a [b] c {Time} \"GET / HTTP/1.0\" 200 1", "1.2.3.4|a [b] c|GET||/|200|1||")]
    [InlineData($"1.2.3.4 - \"\" {Time} \"GET / HTTP/1.0\" 401 1", "1.2.3.4||GET||/|401|1||")]
    [InlineData($"1.2.3.4 - - {Time} \"-\" 408 - \"-\" \"-\"", "1.2.3.4||malformed|||408|||")]
    [InlineData($"1.2.3.4 - - {Time} \"\" 400 0 \"-\" \"-\"", "1.2.3.4||malformed|||400|0||")]
    [InlineData($"1.2.3.4 - - {Time} \"\\x16\\x03\\x01\" 400 226", "1.2.3.4||malformed|||400|226||")]
    [InlineData($"1.2.3.4 - - {Time} \"hello world\" 400 0", "1.2.3.4||malformed|||400|0||")]
    [InlineData($"1.2.3.4 - - {Time} \"GET /old\" 200 5", "1.2.3.4||GET||/old|200|5||")]
    [InlineData($"1.2.3.4 - - {Time} \"GET /a b c HTTP/1.1\" 200 5", "1.2.3.4||GET||/a b c|200|5||")]
    [InlineData(
        $"1.2.3.4 - - {Time} \"GET http://h.example:80/p?q HTTP/1.1\" 200 5",
        "1.2.3.4||GET|h.example:80|/p?q|200|5||"
    )]
    [InlineData($"1.2.3.4 - - {Time} \"GET http://u:p@h.example HTTP/1.1\" 200 5", "1.2.3.4||GET|h.example|/|200|5||")]
    [InlineData(
        $"1.2.3.4 - - {Time} \"CONNECT h.example:443 HTTP/1.1\" 405 5",
        "1.2.3.4||CONNECT|h.example:443||405|5||"
    )]
    [InlineData($"1.2.3.4 - - {Time} \"OPTIONS * HTTP/1.1\" 200 5", "1.2.3.4||OPTIONS||*|200|5||")]
    [InlineData($"1.2.3.4 - - {Time} \"GET / HTTP/1.1\" 000 0", "1.2.3.4||GET||/||0||")]
    [InlineData($"1.2.3.4 - - {Time} \"GET / HTTP/1.1\" - -", "1.2.3.4||GET||/||||")]
    [InlineData(
        $"1.2.3.4 - - {Time} \"GET /\\\"q\\\" HTTP/1.1\" 200 5 \"a\\\\\" \"b\\x22c\"",
        "1.2.3.4||GET||/\\\"q\\\"|200|5|a\\\\|b\\x22c"
    )]
    [InlineData(
        $"1.2.3.4 - - {Time} \"GET / HTTP/1.1\" 200 5 \"-\" \"UA\" 0.001 \"more\"",
        "1.2.3.4||GET||/|200|5||UA"
    )]
    [InlineData($"www.x.org:443 1.2.3.4 - - {Time} \"GET /a HTTP/1.1\" 200 5", "1.2.3.4||GET|www.x.org:443|/a|200|5||")]
    [InlineData($"x.org 1.2.3.4 - 7bde94 - {Time} \"GET /a HTTP/1.1\" 200 5", "1.2.3.4||GET|x.org|/a|200|5||")]
    [InlineData(
        $"x.org 1.2.3.4 - frank {Time} \"GET http://y.org/a HTTP/1.1\" 200 5",
        "1.2.3.4|frank|GET|y.org|/a|200|5||"
    )]
    public void Parse_RealForms_GiveTheirFields(string line, string expected) => Assert.Equal(expected, Parse(line));

    [Theory]
    [InlineData("", InputReason.NotALogLine)]
    [InlineData("nonsense", InputReason.NotALogLine)]
    [InlineData("1.2.3.4 - - no time", InputReason.NotALogLine)]
    [InlineData($"www.example.org - - {Time} \"GET / HTTP/1.1\" 200 5", InputReason.AddressInvalid)]
    [InlineData($"unix: - - {Time} \"GET / HTTP/1.1\" 200 5", InputReason.AddressInvalid)]
    [InlineData($"1.2.3 - - {Time} \"GET / HTTP/1.1\" 200 5", InputReason.AddressInvalid)]
    [InlineData($"1.2.3.256 - - {Time} \"GET / HTTP/1.1\" 200 5", InputReason.AddressInvalid)]
    [InlineData("1.2.3.4 - - [17/May/2015:10:05:03] \"GET / HTTP/1.1\" 200 5", InputReason.TimeInvalid)]
    [InlineData("1.2.3.4 - - [31/Feb/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5", InputReason.TimeInvalid)]
    [InlineData("1.2.3.4 - - [17/May/2015:10:05:03 +0000", InputReason.TimeInvalid)]
    [InlineData($"1.2.3.4 - - {Time}", InputReason.NotALogLine)]
    [InlineData($"1.2.3.4 - - {Time} GET / 200 5", InputReason.NotALogLine)]
    [InlineData($"1.2.3.4 - - {Time} \"GET / HTTP/1.1 200 5", InputReason.QuoteOpen)]
    [InlineData($"1.2.3.4 - - {Time} \"GET / HTTP/1.1\\\" 200 5", InputReason.QuoteOpen)]
    [InlineData($"1.2.3.4 - - {Time} \"GET / HTTP/1.1\"", InputReason.StatusInvalid)]
    [InlineData($"1.2.3.4 - - {Time} \"GET \"/\" HTTP/1.1\" 200 5", InputReason.StatusInvalid)]
    [InlineData($"1.2.3.4 - - {Time} \"GET / HTTP/1.1\" 20 5", InputReason.StatusInvalid)]
    [InlineData($"1.2.3.4 - - {Time} \"GET / HTTP/1.1\" 020 5", InputReason.StatusInvalid)]
    [InlineData($"1.2.3.4 - - {Time} \"GET / HTTP/1.1\" +20 5", InputReason.StatusInvalid)]
    [InlineData($"1.2.3.4 - - {Time} \"GET / HTTP/1.1\" 200", InputReason.BytesInvalid)]
    [InlineData($"1.2.3.4 - - {Time} \"GET / HTTP/1.1\" 200 -5", InputReason.BytesInvalid)]
    [InlineData($"1.2.3.4 - - {Time} \"GET / HTTP/1.1\" 200 99999999999999999999", InputReason.BytesInvalid)]
    [InlineData($"1.2.3.4 - - {Time} \"GET / HTTP/1.1\" 200 5 \"http://r/\"", InputReason.NotALogLine)]
    [InlineData($"1.2.3.4 - - {Time} \"GET / HTTP/1.1\" 200 5 \"http://r/\" \"Mozilla/5.0 (cut", InputReason.QuoteOpen)]
    [InlineData($"1.2.3.4 - - {Time} \"GET / HTTP/1.1\" 200 5 \"http://r/\" \"a\"b\"", InputReason.NotALogLine)]
    internal void Parse_BadLines_SayWhy(string line, InputReason expected) =>
        Assert.Equal(expected.ToString(), Parse(line));

    [Fact]
    public void Parse_EveryPrefixOfALine_IsRejectedOrIsALineItself()
    {
        string line = $"1.2.3.4 - - {Time} \"GET /a?b=c HTTP/1.1\" 200 12 \"http://r/\" \"UA 1\"";
        HashSet<string> accepted = [];
        for (int length = 0; length <= line.Length; length++)
        {
            InputReason reason = AccessLogParser.Parse(Encoding.ASCII.GetBytes(line[..length]), out _);
            if (reason == InputReason.None)
                accepted.Add(line[..length]);
        }

        string common = line[..(line.IndexOf(" 12 ", StringComparison.Ordinal) + 3)];
        Assert.Equal([common[..^1], common, line], accepted);
    }
}
