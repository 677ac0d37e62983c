using System.Text;
using Throughline.Core.Gate.Requests;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Requests;

/// <summary>Whatever way an attack is written, patterns find it in the normalised target.</summary>
public sealed class TargetTextTests
{
    [Theory]
    [InlineData("/", "", "/")]
    [InlineData("/A/B.PHP", "", "/a/b.php")]
    [InlineData("/a//b/./c", "", "/a/b/c")]
    [InlineData("/a/./././b//", "", "/a/b/")]
    [InlineData("/a/.", "", "/a/.")]
    [InlineData("/a/../b", "", "/a/../b")]
    [InlineData("/a/..\\..\\b", "", "/a/../../b")]
    [InlineData("/%2e%2e/%2E%2E/etc/passwd", "", "/../../etc/passwd")]
    [InlineData("/%252e%252e%252fetc", "", "/../etc")] // encoded twice
    [InlineData("/%25252e%25252e/x", "", "/../x")] // three times
    [InlineData("/%2525252e/x", "", "/%2e/x")] // more than anybody decodes
    [InlineData("/..%c0%af..%c0%afetc", "", "/../../etc")] // overlong
    [InlineData("/..%u002f..%u002fetc", "", "/../../etc")]
    [InlineData("/%E2%82%AC%f0%9f%98%80", "", "/€😀")]
    [InlineData("/%ff%fe", "", "/ÿþ")] // no UTF-8
    [InlineData("/%", "", "/%")]
    [InlineData("/%4", "", "/%4")]
    [InlineData("/%zz%41", "", "/%zza")]
    [InlineData("/a", "q=1+2%2B3", "/a?q=1 2+3")]
    [InlineData("/a", "u=http://x.example//y&f=..\\..\\z", "/a?u=http://x.example//y&f=../../z")]
    [InlineData("/a%3Fb", "c", "/a?b?c")]
    [InlineData("", "", "")]
    public void Normalize_Target_IsAsPatternsWantIt(string path, string query, string expected) =>
        Assert.Equal(expected, new TargetText().Normalize(path, query).ToString());

    [Fact]
    public void Normalize_AnyText_IsBoundedLowerCaseAndSettled()
    {
        Random random = Seeds.Random();
        TargetText targets = new();
        string[] pieces =
        [
            "%",
            "%25",
            "%2e",
            "%2F",
            "/",
            "\\",
            ".",
            "..",
            "%c0%ae",
            "%u002",
            "A",
            "ß",
            "\0",
            "?",
            "+",
            "%f0%9f",
            "%C3",
        ];
        for (int i = 0; i < 20_000; i++)
        {
            string path = Text(random, pieces);
            string query = Text(random, pieces);
            string target = targets.Normalize(path, query).ToString();
            string found = target[..targets.PathLength];

            Assert.InRange(target.Length, 0, path.Length + query.Length + 1);
            Assert.Equal(target.ToLowerInvariant(), target);
            Assert.DoesNotContain("//", found, StringComparison.Ordinal);
            Assert.DoesNotContain("/./", found, StringComparison.Ordinal);
            Assert.DoesNotContain("\\", target, StringComparison.Ordinal);
            if (!target.Contains('%') && !target.Contains('+'))
                Assert.Equal(found, targets.Normalize(found, "").ToString()); // what is settled stays
            Assert.Equal(target, targets.Normalize(path, query).ToString());
        }
    }

    [Fact]
    public void Normalize_HugeTarget_IsCut()
    {
        TargetText targets = new();

        string target = targets.Normalize(new string('/', 5) + new string('a', 100_000), "q").ToString();

        Assert.InRange(target.Length, 60_000, TargetText.MaxLength + 1);
        Assert.Equal(TargetText.MaxLength + 1, targets.Normalize("/", new string('b', 200_000)).Length);
        Assert.Equal("/a?b", targets.Normalize("/a", "b").ToString());
    }

    private static string Text(Random random, string[] pieces)
    {
        StringBuilder text = new();
        for (int n = random.Next(14); n > 0; n--)
            text.Append(pieces[random.Next(pieces.Length)]);
        return text.ToString();
    }
}
