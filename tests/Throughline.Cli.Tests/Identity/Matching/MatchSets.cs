using System.Text.Json;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Identity.Matching;

/// <summary>Runs <c>identity</c> commands on files of a folder that goes with the test.</summary>
internal sealed class MatchSets : IDisposable
{
    /// <summary>Every column of the Senzing set.</summary>
    public const string SenzingMap =
        "name.given=FEATURES[].NAME_FIRST,name.middle=FEATURES[].NAME_MIDDLE,name.family=FEATURES[].NAME_LAST,"
        + "name.full=FEATURES[].NAME_FULL,name.organization=FEATURES[].NAME_ORG,birthDate=FEATURES[].DATE_OF_BIRTH,"
        + "gender=FEATURES[].GENDER,email=FEATURES[].EMAIL_ADDRESS,phone=FEATURES[].PHONE_NUMBER,"
        + "street=FEATURES[].ADDR_LINE1,street=FEATURES[].ADDR_FULL,city=FEATURES[].ADDR_CITY,region=FEATURES[].ADDR_STATE,"
        + "postcode=FEATURES[].ADDR_POSTAL_CODE,country=FEATURES[].ADDR_COUNTRY,nationalId=FEATURES[].NATIONAL_ID_NUMBER,"
        + "ssn=FEATURES[].SSN_NUMBER,taxId=FEATURES[].TAX_ID_NUMBER,passport=FEATURES[].PASSPORT_NUMBER,"
        + "driverLicence=FEATURES[].DRIVERS_LICENSE_NUMBER,employer=FEATURES[].EMPLOYER";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    public string Write(string name, params string[] lines)
    {
        string path = folder[name];
        File.WriteAllLines(path, lines);
        return path;
    }

    public string PathOf(string name) => folder[name];

    public static async Task<JsonElement> JsonAsync(params string[] args)
    {
        CommandRun run = await CommandRun.OfAsync([.. args, "--json"]);
        Assert.True(run.Exit == 0, run.Stderr);
        return run.Json();
    }

    public static async Task<(int Exit, string Code, string Message)> ErrorAsync(params string[] args)
    {
        CommandRun run = await CommandRun.OfAsync([.. args, "--json"]);
        JsonElement error = run.Json().GetProperty("error");
        return (run.Exit, error.GetProperty("code").GetString()!, error.GetProperty("message").GetString()!);
    }
}
