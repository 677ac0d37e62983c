using Throughline.Core.Identity.Matching.Text;

namespace Throughline.Core.Tests.Identity.Matching.Text;

public sealed class BirthDateTests
{
    [Theory]
    [InlineData("1970-03-01", "19700301")]
    [InlineData("19700301", "19700301")]
    [InlineData("1970-03-01 00:00:00", "19700301")]
    [InlineData("1970-03-01T12:30:00Z", "19700301")]
    [InlineData("3/1/1970", "19700301")]
    [InlineData("3/1/70", "19700301")]
    [InlineData("13/2/70", "19700213")]
    [InlineData("2/13/70", "19700213")]
    [InlineData("2/4/29", "20290204")]
    [InlineData("2/4/30", "19300204")]
    [InlineData("01-Mar-70", "19700301")]
    [InlineData("Mar 1 1970", "19700301")]
    [InlineData("1 March, 1970", "19700301")]
    [InlineData("February 3, 1970", "19700203")]
    [InlineData("1970", "1970")]
    public void Parse_Forms_AreRead(string text, string expected) =>
        Assert.Equal(expected, BirthDate.Parse(text, dayFirst: false)?.Text);

    [Fact]
    public void Parse_DayFirst_TurnsOnlyWhatCouldBeEither()
    {
        Assert.Equal("19700103", BirthDate.Parse("3/1/1970", dayFirst: true)?.Text);
        Assert.Equal("19700213", BirthDate.Parse("2/13/1970", dayFirst: true)?.Text);
        Assert.Equal("19700301", BirthDate.Parse("1970-03-01", dayFirst: true)?.Text);
    }

    [Theory]
    [InlineData("1970-13-40")]
    [InlineData("99999999999999999999")]
    [InlineData("12")]
    [InlineData("1/2/3/4/5")]
    public void Parse_NoDate_IsNeverWhole(string text) =>
        Assert.False(BirthDate.Parse(text, dayFirst: false) is { IsWhole: true } date && date.Text.Length != 8);

    [Theory]
    [InlineData("")]
    [InlineData("unknown")]
    [InlineData("--")]
    [InlineData("00/00/0000")]
    [InlineData("12")]
    public void Parse_NoDigits_IsNothing(string text) => Assert.Null(BirthDate.Parse(text, dayFirst: false));

    [Theory]
    [InlineData("13/2/1970", 1)]
    [InlineData("2/13/1970", -1)]
    [InlineData("2/3/1970", 0)]
    [InlineData("1970-02-13", 0)]
    public void OrderOf_Text_SaysWhatItProves(string text, int order) => Assert.Equal(order, BirthDate.OrderOf(text));
}
