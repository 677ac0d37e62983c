using System.Text;
using Throughline.Core.Identity.Components;
using Throughline.Testing;

namespace Throughline.Core.Tests.Identity.Components;

public sealed class IdentifierNumbersTests
{
    private static int[] Resolve(IdentifierNumbers identifiers, params string[] texts)
    {
        byte[] block = Encoding.UTF8.GetBytes(string.Concat(texts));
        var mentions = new Mention[texts.Length];
        int at = 0;
        for (int i = 0; i < texts.Length; i++)
        {
            int length = Encoding.UTF8.GetByteCount(texts[i]);
            mentions[i] = Mention.Of(at, length);
            at += length;
        }
        var numbers = new int[texts.Length];
        identifiers.Resolve(block, mentions, numbers);
        return numbers;
    }

    private static string TextOf(IdentifierNumbers identifiers, int number)
    {
        Span<byte> scratch = stackalloc byte[IdentifierNumbers.MaxWholeBytes];
        return Encoding.UTF8.GetString(identifiers.BytesOf(number, scratch, out _));
    }

    [Fact]
    public void Resolve_TextsThatLookLikeNumbers_StayApart()
    {
        string[] texts =
        [
            "7",
            "07",
            "+7",
            "7.0",
            "-7",
            "-0",
            "0",
            " 7",
            "67108863", // the last that is found by its value alone
            "67108864",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "-9223372036854775809",
        ];
        IdentifierNumbers identifiers = new(1);

        int[] numbers = Resolve(identifiers, texts);

        Assert.Equal(Enumerable.Range(0, texts.Length), numbers);
        Assert.Equal(numbers, Resolve(identifiers, texts));
        Assert.Equal(texts, numbers.Select(number => TextOf(identifiers, number)));
    }

    [Fact]
    public void Resolve_WholeNumberAsTextOrAsValue_IsOne()
    {
        IdentifierNumbers identifiers = new(1);
        var numbers = new int[3];
        Mention[] mentions = [Mention.Of(-5), Mention.Of(0, 2), Mention.Of(1L << 40)];

        identifiers.Resolve("-5"u8, mentions, numbers);

        Assert.Equal([0, 0, 1], numbers);
        Assert.Equal([1], Resolve(identifiers, "1099511627776"));
    }

    [Fact]
    public void Compare_WholeNumbersAndTexts_ByValueThenByBytes()
    {
        string[] sorted =
        [
            "-9223372036854775808",
            "-10",
            "-9",
            "0",
            "9",
            "10",
            "1000000000000",
            "",
            "010",
            "a",
            "ab",
            "b",
            "é",
        ];
        Random random = Seeds.Random();
        string[] mixed = [.. sorted];
        random.Shuffle(mixed);
        IdentifierNumbers identifiers = new(1);
        List<int> numbers = [.. Resolve(identifiers, mixed)];

        numbers.Sort(identifiers.Compare);

        Assert.Equal(sorted, numbers.Select(number => TextOf(identifiers, number)));
    }

    [Fact]
    public void Resolve_MillionsOfMentions_EqualsADictionary()
    {
        Random random = Seeds.Random();
        Dictionary<string, int> model = new(StringComparer.Ordinal);
        IdentifierNumbers identifiers = new((ulong)random.NextInt64());
        for (int round = 0; round < 400; round++)
        {
            string[] texts =
            [
                .. Enumerable
                    .Range(0, 500)
                    .Select(_ =>
                        random.Next(4) switch
                        {
                            0 => $"{random.Next(20_000)}",
                            1 => $"{random.NextInt64(40_000) - 20_000}000000000",
                            2 => $"u{random.Next(20_000)}",
                            _ => new string('x', random.Next(40)) + random.Next(500),
                        }
                    ),
            ];

            int[] numbers = Resolve(identifiers, texts);

            foreach ((string text, int number) in texts.Zip(numbers))
            {
                if (model.TryAdd(text, number))
                    Assert.Equal(model.Count - 1, number);
                Assert.Equal(model[text], number);
            }
        }
        Assert.Equal(model.Count, identifiers.Count);
        Assert.All(model, known => Assert.Equal(known.Key, TextOf(identifiers, known.Value)));
    }
}
