using Throughline.Cel.Messages;
using Throughline.Cel.Tests.Kit;
using Throughline.Cel.Values;
using Throughline.Testing;

namespace Throughline.Cel.Tests.Messages;

/// <summary>Messages from descriptors: presence, oneofs, defaults, and their encoding.</summary>
public sealed class DescriptorProviderTests
{
    private static readonly DescriptorProvider Types = new(
        new DescriptorSet(
            [
                new(
                    "t.M",
                    [
                        new("i", 1, FieldKind.Int32),
                        new("d", 2, FieldKind.Double),
                        new("s", 3, FieldKind.String) { HasPresence = true, Default = Value.Of("none") },
                        new("m", 4, FieldKind.Message) { TypeName = "t.M" },
                        new("r", 5, FieldKind.Sint64) { Repeated = true },
                        new("k", 6, FieldKind.Message) { Key = FieldKind.String, TypeName = "t.M" },
                        new("e", 7, FieldKind.Enum) { TypeName = "t.E" },
                        new("a", 8, FieldKind.Bool) { HasPresence = true, Oneof = "o" },
                        new("b", 9, FieldKind.Fixed64) { HasPresence = true, Oneof = "o" },
                        new("any", 10, FieldKind.Message) { TypeName = "google.protobuf.Any" },
                        new("w", 11, FieldKind.Message) { TypeName = "google.protobuf.Int32Value" },
                        new("g", 12, FieldKind.Group) { TypeName = "t.G", HasPresence = true },
                        new("at", 13, FieldKind.Message) { TypeName = "google.protobuf.Timestamp" },
                        new("c", 15, FieldKind.Message)
                        {
                            TypeName = "t.M",
                            HasPresence = true,
                            Oneof = "p",
                        },
                        new("f", 16, FieldKind.Int32) { HasPresence = true, Oneof = "p" },
                    ]
                ),
                new("t.G", [new("x", 1, FieldKind.Int32)]),
            ],
            [new("t.E", [new("ZERO", 0), new("ONE", 1)])],
            [new("t.M", new("t.ext", 100, FieldKind.Int32) { HasPresence = true })]
        )
    );

    private static readonly CelEnvironment Environment = Evaluating.Environment with { Types = Types };

    [Theory]
    [InlineData("has(t.M{i: 0}.i)", "false")]
    [InlineData("has(t.M{d: -0.0}.d)", "true")]
    [InlineData("has(t.M{s: 'none'}.s)", "true")]
    [InlineData("t.M{}.s", "\"none\"")]
    [InlineData("t.M{}.m.m.i", "0")]
    [InlineData("has(t.M{a: true, b: 1u}.a)", "false")]
    [InlineData("t.M{a: true, b: 1u}", "t.M{b: 1u}")]
    [InlineData("t.M{`t.ext`: 5}.`t.ext`", "5")]
    [InlineData("t.M{e: t.E.ONE}.e", "1")]
    [InlineData("t.M{k: {'x': t.M{i: 1}}}.k.x.i", "1")]
    [InlineData("t.M{m: t.M{}} == t.M{}", "false")]
    [InlineData("t.M{r: []} == t.M{}", "true")]
    [InlineData("t.M{w: null} == t.M{}", "true")]
    [InlineData("t.M{}.w == null && t.M{w: 0}.w == 0", "true")]
    [InlineData("t.M{any: t.M{i: 2}}.any.i", "2")]
    [InlineData("t.M{}.at == timestamp(0)", "true")]
    [InlineData("t.M{s: 'x', i: 1}", "t.M{i: 1, s: \"x\"}")]
    public void Create_Fields_BehaveAsInProtobuf(string text, string expected) =>
        Assert.Equal(expected, Evaluating.Program(text, Environment).Evaluate(Activation.Empty).ToString());

    [Theory]
    [InlineData("t.M{i: 2147483648}")]
    [InlineData("t.M{i: 1u}")]
    [InlineData("t.M{x: 1}")]
    [InlineData("t.N{}")]
    [InlineData("t.M{m: t.G{}}")]
    [InlineData("t.M{r: [1, 'a']}")]
    [InlineData("t.M{k: {1: t.M{}}}")]
    [InlineData("t.M{e: 3000000000}")]
    [InlineData("t.M{any: optional.none()}")]
    [InlineData("t.M{}.nope")]
    [InlineData("has(t.M{}.nope)")]
    public void Create_WhatDoesNotFit_IsAnError(string text) =>
        Assert.True(Evaluating.Program(text, Environment).Evaluate(Activation.Empty).IsError);

    [Theory]
    [InlineData("089601", "t.M{i: 150}")]
    [InlineData("08FFFFFFFFFFFFFFFFFF01", "t.M{i: -1}")]
    [InlineData("2A03010203", "t.M{r: [-1, 1, -2]}")]
    [InlineData("280128022803", "t.M{r: [-1, 1, -2]}")]
    [InlineData("22020801" + "2205120300000000", null)]
    [InlineData("1205" + "0102030405", "t.M{}")]
    [InlineData("2202080122021A00", "t.M{m: t.M{i: 1, s: \"\"}}")]
    [InlineData("320A0A01611205080108020A", null)]
    [InlineData("32070A0161120208013207" + "0A016212020802", "t.M{k: {\"a\": t.M{i: 1}, \"b\": t.M{i: 2}}}")]
    [InlineData("4001490100000000000000", "t.M{b: 1u}")]
    [InlineData("63080564", "t.M{g: t.G{x: 5}}")]
    [InlineData("5A00", "t.M{w: 0}")]
    [InlineData("A006" + "05", "t.M{t.ext: 5}")]
    [InlineData("A806" + "05", "t.M{}")]
    [InlineData("6A0208FF01", null)]
    [InlineData("1A01FF", null)]
    [InlineData("0A", null)]
    [InlineData("63", null)]
    [InlineData("08", null)]
    public void Decode_Bytes_GivesTheMessageOrAnError(string hex, string? expected)
    {
        Value value = Types.Decode("t.M", Convert.FromHexString(hex));

        if (expected is null)
            Assert.True(value.IsError, $"{value}");
        else
            Assert.Equal(expected, value.ToString());
    }

    [Theory]
    [InlineData("A80605", "A80605", true)]
    [InlineData("A80605", "A80606", false)]
    [InlineData("A80605", "", false)]
    [InlineData("A80605" + "B00601", "B00601" + "A80605", true)] // two fields, in any order
    [InlineData("A80605" + "A80606", "A80606" + "A80605", false)] // one field, in its own
    [InlineData("22" + "03" + "A80605", "22" + "00", false)]
    [InlineData("0D01000000", "0D02000000", false)] // a declared field of another wire type
    [InlineData("2203A80605" + "22020801", "22020801" + "2203A80605", true)] // a message in two parts
    public void Decode_FieldsNotDeclared_CountForEquality(string a, string b, bool expected)
    {
        Value first = Types.Decode("t.M", Convert.FromHexString(a));
        Value second = Types.Decode("t.M", Convert.FromHexString(b));

        Assert.False(first.IsError || second.IsError, $"{first} {second}");
        Assert.Equal(expected, ValueEquality.Equal(first, second));
        Assert.Equal(expected, ValueEquality.Equal(second, first));
    }

    [Fact]
    public void Decode_OnlyFieldsNotDeclared_IsNoZeroValue()
    {
        Value message = Types.Decode("t.M", Convert.FromHexString("A80605"));
        IActivation input = Activation.Of(new Dictionary<string, Value> { ["m"] = message });

        Assert.True(Evaluating.Program("optional.ofNonZeroValue(m).hasValue()", Environment).Evaluate(input).IsTrue);
    }

    [Theory]
    [InlineData("6A020801" + "6A021005", "t.M{at: timestamp(\"1970-01-01T00:00:01.000000005Z\")}")] // a timestamp in two parts
    [InlineData("320C0A0161" + "12020801" + "12031A0178", "t.M{k: {\"a\": t.M{i: 1, s: \"x\"}}}")] // a value of a map in two
    [InlineData("32030A0161" + "32070A016112020802", "t.M{k: {\"a\": t.M{i: 2}}}")] // the last of equal keys
    [InlineData("7A020801" + "8001" + "07" + "7A020802", "t.M{c: t.M{i: 2}}")] // another of the oneof came between
    public void Decode_PartsOfAMessage_AreOne(string hex, string expected) =>
        Assert.Equal(expected, Types.Decode("t.M", Convert.FromHexString(hex)).ToString());

    [Fact]
    public void Decode_ManyEntriesAndParts_TakesLinearTime()
    {
        // A map of 50,000 entries in 50,000 parts of one message: copying it for each would take minutes.
        byte[] part = [0x22, 0x09, 0x32, 0x07, 0x0A, 0x03, 0, 0, 0, 0x12, 0x00];
        byte[] data = new byte[50_000 * part.Length];
        for (int i = 0; i < 50_000; i++)
        {
            (part[6], part[7], part[8]) = ((byte)(1 + i % 100), (byte)(1 + i / 100 % 100), (byte)(1 + i / 10_000));
            part.CopyTo(data, i * part.Length);
        }
        long before = GC.GetAllocatedBytesForCurrentThread();

        Value value = Types.Decode("t.M", data);

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 200_000_000);
        Assert.Equal("50000", Size(value));

        static string Size(Value message) =>
            Evaluating
                .Program("size(m.m.k)", Environment)
                .Evaluate(Activation.Of(new Dictionary<string, Value> { ["m"] = message }))
                .ToString();
    }

    [Fact]
    public void Decode_AnyInAny_EndsWithoutAStackOverflow()
    {
        byte[] url = "/google.protobuf.Any"u8.ToArray();
        byte[] data = [];
        for (int i = 0; i < 5_000; i++)
            data = [0x0A, (byte)url.Length, .. url, 0x12, .. Varint(data.Length), .. data];
        byte[] message = [0x52, .. Varint(data.Length), .. data];

        Assert.Equal(ValueKind.Opaque, Any(Types.Decode("t.M", message)).Kind);

        static Value Any(Value message) =>
            message.TryGet(out CelMessage? x) && x.TryGet("any", out Value any) ? any : default;
    }

    [Fact]
    public void Decode_AnyBytes_ThrowsNothing()
    {
        Random random = Seeds.Random();
        byte[] seed = Convert.FromHexString(
            "0896012A030102032202080132070A01611202080163080564520A0A08742F742E4D12020801"
        );
        int messages = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] data = [.. seed];
            for (int changes = random.Next(4); changes > 0; changes--)
                data[random.Next(data.Length)] = (byte)random.Next(256);
            messages += Types.Decode("t.M", data.AsSpan(0, random.Next(data.Length + 1))).IsError ? 0 : 1;
        }
        Assert.InRange(messages, 100, 19_999);
    }

    [Fact]
    public void Decode_DeeplyNested_IsAnError()
    {
        byte[] data = [];
        for (int i = 0; i < 200; i++)
            data = [0x22, .. Varint(data.Length), .. data];

        Assert.True(Types.Decode("t.M", data).IsError);
    }

    private static byte[] Varint(int number) =>
        number < 0x80 ? [(byte)number] : [(byte)(number | 0x80), .. Varint(number >> 7)];
}
