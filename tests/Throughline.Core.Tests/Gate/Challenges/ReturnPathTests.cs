using Throughline.Core.Gate.Challenges;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Challenges;

/// <summary>Whatever a client asks for, it comes back to the same site.</summary>
public sealed class ReturnPathTests
{
    [Theory]
    [InlineData("/a/b", "c=d&e=%20", "/a/b?c=d&e=%20")]
    [InlineData("/", "", "/")]
    [InlineData("", "", "/")]
    [InlineData("*", "", "/")]
    [InlineData("//evil.example/x", "", "/evil.example/x")]
    [InlineData("/\\evil.example", "", "/evil.example")]
    [InlineData("/\\/\\evil.example", "", "/evil.example")]
    [InlineData("/\t/evil.example", "", "/%09/evil.example")]
    [InlineData("\t//evil.example", "", "/%09//evil.example")]
    [InlineData("https://evil.example/", "", "/https://evil.example/")]
    [InlineData("/a\r\nset-cookie: x=y", "", "/a%0D%0Aset-cookie:%20x=y")]
    [InlineData("/a#b", "c#d", "/a%23b?c%23d")]
    [InlineData("/straße", "q=ü", "/stra%C3%9Fe?q=%C3%BC")]
    public void Of_AnyTarget_IsAPathOfThisSite(string path, string query, string expected)
    {
        string way = ReturnPath.Of(path, query);
        Assert.Equal(expected, way);
        Assert.True(ReturnPath.IsSafe(way));
    }

    [Fact]
    public void Of_HalfACharacter_IsAReplacementCharacter() => Assert.Equal("/%EF%BF%BD", ReturnPath.Of("/\ud800", ""));

    [Fact]
    public void Of_TooLong_LeavesOutTheQueryThenThePath()
    {
        string path = "/" + new string('p', 900);
        Assert.Equal(path, ReturnPath.Of(path, new string('q', 200)));
        Assert.Equal("/", ReturnPath.Of(path + path, ""));
        Assert.Equal("/", ReturnPath.Of("/" + new string('ü', 1000), "")); // longer once it is escaped
    }

    /// <summary>The parser of addresses is the judge: the host stays whatever it was.</summary>
    [Fact]
    public void Of_RandomTargets_NeverNameAnotherHost()
    {
        Random random = Seeds.Random();
        const string Pieces = "/\\.:@?#%\t\n\r ax09évil\0-[]";
        Uri site = new("https://shop.example/some/page");
        for (int i = 0; i < 20_000; i++)
        {
            string text = string.Concat(
                Enumerable.Range(0, random.Next(1, 14)).Select(_ => Pieces[random.Next(Pieces.Length)])
            );
            string way = ReturnPath.Of(text, random.Next(2) == 0 ? "" : text);
            Assert.True(ReturnPath.IsSafe(way), way);
            Assert.Equal("shop.example", new Uri(site, way).Host);
            Assert.Equal("https", new Uri(site, way).Scheme);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("//a")]
    [InlineData("/\\a")]
    [InlineData("/a b")]
    [InlineData("/é")]
    public void IsSafe_WhatIsNoPath_IsNot(string text) => Assert.False(ReturnPath.IsSafe(text));
}
