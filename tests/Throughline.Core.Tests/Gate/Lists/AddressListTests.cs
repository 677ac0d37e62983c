using Throughline.Cel.Library;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Rules;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Lists;

/// <summary>Lists of addresses and blocks, against a plain list.</summary>
[Collection(nameof(Alone))]
public sealed class AddressListTests
{
    private static readonly string[] Sources = ["", "a", "b", "rule:x"];

    [Fact]
    public void AllOperations_AtRandom_EqualAPlainList()
    {
        Random random = Seeds.Random();
        for (int run = 0; run < 20; run++)
        {
            GateList list = New();
            NaiveAddressList naive = new();
            long now = 1_000_000;
            for (int i = 0; i < 400; i++)
            {
                now += random.Next(50);
                long? expiresAt = random.Next(3) == 0 ? now + random.Next(2000) : null;
                string source = Sources[random.Next(Sources.Length)];
                Change(random, list, naive, source, expiresAt, now);
                Assert.Equal(naive.Count, list.Count);
                for (int j = 0; j < 10; j++)
                    Look(random, list, naive, now);
            }
            Assert.Equal(naive.Export(now), list.Entries(now));
        }
    }

    [Theory]
    [InlineData("10.1.2.3", "10.1.2.3", "10.1.2.3")]
    [InlineData("10.1.2.3/32", "10.1.2.3", "10.1.2.3")]
    [InlineData("10.1.2.3/8", "10.255.0.1", "10.0.0.0/8")]
    [InlineData("0.0.0.0/0", "203.0.113.9", "0.0.0.0/0")]
    [InlineData("::/0", "2001:db8::1", "::/0")]
    [InlineData("2001:DB8::1/128", "2001:db8::1", "2001:db8::1")]
    [InlineData("2001:db8:1:2:3::/64", "2001:db8:1:2:ffff::", "2001:db8:1:2::/64")]
    [InlineData("::ffff:10.1.2.3", "10.1.2.3", "10.1.2.3")]
    [InlineData("::ffff:0a01:0203", "10.1.2.3", "10.1.2.3")]
    [InlineData("::ffff:10.1.0.0/112", "10.1.2.3", "10.1.0.0/16")]
    [InlineData("::ffff:0:0/96", "10.1.2.3", "0.0.0.0/0")]
    [InlineData(" 10.1.2.3 ", "10.1.2.3", "10.1.2.3")]
    public void TryAdd_FormsOfAddresses_AreFoundAndWrittenCanonically(string text, string address, string canonical)
    {
        GateList list = New();

        Assert.True(list.TryAdd(new(text), out string error), error);
        Assert.True(list.Contains(Ip(address), 0));
        Assert.Equal(canonical, list.Why(Ip(address), 0)!.Value);
        Assert.Equal(canonical, Assert.Single(list.Entries(0)).Value);
        Assert.True(list.TryAdd(new(canonical), out _));
        Assert.Equal(1, list.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.1.2")]
    [InlineData("10.1.2.3/33")]
    [InlineData("10.1.2.3/")]
    [InlineData("10.1.2.3/-1")]
    [InlineData("2001:db8::/129")]
    [InlineData("::ffff:10.0.0.0/8")]
    [InlineData("example.com")]
    public void TryAdd_NoAddress_SaysWhy(string text)
    {
        GateList list = New();

        Assert.False(list.TryAdd(new(text), out string error));
        Assert.NotEmpty(error);
        Assert.Equal(0, list.Count);
        Assert.Equal(0, list.Version);
    }

    [Fact]
    public void Contains_TheOtherFamily_IsNotInIt()
    {
        GateList list = New();
        list.TryAdd(new("::/0"), out _);
        Assert.False(list.Contains(Ip("10.0.0.1"), 0));
        list.TryAdd(new("0.0.0.0/0"), out _);
        Assert.True(list.Contains(Ip("10.0.0.1"), 0));
    }

    [Fact]
    public void Why_LongerEntryExpired_FallsBackToTheShorter()
    {
        GateList list = New();
        list.TryAdd(new("10.0.0.0/8", null, "file", "net"), out _);
        list.TryAdd(new("10.1.2.3", 1000, "rule", "seen"), out _);

        Assert.Equal(new("10.1.2.3", 1000, "rule", "seen"), list.Why(Ip("10.1.2.3"), 999));
        Assert.Equal(new("10.0.0.0/8", null, "file", "net"), list.Why(Ip("10.1.2.3"), 1000));
    }

    [Fact]
    public void Remove_OneSource_LeavesTheOthers()
    {
        GateList list = New();
        list.TryAdd(new("10.1.2.3", null, "a"), out _);
        list.TryAdd(new("10.1.2.3", null, "b"), out _);

        Assert.True(list.Remove("10.1.2.3", "a"));
        Assert.True(list.Contains(Ip("10.1.2.3"), 0));
        Assert.False(list.Remove("10.1.2.3", "a"));
        Assert.True(list.Remove("10.1.2.3"));
        Assert.False(list.Contains(Ip("10.1.2.3"), 0));
    }

    [Fact]
    public void Replace_ThatFails_LeavesTheListAsItWas()
    {
        GateList list = New();
        list.Replace("file", [new("10.0.0.1"), new("10.0.0.2")]);
        long version = list.Version;

        Assert.Throws<InvalidOperationException>(() => list.Replace("file", Broken()));
        Assert.Equal(version, list.Version);
        Assert.Equal(["10.0.0.1", "10.0.0.2"], list.Entries(0).Select(x => x.Value));
        Assert.Equal(2, list.Count);
    }

    [Fact]
    public void Replace_WithBadEntries_NamesThemAndTakesTheOthers()
    {
        GateList list = New();
        IReadOnlyList<GateIssue> issues = list.Replace("file", [new("10.0.0.1"), new("x"), new("10.0.0.2")]);

        Assert.Equal("/1/value", Assert.Single(issues).Path);
        Assert.Equal(2, list.Count);
    }

    [Fact]
    public void TryAdd_FullList_RefusesNewValuesAlone()
    {
        ListBook book = new(new ListLimits(2));
        book.Declare("x", ListKind.Address);
        GateList list = book.Find("x")!;
        Assert.True(list.Add(Ip("10.0.0.1"), null, "r"));
        Assert.True(list.Add(Ip("10.0.0.2"), null, "r"));
        Assert.False(list.Add(Ip("10.0.0.3"), null, "r"));
        Assert.True(list.Add(Ip("10.0.0.2"), 500, "r"));
        Assert.Empty(list.Replace("r", [new("10.0.1.1"), new("10.0.1.2")]));
        Assert.Equal(
            "/2/value",
            Assert.Single(list.Replace("r", [new("1.1.1.1"), new("1.1.1.2"), new("1.1.1.3")])).Path
        );
    }

    [Fact]
    public void Contains_AfterTheFirst_AllocatesNothing()
    {
        GateList list = New();
        for (int i = 0; i < 1000; i++)
            list.Add(IpAddress.Of((UInt128)(i * 7919), isV6: false), i, "r");
        IpAddress address = Ip("0.1.2.3");
        long time = 5;
        Assert.Equal(0, ActionCost.AllocatedBytes(() => list.Contains(address, time++), warm: 1));
    }

    private static IEnumerable<ListEntryDocument> Broken()
    {
        yield return new("10.0.0.3");
        throw new InvalidOperationException("the file ended");
    }

    private static void Change(
        Random random,
        GateList list,
        NaiveAddressList naive,
        string source,
        long? expiresAt,
        long now
    )
    {
        (IpAddress address, int length, string text) = Prefix(random);
        switch (random.Next(12))
        {
            case 0:
                Assert.Equal(naive.Sweep(now), list.Sweep(now));
                break;
            case 1:
                naive.RemoveSource(source);
                var entries = Enumerable.Range(0, random.Next(20)).Select(_ => Prefix(random)).ToList();
                entries.ForEach(e => naive.Put(e.Address, e.Length, source, expiresAt, "new"));
                Assert.Empty(
                    list.Replace(source, entries.Select(e => new ListEntryDocument(e.Text, expiresAt, "?", "new")))
                );
                break;
            case 2 or 3 or 4:
                string? only = random.Next(2) == 0 ? source : null;
                Assert.Equal(naive.Remove(address, length, only), list.Remove(text, only));
                break;
            case 5:
                naive.Put(address, address.Length, source, expiresAt, null);
                Assert.True(list.Add(address, expiresAt, source));
                break;
            default:
                naive.Put(address, length, source, expiresAt, text);
                Assert.True(list.TryAdd(new(text, expiresAt, source, text), out string error), error);
                break;
        }
    }

    private static void Look(Random random, GateList list, NaiveAddressList naive, long now)
    {
        IpAddress address = Prefix(random).Address;
        ListEntryDocument? expected = naive.Why(address, now);
        Assert.Equal(expected is not null, list.Contains(address, now));
        Assert.Equal(expected, list.Why(address, now));
    }

    // Close together, so that they nest, and of all lengths; some written as mapped addresses.
    private static (IpAddress Address, int Length, string Text) Prefix(Random random)
    {
        bool isV6 = random.Next(3) == 0;
        int all = isV6 ? 128 : 32;
        UInt128 bits = 0;
        for (int i = 0; i < 3; i++)
            bits ^= (UInt128)1 << random.Next(all);
        bits ^= isV6 ? (UInt128)0x2001 << 112 : 0xC0000000;
        IpAddress address = IpAddress.Of(bits, isV6);
        int length = random.Next(3) switch
        {
            0 => address.Length,
            1 => random.Next(address.Length + 1),
            _ => random.Next(4) * 8,
        };
        bool isMapped = !address.IsV6 && random.Next(5) == 0;
        string text = isMapped ? $"::ffff:{address.Text}/{length + 96}" : $"{address.Text}/{length}";
        return (address, length, text);
    }

    private static IpAddress Ip(string text) =>
        IpAddress.TryParse(text, out IpAddress address, out string error) ? address : throw new FormatException(error);

    private static GateList New()
    {
        ListBook book = new();
        Assert.True(book.Declare("x", ListKind.Address));
        return book.Find("x")!;
    }
}
