using System.Text;
using System.Text.Json;
using Throughline.Server.Ingest;
using Throughline.Testing;

namespace Throughline.Server.Tests.Ingest;

public sealed class EventSplitterTests
{
    private const int EventMax = 64;

    [Theory]
    [InlineData("", "truncated")]
    [InlineData("  ", "truncated")]
    [InlineData("[]", "end")]
    [InlineData(" [ ] \r\n", "end")]
    [InlineData("[1,2]", "1|2|end")]
    [InlineData("""[{"a":1},{"b":2}]""", """{"a":1}|{"b":2}|end""")]
    [InlineData("""[ {"a":"}],[{"} , {"b":[[{}]]} ]""", """{"a":"}],[{"}|{"b":[[{}]]}|end""")]
    [InlineData("""[{"a":"\"}"},{"b":"\\"}]""", """{"a":"\"}"}|{"b":"\\"}|end""")]
    [InlineData("""{"a":1}""", """{"a":1}|end""")]
    [InlineData("""{"a":1""", """{"a":1|end""")]
    [InlineData("""{"a":1}{"b":2}""", """{"a":1}|malformed""")]
    [InlineData("nonsense", "nonsense|end")]
    [InlineData("[nonsense,{}]", "nonsense|{}|end")]
    [InlineData("[\"a,b]\",{}]", "\"a,b]\"|{}|end")]
    [InlineData("[{},]", "{}|malformed")]
    [InlineData("[,{}]", "malformed")]
    [InlineData("[{}}", "{}|malformed")]
    [InlineData("[{} {}]", "{}|malformed")]
    [InlineData("[{}]x", "{}|malformed")]
    [InlineData("[{}][{}]", "{}|malformed")]
    [InlineData("[{}", "{}|truncated")]
    [InlineData("[{},", "{}|truncated")]
    [InlineData("""[{},{"a":""", "{}|truncated")]
    public void Json_AnyPieces_CutsAlike(string body, string expected) => AssertSplit(BodyForm.Json, body, expected);

    /// <summary>A lost bracket inside an event does not swallow its neighbours.</summary>
    [Theory]
    [InlineData("""[{"a":[1},{"b":2}]""", """{"a":[1}|{"b":2}|end""")]
    [InlineData("""[{"a":1],{"b":2}]""", """{"a":1]|{"b":2}|end""")]
    [InlineData("""[{"a":[{"x":1]},{"b":2}]""", """{"a":[{"x":1]}|{"b":2}|end""")]
    public void Json_WrongBracketInEvent_KeepsNeighbour(string body, string expected) =>
        AssertSplit(BodyForm.Json, body, expected);

    [Theory]
    [InlineData("", "end")]
    [InlineData("\n\r\n \n", "end")]
    [InlineData("{}\n{}", "{}|{}|end")]
    [InlineData("{}\r\n\n {} \n", "{}|{}|end")]
    [InlineData("{\"a\n{}\n", "{\"a|{}|end")]
    public void Lines_AnyPieces_CutsAlike(string body, string expected) => AssertSplit(BodyForm.Lines, body, expected);

    [Fact]
    public void Json_EventsTooLong_AreSkippedAlone()
    {
        string fits = $$"""{"a":"{{new string('x', EventMax - 8)}}"}""";
        string tooLong = $$"""{"a":"{{new string('\\', 2 * EventMax)}}"}""";
        string huge = $$"""[{"{{new string('{', 500)}}":"\"]"},1]""";
        string deep = new string('[', 300) + new string(']', 300);
        Assert.Equal(EventMax, fits.Length);
        AssertSplit(
            BodyForm.Json,
            $"[{fits},{tooLong},{huge},{deep},{fits}]",
            $"{fits}|oversized|oversized|oversized|{fits}|end"
        );
    }

    [Fact]
    public void Lines_EventsTooLong_AreSkippedAlone()
    {
        string fits = new('x', EventMax);
        string tooLong = new('x', EventMax + 1);
        string huge = new('x', 10 * EventMax);
        AssertSplit(
            BodyForm.Lines,
            $"{tooLong.Replace('x', ' ')}\n{fits}\r\n{tooLong} \n",
            $"oversized|{fits}|oversized|end"
        );
        AssertSplit(
            BodyForm.Lines,
            $"{fits}\n{tooLong}\n{huge}\r\n{fits}\n{huge}",
            $"{fits}|oversized|oversized|{fits}|oversized|end"
        );
    }

    [Fact]
    public void Json_ValidArrayOfAnything_IsCutWhereItsElementsAre()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < 300; round++)
        {
            string[] elements =
            [
                .. Enumerable.Range(0, random.Next(8)).Select(_ => RandomJson(random, depth: random.Next(90))),
            ];
            string space = random.Next(2) == 0 ? "" : " \r\n\t";
            string body = $"{space}[{string.Join(',', elements.Select(element => space + element + space))}]{space}";
            string expected = string.Concat(elements.Select(element => element + "|")) + "end";
            Assert.Equal(expected, Split(BodyForm.Json, body, piece: int.MaxValue, eventMax: 1 << 20));
            Assert.Equal(expected, Split(BodyForm.Json, body, piece: 1 + random.Next(9), eventMax: 1 << 20));
        }
    }

    private static void AssertSplit(BodyForm form, string body, string expected)
    {
        foreach (int piece in (int[])[1, 2, 3, 7, 64, int.MaxValue])
            Assert.Equal(expected, Split(form, body, piece, EventMax));
    }

    private static string Split(BodyForm form, string body, int piece, int eventMax)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        EventSplitter splitter = new(form, eventMax);
        List<string> found = [];
        int start = 0;
        int end = 0;
        while (true)
        {
            bool last = end == bytes.Length;
            SplitStatus status = splitter.Next(
                bytes.AsSpan(start, end - start),
                last,
                out int consumed,
                out ReadOnlySpan<byte> json
            );
            start += consumed;
            Assert.True(start <= end);
            if (status == SplitStatus.NeedMore)
            {
                Assert.False(last);
                Assert.True(end - start <= eventMax + 1, "no more than one event may be left over");
                end = (int)Math.Min((long)end + piece, bytes.Length);
                continue;
            }
            found.Add(
                status == SplitStatus.Event ? Encoding.UTF8.GetString(json) : status.ToString().ToLowerInvariant()
            );
            if (status is SplitStatus.End or SplitStatus.Malformed or SplitStatus.Truncated)
                return string.Join('|', found);
        }
    }

    private static string RandomJson(Random random, int depth)
    {
        if (depth <= 0)
            return random.Next(4) switch
            {
                0 => "null",
                1 => "-1.5e3",
                2 => "{}",
                _ => JsonSerializer.Serialize(RandomText(random)),
            };
        string inner = RandomJson(random, depth - 1);
        return random.Next(3) switch
        {
            0 => $"[{inner},{RandomJson(random, 0)}]",
            1 => $$"""{{{JsonSerializer.Serialize(RandomText(random))}}:{{inner}}}""",
            _ => $$"""{"a": [ {{inner}} ] , "b":{{RandomJson(random, 0)}}}""",
        };
    }

    private static string RandomText(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => "\"\\{}[],:\né"[random.Next(10)]));
}
