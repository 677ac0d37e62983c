using Throughline.Cel.Tests.Kit;

namespace Throughline.Cel.Tests.Library;

/// <summary>Sets, lists, regular expressions, optionals and strings: what the suite does not cover.</summary>
public sealed class ExtensionTests
{
    [Theory]
    [InlineData("sets.contains([1, 2, 3], [2.0, 3u])", "true")]
    [InlineData("sets.contains([1], [1, 2])", "false")]
    [InlineData("sets.contains([], [])", "true")]
    [InlineData("sets.equivalent([1, 2, 2], [2u, 1.0])", "true")]
    [InlineData("sets.equivalent([1], [1, 2])", "false")]
    [InlineData("sets.intersects([1, 2], [3, 2.0])", "true")]
    [InlineData("sets.intersects([1], [])", "false")]
    [InlineData("sets.contains([[1]], [[1.0]])", "true")]
    public void Sets_Lists_CompareByEquality(string text, string expected) =>
        Assert.Equal(expected, Evaluating.Text(text));

    [Theory]
    [InlineData("[1, 2, 3, 4].slice(1, 3)", "[2, 3]")]
    [InlineData("[1].slice(0, 0)", "[]")]
    [InlineData("[[1, 2], [3], []].flatten()", "[1, 2, 3]")]
    [InlineData("[1, [2, [3, [4]]]].flatten(2)", "[1, 2, 3, [4]]")]
    [InlineData("[1, [2]].flatten(0)", "[1, [2]]")]
    [InlineData("[3, 1, 2].sort()", "[1, 2, 3]")]
    [InlineData("['b', 'a', '\\U00010000', '\\uffff'].sort()", "[\"a\", \"b\", \"\uffff\", \"\U00010000\"]")]
    [InlineData("[].sort()", "[]")]
    [InlineData("['cc', 'a', 'bb', 'b'].sortBy(x, size(x))", "[\"a\", \"b\", \"cc\", \"bb\"]")]
    [InlineData("[3, 1, 2].sortBy(x, -x)", "[3, 2, 1]")]
    [InlineData("[[2, 1], [1]].map(x, x.sortBy(y, [y].sortBy(z, z)[0]))", "[[1, 2], [1]]")]
    [InlineData("[].sortBy(x, x)", "[]")]
    [InlineData("['cc', 'a', 'bb'].@sortByAssociatedKeys([2, 1, 2])", null)]
    [InlineData("[1, 1.0, 2u, 2, 'a'].distinct()", "[1, 2u, \"a\"]")]
    [InlineData("[1, 2, 3].reverse()", "[3, 2, 1]")]
    [InlineData("lists.range(4)", "[0, 1, 2, 3]")]
    [InlineData("lists.range(-1)", "[]")]
    [InlineData("[1, 2].first().value() + [1, 2].last().value()", "3")]
    [InlineData("[].first().hasValue()", "false")]
    public void Lists_Functions_GiveNewLists(string text, string? expected)
    {
        // A name with @ is for macros only.
        if (expected is null)
            Assert.NotEmpty(Parsing.Issues(text));
        else
            Assert.Equal(expected, Evaluating.Text(text));
    }

    [Theory]
    [InlineData("[1].slice(0, 2)")]
    [InlineData("[1].slice(1, 0)")]
    [InlineData("[1].slice(-1, 0)")]
    [InlineData("[1, 'a'].sort()")]
    [InlineData("[1, 2.0].sort()")]
    [InlineData("[[1], [2]].sort()")]
    [InlineData("[1, 2].sortBy(x, [x])")]
    [InlineData("[1, 2].sortBy(x, x == 1 ? dyn(1) : dyn('a'))")]
    [InlineData("{1: 2}.sortBy(x, x)")]
    [InlineData("[1].flatten(-1)")]
    [InlineData("lists.range(1000001)")]
    public void Lists_WrongArguments_AreErrors(string text) => Assert.NotEmpty(Evaluating.Error(text));

    [Theory]
    [InlineData("regex.replace('banana', 'a', 'x')", "\"bxnxnx\"")]
    [InlineData("regex.replace('banana', 'a', 'x', 2)", "\"bxnxna\"")]
    [InlineData("regex.replace('banana', 'a', 'x', 0)", "\"banana\"")]
    [InlineData("regex.replace('foo bar', r'(fo)o (b)', r'\\2\\1\\0\\\\')", "\"bfofoo b\\\\ar\"")]
    [InlineData("regex.replace('abc', 'x*', '-')", "\"-a-b-c-\"")]
    [InlineData("regex.replace('baaac', 'a*', 'x')", "\"xbxcx\"")]
    [InlineData("regex.replace('😀😀', '', '-')", "\"-😀-😀-\"")]
    [InlineData("regex.extract('item-A, item-B', r'item-(\\w)')", "optional.of(\"A\")")]
    [InlineData("regex.extract('item-A', r'item-\\w')", "optional.of(\"item-A\")")]
    [InlineData("regex.extract('nothing', r'(\\d)')", "optional.none()")]
    [InlineData("regex.extract('b', 'b|(a)')", "optional.none()")]
    [InlineData("regex.extractAll('a1b22', r'\\d+')", "[\"1\", \"22\"]")]
    [InlineData("regex.extractAll('k=1,k=2', r'k=(\\d)')", "[\"1\", \"2\"]")]
    [InlineData("regex.extractAll('x', 'y')", "[]")]
    public void Regex_Functions_ReplaceAndExtract(string text, string expected) =>
        Assert.Equal(expected, Evaluating.Text(text));

    [Theory]
    [InlineData("regex.replace('a', '(', 'x')")]
    [InlineData("regex.replace('a', 'a', r'\\1')")]
    [InlineData("regex.replace('a', 'a', r'\\x')")]
    [InlineData("regex.replace('a', 'a', '\\\\')")]
    [InlineData("regex.extract('ab', '(a)(b)')")]
    [InlineData("regex.extractAll('ab', '(a)(b)')")]
    [InlineData("'a'.matches('(?=a)')")]
    [InlineData("'a'.matches('(')")]
    public void Regex_WrongArguments_AreErrors(string text) => Assert.NotEmpty(Evaluating.Error(text));

    [Theory]
    [InlineData("optional.unwrap([optional.of(1), optional.none(), optional.of(2)])", "[1, 2]")]
    [InlineData("[optional.of(1)].unwrapOpt()", "[1]")]
    [InlineData("optional.of(1).orValue(1 / 0)", "1")]
    [InlineData("optional.of(1).or(1 / 0)", "optional.of(1)")]
    [InlineData("optional.ofNonZeroValue(duration('0s'))", "optional.none()")]
    [InlineData("optional.ofNonZeroValue(b'')", "optional.none()")]
    [InlineData("optional.ofNonZeroValue(google.protobuf.Empty{})", "optional.none()")]
    [InlineData("optional.ofNonZeroValue(google.protobuf.FieldMask{paths: ['a']}).hasValue()", "true")]
    public void Optionals_Functions_AsExpected(string text, string expected) =>
        Assert.Equal(expected, Evaluating.Text(text));

    [Theory]
    [InlineData("optional.none().value()")]
    [InlineData("optional.none().orValue(1 / 0)")]
    [InlineData("optional.none().or(1)")]
    [InlineData("[?1]")]
    public void Optionals_Misuse_IsAnError(string text) => Assert.NotEmpty(Evaluating.Error(text));

    [Theory]
    [InlineData("'😀a😀'.charAt(2)", "\"😀\"")]
    [InlineData("'😀a😀'.indexOf('a')", "1")]
    [InlineData("'😀a😀'.lastIndexOf('😀')", "2")]
    [InlineData("'😀a😀'.substring(1, 3)", "\"a😀\"")]
    [InlineData("'😀a'.reverse()", "\"a😀\"")]
    [InlineData("size('😀a😀')", "3")]
    [InlineData("'ab'.replace('', '-')", "\"-a-b-\"")]
    [InlineData("'ab'.replace('', '-', 2)", "\"-a-b\"")]
    [InlineData("'ab'.replace('b', '')", "\"a\"")]
    [InlineData("'😀b'.split('')", "[\"😀\", \"b\"]")]
    [InlineData("'abc'.split('', 2)", "[\"a\", \"bc\"]")]
    [InlineData("''.split(',')", "[\"\"]")]
    [InlineData("'a,b,c'.split(',', 2)", "[\"a\", \"b,c\"]")]
    [InlineData("'aaa'.lastIndexOf('a', 1)", "1")]
    [InlineData("base64.encode(b'\\xff\\xfe')", "\"//4=\"")]
    [InlineData("math.sqrt(16u)", "4.0")]
    public void Strings_CodePoints_AreCounted(string text, string expected) =>
        Assert.Equal(expected, Evaluating.Text(text));

    [Theory]
    [InlineData("base64.decode('a')")]
    [InlineData("base64.decode('a b=')")]
    [InlineData("base64.decode('Zm9v!')")]
    [InlineData("double('1e999')")]
    [InlineData("double(' 1')")]
    [InlineData("int('1 ')")]
    [InlineData("int('0x10')")]
    [InlineData("uint('-1')")]
    [InlineData("-9223372036854775808 % -1")]
    [InlineData("string(b'\\xff')")]
    [InlineData("duration(9223372036854775807) + timestamp(253402300799)")]
    public void Conversions_WhatDoesNotFit_IsAnError(string text) => Assert.NotEmpty(Evaluating.Error(text));
}
