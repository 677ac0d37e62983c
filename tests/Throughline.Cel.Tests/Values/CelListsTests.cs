using Throughline.Cel.Tests.Kit;
using Throughline.Cel.Values;

namespace Throughline.Cel.Tests.Values;

/// <summary>Lists and maps that share what they hold.</summary>
public sealed class CelListsTests
{
    [Fact]
    public void Concat_SamePrefixTwice_KeepsBothApart()
    {
        CelList start = CelLists.Concat(CelLists.Of(Value.Of(1L)), CelLists.Of(Value.Of(2L)));
        CelList a = CelLists.Append(start, Value.Of(3L));
        CelList b = CelLists.Append(start, Value.Of(4L));

        Assert.Equal("[1, 2]", Value.Of(start).ToString());
        Assert.Equal("[1, 2, 3]", Value.Of(a).ToString());
        Assert.Equal("[1, 2, 4]", Value.Of(b).ToString());
    }

    [Fact]
    public void Concat_ListWithItself_Doubles()
    {
        CelList list = CelLists.Append(CelLists.Of(Value.Of(1L)), Value.Of(2L));

        Assert.Equal("[1, 2, 1, 2]", Value.Of(CelLists.Concat(list, list)).ToString());
    }

    [Fact]
    public void Concat_ElementByElement_TakesLinearTime()
    {
        CelList list = CelLists.Empty;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (long i = 0; i < 100_000; i++)
            list = CelLists.Append(list, Value.Of(i));
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(99_999, list[99_999].Int);
        Assert.True(bytes < 100_000 * 1_000L, $"{bytes} bytes: it copies the list again and again");
    }

    [Fact]
    public void Insert_IntoOlderMap_KeepsBothApart()
    {
        CelMap start = (CelMap)CelMaps.Insert(CelMaps.Empty, Value.Of("a"), Value.Of(1L)).Object!;
        Value b = CelMaps.Insert(start, Value.Of("b"), Value.Of(2L));
        Value c = CelMaps.Insert(start, Value.Of("c"), Value.Of(3L));

        Assert.Equal("{\"a\": 1}", Value.Of(start).ToString());
        Assert.Equal("{\"a\": 1, \"b\": 2}", b.ToString());
        Assert.Equal("{\"a\": 1, \"c\": 3}", c.ToString());
        Assert.Empty(CelMaps.Empty.Keys);
    }

    [Theory]
    [InlineData("{1: 'a', 1.0: 'b'}", "unsupported key type")]
    [InlineData("{1: 'a', 1u: 'b'}", "repeated key")]
    [InlineData("{null: 1}", "unsupported key type")]
    [InlineData("{'a': 1}.transformMapEntry(k, v, {'x': v})['y']", "no such key")]
    [InlineData("{'a': 1, 'b': 2}.transformMapEntry(k, v, {'x': v})", "repeated key")]
    public void Create_WrongKeys_IsAnError(string text, string expected) =>
        Assert.StartsWith(expected, Evaluating.Error(text), StringComparison.Ordinal);

    [Fact]
    public void TryGet_NumberKeys_AreFoundByValue()
    {
        Assert.Equal("\"a\"", Evaluating.Text("{1: 'a'}[1u]"));
        Assert.Equal("\"a\"", Evaluating.Text("{1u: 'a'}[1.0]"));
        Assert.Equal("false", Evaluating.Text("1.5 in {1: 'a'}"));
        Assert.Equal("true", Evaluating.Text("18446744073709549568.0 in {18446744073709549568u: 'a'}"));
    }

    [Fact]
    public void Keys_OfALiteral_AreInItsOrder() =>
        Assert.Equal("[\"b\", \"a\", \"c\"]", Evaluating.Text("{'b': 1, 'a': 2, 'c': 3}.map(k, k)"));
}
