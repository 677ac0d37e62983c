using Throughline.Cel.Tests.Kit;
using Throughline.Cel.Values;

namespace Throughline.Cel.Tests.Values;

/// <summary>Equality of values, and hashes that agree with it.</summary>
public sealed class ValueEqualityTests
{
    [Theory]
    [InlineData("1 == 1u", true)]
    [InlineData("1 == 1.0", true)]
    [InlineData("1 == '1'", false)]
    [InlineData("null == false", false)]
    [InlineData("[1, 2u, 3.0] == [1.0, 2, 3u]", true)]
    [InlineData("[1, 2] == [2, 1]", false)]
    [InlineData("[1] == [1, 1]", false)]
    [InlineData("{'a': 1, 'b': 2} == {'b': 2.0, 'a': 1u}", true)]
    [InlineData("{1: 'x'} == {1u: 'x'}", true)]
    [InlineData("{'a': 1} == {'b': 1}", false)]
    [InlineData("{'a': 1} == {'a': 1, 'b': 1}", false)]
    [InlineData("[double('NaN')] == [double('NaN')]", false)]
    [InlineData("cel.bind(x, [double('NaN')], x == x)", false)]
    [InlineData("optional.of(1) == optional.of(1.0)", true)]
    [InlineData("optional.of(1) == optional.none()", false)]
    [InlineData("optional.none() == optional.none()", true)]
    [InlineData("type([1]) == type(['a'])", true)]
    [InlineData("int == type(1u)", false)]
    [InlineData("b'a' == 'a'", false)]
    [InlineData("duration('60s') == duration('1m')", true)]
    [InlineData("timestamp('2020-01-01T00:00:00Z') == timestamp('2020-01-01T01:00:00+01:00')", true)]
    [InlineData("ip('::1') == ip('0:0:0:0:0:0:0:1')", true)]
    [InlineData("google.protobuf.Empty{} == google.protobuf.Empty{}", true)]
    [InlineData("google.protobuf.Empty{} == google.protobuf.FieldMask{}", false)]
    public void Equal_Values_AsTheSpecificationSays(string text, bool expected) =>
        Assert.Equal(Value.Of(expected).ToString(), Evaluating.Text(text));

    [Fact]
    public void GetHashCode_EqualValues_IsTheSame()
    {
        string[] texts =
        [
            "1",
            "1u",
            "1.0",
            "-1",
            "-1.0",
            "18446744073709551615u",
            "18446744073709549568u",
            "18446744073709549568.0",
            "9007199254740993",
            "9007199254740992",
            "9007199254740992.0",
            "0.0",
            "-0.0",
            "0",
            "1.5",
            "'a'",
            "b'a'",
            "null",
            "true",
            "[1, 2u]",
            "[1u, 2.0]",
            "{'a': 1, 'b': 2}",
            "{'b': 2, 'a': 1.0}",
            "optional.of(1)",
            "optional.of(1u)",
            "optional.none()",
            "duration('1s')",
            "timestamp(1)",
            "int",
            "ip('127.0.0.1')",
            "google.protobuf.Empty{}",
        ];
        Value[] values = [.. texts.Select(x => Evaluating.Evaluate(x))];
        int pairs = 0;
        foreach (Value a in values)
        foreach (Value b in values)
        {
            if (!ValueEquality.Equal(a, b))
                continue;
            pairs++;
            Assert.Equal(ValueComparer.Instance.GetHashCode(a), ValueComparer.Instance.GetHashCode(b));
        }
        Assert.True(pairs > texts.Length, "no two different texts were equal");
    }
}
