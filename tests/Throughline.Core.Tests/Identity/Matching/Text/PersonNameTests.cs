using Throughline.Core.Identity.Matching.Text;

namespace Throughline.Core.Tests.Identity.Matching.Text;

public sealed class PersonNameTests
{
    [Theory]
    [InlineData("Robert Smith", "robert", "", "smith", "")]
    [InlineData("Smith, Robert J.", "robert", "j", "smith", "")]
    [InlineData("Dr. Robert James Smith Jr.", "robert", "james", "smith", "2")]
    [InlineData("Ludwig van Beethoven", "ludwig", "", "beethoven", "")]
    [InlineData("ВАСИЛЬЕВ, Александр Павлович", "aleksandr", "pavlovich", "vasilev", "")]
    [InlineData("José Ñandú", "jose", "", "nandu", "")]
    [InlineData("O'Hare", "", "", "ohare", "")]
    [InlineData("Hajah Mamunah (Jln Pisang)", "hajah", "", "mamunah", "")]
    [InlineData("", "", "", "", "")]
    [InlineData(" , ", "", "", "", "")]
    public void FromFull_Forms_AreTakenApart(string text, string given, string middle, string family, string suffix)
    {
        PersonName name = PersonName.FromFull(text);
        Assert.Equal(
            (given, middle, family, suffix),
            (name.Given, string.Join(' ', name.Middle), name.FamilyJoined, name.Suffix)
        );
    }

    [Theory]
    [InlineData("Maria Luis", "M Sentosa", "maria", "luis m", "sentosa", "")]
    [InlineData("David", "Dobbins Senior", "david", "", "dobbins", "1")]
    [InlineData("Morris II", "Klein", "morris", "", "klein", "2")]
    [InlineData("Mr.", "", "mr", "", "", "")]
    [InlineData("Maria", "Medina Sentosa", "maria", "", "medinasentosa", "")]
    public void FromParts_Forms_AreTakenApart(
        string givenText,
        string familyText,
        string given,
        string middle,
        string family,
        string suffix
    )
    {
        PersonName name = PersonName.FromParts(givenText, "", familyText, "");
        Assert.Equal(
            (given, middle, family, suffix),
            (name.Given, string.Join(' ', name.Middle), name.FamilyJoined, name.Suffix)
        );
    }

    [Fact]
    public void FromFull_OtherScript_IsForeign()
    {
        Assert.True(PersonName.FromFull("王杰").IsForeign);
        Assert.True(PersonName.FromFull("فيصل صديقي").IsForeign);
        Assert.False(PersonName.FromFull("Müller Ελένη").IsForeign);
    }
}
