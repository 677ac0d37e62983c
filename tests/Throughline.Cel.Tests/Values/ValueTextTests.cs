using Throughline.Cel.Tests.Kit;
using Throughline.Cel.Values;

namespace Throughline.Cel.Tests.Values;

/// <summary>Values as CEL text.</summary>
public sealed class ValueTextTests
{
    [Theory]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("-7")]
    [InlineData("7u")]
    [InlineData("1.0")]
    [InlineData("182000000.0")]
    [InlineData("1e+22")]
    [InlineData("double(\"NaN\")")]
    [InlineData("double(\"-Infinity\")")]
    [InlineData("\"a\\n\\\"\\\\\\u0001é😀\"")]
    [InlineData("b\"a\\x00\\xff\"")]
    [InlineData("[1, [2u], \"x\"]")]
    [InlineData("{\"a\": 1, 2: [true]}")]
    [InlineData("timestamp(\"2009-02-13T23:31:30Z\")")]
    [InlineData("duration(\"-1.5s\")")]
    [InlineData("optional.none()")]
    [InlineData("optional.of(\"x\")")]
    [InlineData("ip(\"2001:db8::68\")")]
    [InlineData("cidr(\"10.0.0.0/8\")")]
    [InlineData("google.protobuf.FieldMask{paths: [\"a\"]}")]
    [InlineData("google.protobuf.Timestamp")]
    public void Of_ValueOfText_IsTheText(string text) => Assert.Equal(text, Evaluating.Text(text));

    [Fact]
    public void Of_LoneSurrogate_IsReplaced() => Assert.Equal("\"\uFFFD\"", ValueText.Quote("\uD800"));
}
