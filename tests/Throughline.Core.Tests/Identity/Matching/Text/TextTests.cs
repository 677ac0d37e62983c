using FsCheck;
using FsCheck.Fluent;
using Throughline.Core.Identity.Matching.Text;
using Throughline.Testing;

namespace Throughline.Core.Tests.Identity.Matching.Text;

/// <summary>Similarities, sounds and the forms in which values are compared.</summary>
public sealed class TextTests
{
    // Published values: Winkler 1990 and later.
    [Theory]
    [InlineData("martha", "marhta", 0.961)]
    [InlineData("dwayne", "duane", 0.840)]
    [InlineData("dixon", "dicksonx", 0.813)]
    [InlineData("", "a", 0)]
    [InlineData("abc", "abc", 1)]
    [InlineData("abc", "xyz", 0)]
    public void JaroWinkler_PublishedPairs_HaveTheirValues(string a, string b, double expected) =>
        Assert.Equal(expected, JaroWinkler.Similarity(a, b), 3);

    [Theory]
    [InlineData("smith", "smiht", 1)]
    [InlineData("smith", "smth", 1)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("abc", "wxyz", 4)]
    [InlineData("", "", 0)]
    public void Within_Pairs_HaveTheirDistance(string a, string b, int expected)
    {
        Assert.Equal(expected, EditDistance.Within(a, b, 5));
        Assert.Equal(Math.Min(expected, 2), EditDistance.Within(a, b, 1));
    }

    [Fact]
    public void Similarities_AnyTexts_AreSymmetricAndBounded()
    {
        Random random = Seeds.Random();
        for (int i = 0; i < 2000; i++)
        {
            string a = Letters(random);
            string b = Letters(random);
            Assert.Equal(JaroWinkler.Similarity(a, b), JaroWinkler.Similarity(b, a));
            Assert.InRange(JaroWinkler.Similarity(a, b), 0, 1);
            Assert.Equal(EditDistance.Within(a, b, 3), EditDistance.Within(b, a, 3));
        }
    }

    [Theory]
    [InlineData("kandace", "candace")]
    [InlineData("zara", "sarah")]
    [InlineData("geoffrey", "jeffrey")]
    [InlineData("thompson", "tompson")]
    [InlineData("salinger", "salenger")]
    [InlineData("mooney", "moonie")]
    public void Code_AlikeNames_SoundAlike(string a, string b) => Assert.Equal(Phonetic.Code(a), Phonetic.Code(b));

    [Theory]
    [InlineData("jim", "jane")]
    [InlineData("miller", "milton")]
    [InlineData("susan", "sandra")]
    public void Code_OtherNames_SoundDifferent(string a, string b) =>
        Assert.NotEqual(Phonetic.Code(a), Phonetic.Code(b));

    [Theory]
    [InlineData("bob", "robert", true)]
    [InlineData("peggy", "margaret", true)]
    [InlineData("paco", "francisco", true)]
    [InlineData("bob", "bill", false)]
    [InlineData("xyz", "xyz", false)]
    public void AreRelated_Names_AreFoundInTheTable(string a, string b, bool expected)
    {
        Assert.Equal(expected, Nicknames.AreRelated(a, b));
        Assert.Equal(expected, Nicknames.AreRelated(b, a));
        if (expected)
            Assert.NotEmpty(Nicknames.RootsOf(a).Intersect(Nicknames.RootsOf(b)));
    }

    [Theory]
    [InlineData("Maria Sentosa<MSentosa@fmail.com>", "msentosa@fmail.com")]
    [InlineData("\"Jay\" <jay@x.example>", "jay@x.example")]
    [InlineData("mailto:a.b+shop@gmail.com", "ab@gmail.com")]
    [InlineData("a.b+shop@x.example", "a.b@x.example")]
    [InlineData("noreply", "")]
    [InlineData("@x.example", "")]
    [InlineData("+tag@x.example", "+tag@x.example")]
    public void Email_Forms_AreOne(string text, string expected) => Assert.Equal(expected, Contact.Email(text));

    [Theory]
    [InlineData("702-919-1300", "7029191300")]
    [InlineData("0352 6553537", "3526553537")]
    [InlineData("0000000000", "")]
    [InlineData("12345", "")]
    public void Phone_Forms_AreDigits(string text, string expected) => Assert.Equal(expected, Contact.Phone(text));

    [Theory]
    [InlineData("294-66-9999", "294669999")]
    [InlineData("AB 12 34", "ab1234")]
    [InlineData("000-00-0000", "")]
    [InlineData("unknown", "")]
    public void Number_Forms_AreLettersAndDigits(string text, string expected) =>
        Assert.Equal(expected, Contact.Number(text));

    [Fact]
    public void Readers_AnyText_DoNotThrow() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<string>().Generator.Where(x => x is not null).ToArbitrary(),
                text =>
                {
                    PersonName.FromFull(text);
                    PersonName.FromParts(text, text, text, text);
                    BirthDate.Parse(text, dayFirst: true);
                    BirthDate.OrderOf(text);
                    Contact.Email(text);
                    Contact.Phone(text);
                    Contact.Number(text);
                    OrganisationName.Parse(text);
                    Address.From(text, text, text, text, text, text);
                }
            )
            .Check(Config.QuickThrowOnFailure);

    private static string Letters(Random random)
    {
        var text = new char[random.Next(9)];
        for (int i = 0; i < text.Length; i++)
            text[i] = (char)('a' + random.Next(4));
        return new(text);
    }
}
