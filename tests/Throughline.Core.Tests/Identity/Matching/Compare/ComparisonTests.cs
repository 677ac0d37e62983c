using Throughline.Core.Identity.Matching.Compare;
using Throughline.Core.Identity.Matching.Text;

namespace Throughline.Core.Tests.Identity.Matching.Compare;

/// <summary>Which level two values reach.</summary>
public sealed class ComparisonTests
{
    [Theory]
    [InlineData("robert smith", "robert smith", "exact", "exact")]
    [InlineData("robert smith", "bob smyth", "nickname", "close")]
    [InlineData("rosemary smith", "rosemay smith", "close", "exact")]
    [InlineData("sarah thompson", "zara tompson", "nickname", "close")]
    [InlineData("kaylee jones", "keeley jones", "similar", "exact")]
    [InlineData("r smith", "robert smith", "initial", "exact")]
    [InlineData("darla anderson", "darletta anderson", "some", "exact")]
    [InlineData("shaw, daniella", "daniella, shaw", "swapped", "-")]
    [InlineData("sentosa, maria", "medina sentosa, maria", "exact", "part")]
    [InlineData("susan meyer thomas", "susan meyer", "exact", "part")]
    [InlineData("王杰", "jie wang", "-", "-")]
    [InlineData("john smith", "mary jones", "differ", "differ")]
    public void Compare_Names_HaveTheirLevels(string a, string b, string given, string family)
    {
        PersonName left = PersonName.FromFull(a);
        PersonName right = PersonName.FromFull(b);
        NameLevels levels = NameComparison.Compare(left, right);

        Assert.Equal((given, family), (Name(Comparison.Given, levels.Given), Name(Comparison.Family, levels.Family)));
        Assert.Equal(levels, NameComparison.Compare(right, left));
    }

    [Theory]
    [InlineData("1978-12-11", "1978-12-11", "exact")]
    [InlineData("1978-12-11", "1978-11-12", "swapped")]
    [InlineData("1978-12-11", "1979-12-11", "near")]
    [InlineData("1978-12-11", "1987-12-11", "near")]
    [InlineData("1978-12-11", "1878-12-11", "near")]
    [InlineData("1978-12-11", "1978-12-29", "parts")]
    [InlineData("1978-12-11", "1978-03-29", "year")]
    [InlineData("1978-12-11", "1991-03-29", "differ")]
    public void Level_Dates_HaveTheirLevels(string a, string b, string expected)
    {
        BirthDate left = BirthDate.Parse(a, dayFirst: false)!.Value;
        BirthDate right = BirthDate.Parse(b, dayFirst: false)!.Value;
        Assert.Equal(expected, Name(Comparison.BirthDate, DateComparison.Level(left, right)));
        Assert.Equal(expected, Name(Comparison.BirthDate, DateComparison.Level(right, left)));
    }

    [Theory]
    [InlineData("a.smith@x.example", "a.smith@x.example", "exact")]
    [InlineData("a.smith@x.example", "a.smith@elsewhere.example", "local")]
    [InlineData("a.smith@x.example", "a.smiht@x.exmple", "close")]
    [InlineData("a.smith12@x.example", "a.smith47@x.example", "similar")]
    [InlineData("a.smith@x.example", "b.jones@x.example", "differ")]
    public void EmailLevel_Addresses_HaveTheirLevels(string a, string b, string expected) =>
        Assert.Equal(expected, Name(Comparison.Email, ContactComparison.EmailLevel(a, b)));

    [Theory]
    [InlineData("7029191300", "17029191300", "exact")]
    [InlineData("3526553537", "3903526553537", "exact")]
    [InlineData("9191300", "7029191300", "tail")]
    [InlineData("7029191300", "7029191390", "near")]
    [InlineData("7029191300", "3125550188", "differ")]
    public void PhoneLevel_Numbers_HaveTheirLevels(string a, string b, string expected)
    {
        Assert.Equal(expected, Name(Comparison.Phone, ContactComparison.PhoneLevel(a, b)));
        Assert.Equal(expected, Name(Comparison.Phone, ContactComparison.PhoneLevel(b, a)));
    }

    [Theory]
    [InlineData("123 Main Street, Las Vegas NV 89132", "", "", "123 E Main St", "89132", "Henderson", "same")]
    [InlineData("Suite 900, 1450 N City Rd", "23208", "", "1450 N City Rd Suite 900", "23208", "Arlington", "same")]
    [InlineData("Ansbacher Strasse 23", "56244", "", "23 Ansbacher Street", "56244", "Dusseldorf", "same")]
    [InlineData("Hardenbergstraße 87", "66879", "", "Hardenbergstrasse 87", "66879", "", "same")]
    [InlineData("P.O. Box 12987", "60611", "", "PO BOX 12987", "60611", "", "same")]
    [InlineData("12 Main St", "10001", "Dover", "12 Main St", "94105", "Salem", "elsewhere")]
    [InlineData("1602 Brenville Pl", "", "", "160 Brenville Pl", "", "", "near")]
    [InlineData("12 Main St", "10001", "", "98 Main St", "10001", "", "street")]
    [InlineData("12 Main St", "10001", "", "98 Cedar St", "10001", "", "postcode")]
    [InlineData("12 Main St", "10001", "Dover", "98 Cedar St", "10077", "Dover", "city")]
    [InlineData("12 Main St", "10001", "Dover", "98 Cedar St", "94105", "Salem", "differ")]
    public void Level_Addresses_HaveTheirLevels(
        string street,
        string postcode,
        string city,
        string otherStreet,
        string otherPostcode,
        string otherCity,
        string expected
    )
    {
        Address a = Address.From("", street, postcode, city, "", "")!;
        Address b = Address.From("", otherStreet, otherPostcode, otherCity, "", "")!;
        Assert.Equal(expected, Name(Comparison.Address, AddressComparison.Level(a, b)));
        Assert.Equal(expected, Name(Comparison.Address, AddressComparison.Level(b, a)));
    }

    private static string Name(Comparison comparison, int level) =>
        level < 0 ? "-" : Comparisons.LevelsOf(comparison)[level];
}
