using System.Globalization;
using Throughline.Cel.Parse;
using Throughline.Cel.Values;
using static Throughline.Cel.Tests.Kit.Parsing;

namespace Throughline.Cel.Tests.Parse;

/// <summary>Every form of literal: its value, or why it has none.</summary>
public sealed class LiteralTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("007", 7)]
    [InlineData("0x0", 0)]
    [InlineData("0xfF", 255)]
    [InlineData("-0x10", -16)]
    [InlineData("- 1", -1)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("0x7fffffffffffffff", long.MaxValue)]
    [InlineData("-0x8000000000000000", long.MinValue)]
    public void Parse_Int_IsAConstant(string text, long expected)
    {
        Value value = Constant(text);
        Assert.True(value.IsInt);
        Assert.Equal(expected, value.Int);
    }

    [Theory]
    [InlineData("0u", 0)]
    [InlineData("42U", 42)]
    [InlineData("0xFFu", 255)]
    [InlineData("18446744073709551615u", ulong.MaxValue)]
    [InlineData("0xffffffffffffffffu", ulong.MaxValue)]
    public void Parse_Uint_IsAConstant(string text, ulong expected)
    {
        Value value = Constant(text);
        Assert.True(value.IsUint);
        Assert.Equal(expected, value.Uint);
    }

    [Theory]
    [InlineData("1.5", 1.5)]
    [InlineData(".5", 0.5)]
    [InlineData("-.5e1", -5.0)]
    [InlineData("1e3", 1000.0)]
    [InlineData("1E-3", 0.001)]
    [InlineData("1.0e+2", 100.0)]
    [InlineData("1e-400", 0.0)]
    [InlineData("1.7976931348623157e308", double.MaxValue)]
    public void Parse_Double_IsAConstant(string text, double expected)
    {
        Value value = Constant(text);
        Assert.True(value.IsDouble);
        Assert.Equal(expected, value.Double);
    }

    [Fact]
    public void Parse_MinusZero_KeepsItsSign() => Assert.True(double.IsNegative(Constant("-0.0").Double));

    [Theory]
    [InlineData("9223372036854775808", "int")]
    [InlineData("-9223372036854775809", "int")]
    [InlineData("0x8000000000000000", "int")]
    [InlineData("18446744073709551616u", "uint")]
    [InlineData("0x10000000000000000u", "uint")]
    [InlineData("1e309", "double")]
    public void Parse_NumberOutOfRange_SaysTheRange(string text, string type)
    {
        CelIssue issue = Issue(text);
        Assert.Equal(0, issue.Position);
        Assert.Contains($"range of {type}", issue.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("''", "")]
    [InlineData("\"it's\"", "it's")]
    [InlineData("'''a''b'''", "a''b")]
    [InlineData("\"\"\"a\"b\"\"\"", "a\"b")]
    [InlineData("\"\"\"\"\"\"", "")]
    [InlineData("'''\\''''", "'")]
    [InlineData("r'\\n'", "\\n")]
    [InlineData("R\"\\\"", "\\")]
    [InlineData("r'''\\'''", "\\")]
    [InlineData("'\\a\\b\\f\\n\\r\\t\\v\\\\\\?\\\"\\'\\`'", "\a\b\f\n\r\t\v\\?\"'`")]
    [InlineData("'\\x41\\X4a\\101\\377'", "AJA\u00ff")]
    [InlineData("'\\u00e9\\U0001F600'", "\u00e9\U0001F600")]
    [InlineData("'\\ud83d\\ude00'", "\U0001F600")]
    [InlineData("'\U0001F600'", "\U0001F600")]
    [InlineData("'\0\u0001\u007f\\000'", "\0\u0001\u007f\0")]
    [InlineData("'// no comment'", "// no comment")]
    [InlineData("'''a\nb\r\nc\rd\\r\\n'''", "a\nb\nc\nd\r\n")]
    public void Parse_String_IsAConstant(string text, string expected)
    {
        Value value = Constant(text);
        Assert.Equal(ValueKind.String, value.Kind);
        Assert.Equal(expected, value.String);
    }

    [Theory]
    [InlineData("b''", "")]
    [InlineData("b'abc'", "616263")]
    [InlineData("B\"\u00ff\"", "C3BF")]
    [InlineData("b'\\377\\xff\\303\\277'", "FFFFC3BF")]
    [InlineData("br'\\xff'", "5C786666")]
    [InlineData("bR'''\\\n\\'''", "5C0A5C")]
    [InlineData("b'\U0001F600'", "F09F9880")]
    [InlineData("b'\\000\0'", "0000")]
    public void Parse_Bytes_IsAConstant(string text, string expected)
    {
        Assert.True(Constant(text).TryGet(out CelBytes? bytes));
        Assert.Equal(expected, Convert.ToHexString(bytes.Data.Span));
    }

    [Theory]
    [InlineData("'ab\\q'", 3, "no such escape")]
    [InlineData("'\\x4'", 1, "2 hexadecimal digits follow \\x")]
    [InlineData("'\\x+1'", 1, "2 hexadecimal digits")]
    [InlineData("'\\u12g4'", 1, "4 hexadecimal digits")]
    [InlineData("'\\U0011FFFF'", 1, "no such code point")]
    [InlineData("'\\U0000D800'", 1, "no such code point")]
    [InlineData("'\\ud800'", 1, "surrogate")]
    [InlineData("'\\400'", 1, "no such escape")]
    [InlineData("'\\08'", 1, "octal escape has three digits")]
    [InlineData("b'\\u0041'", 2, "bytes take no \\u")]
    [InlineData("'abc", 0, "no closing '")]
    [InlineData("1 + 'abc\ndef'", 4, "no closing '")]
    [InlineData("'abc\\", 0, "no closing '")]
    [InlineData("'''abc''", 0, "no closing '''")]
    [InlineData("\"\"\"abc\"", 0, "no closing \"\"\"")]
    public void Parse_WrongString_SaysWhereAndWhy(string text, int position, string message)
    {
        CelIssue issue = Issue(text);
        Assert.Contains(message, issue.Message, StringComparison.Ordinal);
        Assert.Equal(position, issue.Position);
    }

    [Fact]
    public void Parse_HalfASurrogatePair_IsRefused()
    {
        Assert.Contains("surrogate", Issue("'\ud800'").Message, StringComparison.Ordinal);
        Assert.Contains("surrogate", Issue("b'a\udc00'").Message, StringComparison.Ordinal);
        Assert.Contains("surrogate", Issue("'\udc00\ud800'").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.foo()", "(.foo 1)")]
    [InlineData("1.e5", "(. 1 e5)")]
    [InlineData("-1.abs()", "(.abs -1)")]
    [InlineData("1-1", "(_-_ 1 1)")]
    [InlineData("a-1", "(_-_ a 1)")]
    [InlineData("a - -1", "(_-_ a -1)")]
    [InlineData("!a - b", "(_-_ (!_ a) b)")]
    [InlineData("-a - -b", "(_-_ (-_ a) (-_ b))")]
    [InlineData("--1", "(-_ -1)")]
    [InlineData("-(1)", "(-_ 1)")]
    [InlineData("-1u", "(-_ 1u)")]
    [InlineData("1in[1]", "(@in 1 [ 1])")]
    [InlineData("b", "b")]
    [InlineData("rb", "rb")]
    [InlineData("true==!false", "(_==_ true (!_ false))")]
    [InlineData("[null]", "[ null]")]
    public void Parse_TokensSideBySide_AreToldApart(string text, string shape) => Assert.Equal(shape, Shape(text));

    [Fact]
    public void Parse_AnyDouble_ReadsBackExactly()
    {
        Random random = Testing.Seeds.Random();
        for (int i = 0; i < 1000; i++)
        {
            double number = Math.Abs(BitConverter.Int64BitsToDouble(random.NextInt64()));
            if (double.IsFinite(number))
                Assert.Equal(number, Constant(number.ToString("E16", CultureInfo.InvariantCulture)).Double);
        }
    }

    private static Value Constant(string text) => Assert.IsType<Expr.Constant>(Parsed(text).Root).Value;
}
