using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Rules;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Lists;

/// <summary>Lists of texts, contained texts and numbers, and the book that holds them.</summary>
[Collection(nameof(Alone))]
public sealed class TextListTests
{
    [Theory]
    [InlineData(ListKind.Text)]
    [InlineData(ListKind.Contains)]
    public void AllOperations_AtRandom_EqualAPlainList(ListKind kind)
    {
        Random random = Seeds.Random();
        for (int run = 0; run < 20; run++)
        {
            GateList list = New(kind);
            Dictionary<(string Value, string Source), long> naive = [];
            long now = 1000;
            for (int i = 0; i < 300; i++)
            {
                now += random.Next(20);
                string value = Word(random, 4);
                string folded = kind == ListKind.Contains ? Fold(value) : value;
                string source = random.Next(2) == 0 ? "a" : "b";
                long? expiresAt = random.Next(3) == 0 ? now + random.Next(500) : null;
                switch (random.Next(8))
                {
                    case 0:
                        bool had = naive.Keys.Where(k => k.Value == folded).ToList().Count(k => naive.Remove(k)) > 0;
                        Assert.Equal(had, list.Remove(value));
                        break;
                    case 1:
                        naive.Keys.Where(k => k.Source == source).ToList().ForEach(k => naive.Remove(k));
                        var words = Enumerable.Range(0, random.Next(100)).Select(_ => Word(random, 5)).ToList();
                        words.ForEach(w =>
                            naive[(kind == ListKind.Contains ? Fold(w) : w, source)] = expiresAt ?? long.MaxValue
                        );
                        Assert.Empty(list.Replace(source, words.Select(w => new ListEntryDocument(w, expiresAt))));
                        break;
                    case 2:
                        Assert.Equal(
                            naive.Where(e => e.Value <= now).ToList().Count(e => naive.Remove(e.Key)),
                            list.Sweep(now)
                        );
                        break;
                    default:
                        naive[(folded, source)] = expiresAt ?? long.MaxValue;
                        Assert.True(list.TryAdd(new(value, expiresAt, source), out string error), error);
                        break;
                }
                Assert.Equal(naive.Count, list.Count);
                for (int j = 0; j < 10; j++)
                {
                    string text = Word(random, kind == ListKind.Contains ? 12 : 4);
                    bool expected = naive.Any(e =>
                        e.Value > now
                        && (
                            kind == ListKind.Contains
                                ? Fold(text).Contains(e.Key.Value, StringComparison.Ordinal)
                                : text == e.Key.Value
                        )
                    );
                    Assert.True(expected == list.Contains(text, now), $"{kind} '{text}': expected {expected}");
                    Assert.Equal(expected, list.Why(text, now) is not null);
                }
            }
            Assert.Equal(naive.Count(e => e.Value > now), list.Entries(now).Count());
        }
    }

    [Fact]
    public void Contains_TextInsideWhateverTheCase_IsFoundAndExplained()
    {
        GateList list = New(ListKind.Contains);
        list.TryAdd(new("SqlMap", null, "pack", "scanner"), out _);
        list.TryAdd(new("Straße", 100), out _);

        Assert.True(list.Contains("mozilla/5.0 (SQLMAP/1.7)", 0));
        Assert.Equal(new("SqlMap", null, "pack", "scanner"), list.Why("xsqlmapx", 0));
        Assert.True(list.Contains("an der STRAßE 5", 99));
        Assert.False(list.Contains("an der STRAßE 5", 100));
        Assert.False(list.Contains("sqlma", 0));
        Assert.False(list.TryAdd(new(""), out _));
    }

    [Fact]
    public void Contains_Numbers_AreComparedAsNumbers()
    {
        GateList list = New(ListKind.Number);
        foreach (string number in new[] { "64512", "-5", " 13335 ", "0", "9223372036854775807" })
            Assert.True(list.TryAdd(new(number), out string error), error);

        Assert.True(list.Contains(13335, 0));
        Assert.True(list.Contains(-5, 0));
        Assert.False(list.Contains(5, 0));
        Assert.NotNull(list.Why(0, 0));
        Assert.False(list.TryAdd(new("AS13335"), out _));
        Assert.Equal(["-5", "0", "13335", "64512", "9223372036854775807"], list.Entries(0).Select(e => e.Value));
    }

    [Fact]
    public void Contains_ManyValues_FindsEachAndNoOther()
    {
        GateList list = New(ListKind.Text);
        Assert.Empty(
            list.Replace("file", Enumerable.Range(0, 50_000).Select(i => new ListEntryDocument($"value-{i}")))
        );
        for (int i = 0; i < 50_000; i++)
            Assert.True(list.Contains($"value-{i}", 0));
        for (int i = 0; i < 50_000; i += 2)
            Assert.True(list.Remove($"value-{i}"));
        for (int i = 0; i < 60_000; i++)
            Assert.Equal(i < 50_000 && i % 2 == 1, list.Contains($"value-{i}", 0));
    }

    [Fact]
    public void Contains_AfterTheFirst_AllocatesNothing()
    {
        GateList texts = New(ListKind.Text);
        GateList contained = New(ListKind.Contains);
        for (int i = 0; i < 200; i++)
        {
            texts.TryAdd(new($"bot{i}", 1000), out _);
            contained.TryAdd(new($"bot{i}", 1000), out _);
        }
        const string text = "Mozilla/5.0 (compatible; bot17/2.1; ÄÖÜ)";
        long time = 5;
        void Look() =>
            _ = contained.Contains(text, time++) & texts.Contains("bot17", time) & texts.Contains(text, time);
        Assert.Equal(0, ActionCost.AllocatedBytes(Look, warm: 1));
    }

    [Fact]
    public void Contains_OfAnotherKind_IsFalse()
    {
        GateList list = New(ListKind.Text);
        list.TryAdd(new("5"), out _);
        Assert.False(list.Contains(5, 0));
        Assert.True(list.Contains("5", 0));
    }

    [Fact]
    public void Declare_KnownName_KeepsTheListAndItsKind()
    {
        ListBook book = new(new ListLimits(10, 3));
        Assert.True(book.Declare("b", ListKind.Text));
        Assert.True(book.Declare("a", ListKind.Number));
        GateList list = book.Find("b")!;
        list.TryAdd(new("x"), out _);

        Assert.True(book.Declare("b", ListKind.Text));
        Assert.False(book.Declare("b", ListKind.Address));
        Assert.True(book.Declare("c", ListKind.Text));
        Assert.False(book.Declare("d", ListKind.Text));
        Assert.Same(list, book.Find("b"));
        Assert.Equal(1, list.Count);
        Assert.Null(book.Find("d"));
        Assert.Equal(["a", "b", "c"], book.All.Select(x => x.Name));
    }

    private static string Word(Random random, int length) =>
        string.Concat(Enumerable.Range(0, random.Next(1, length + 1)).Select(_ => "abAÄä"[random.Next(5)]));

    private static string Fold(string text) => text.ToUpperInvariant();

    private static GateList New(ListKind kind)
    {
        ListBook book = new();
        Assert.True(book.Declare("x", kind));
        return book.Find("x")!;
    }
}
