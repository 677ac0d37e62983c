using System.Text.Json;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Identity.Matching;

/// <summary>The default strategy on records that were not made for it, with the figures that the project promises.</summary>
public sealed class RealSetTests
{
    [Theory]
    [InlineData(MatchSets.SenzingMap)]
    // Only the commonest fields: no kinds of number, organisations among the full names.
    [InlineData(
        "name.given=FEATURES[].NAME_FIRST,name.family=FEATURES[].NAME_LAST,name.full=FEATURES[].NAME_FULL,name.full=FEATURES[].NAME_ORG,"
            + "birthDate=FEATURES[].DATE_OF_BIRTH,email=FEATURES[].EMAIL_ADDRESS,phone=FEATURES[].PHONE_NUMBER,"
            + "street=FEATURES[].ADDR_LINE1,street=FEATURES[].ADDR_FULL,city=FEATURES[].ADDR_CITY,postcode=FEATURES[].ADDR_POSTAL_CODE,"
            + "nationalId=FEATURES[].NATIONAL_ID_NUMBER,nationalId=FEATURES[].SSN_NUMBER,passport=FEATURES[].PASSPORT_NUMBER,"
            + "driverLicence=FEATURES[].DRIVERS_LICENSE_NUMBER"
    )]
    public async Task Evaluate_SenzingDemo_BeatsTheRival(string map)
    {
        string set = SharedData.Require("identity/senzing-demo");
        using MatchSets sets = new();
        string truth = sets.Write(
            "truth.csv",
            [
                "record,cluster",
                .. File.ReadLines(Path.Combine(set, "actual_truthset_key.csv"))
                    .Skip(1)
                    .Select(x => x.Split(','))
                    .Select(x => $"{x[2]}:{x[3]},{x[1]}"),
            ]
        );

        JsonElement report = await MatchSets.JsonAsync(
            "identity",
            "evaluate",
            Path.Combine(set, "customers.jsonl"),
            Path.Combine(set, "reference.jsonl"),
            Path.Combine(set, "watchlist.jsonl"),
            "--id",
            "DATA_SOURCE,RECORD_ID",
            "--map",
            map,
            "--strategy",
            "default",
            "--truth",
            truth
        );

        Assert.Equal(
            (159, 85, 108),
            (
                report.GetProperty("records").GetInt32(),
                report.GetProperty("clusters").GetInt32(),
                report.GetProperty("truePairs").GetInt32()
            )
        );
        Assert.InRange(report.GetProperty("f1").GetDouble(), 0.95, 1);
        Assert.InRange(report.GetProperty("precision").GetDouble(), 0.95, 1);
    }

    [Fact]
    public async Task Evaluate_SplinkFake1000_IsFarAboveTheNaiveMethod()
    {
        string set = SharedData.Require("identity/splink-fake1000/fake_1000.csv");
        using MatchSets sets = new();
        string truth = sets.Write(
            "truth.csv",
            ["record,cluster", .. File.ReadLines(set).Skip(1).Select(x => x.Split(',')).Select(x => $"{x[0]},{x[^1]}")]
        );

        JsonElement report = await MatchSets.JsonAsync(
            "identity",
            "evaluate",
            set,
            "--id",
            "unique_id",
            "--map",
            "name.given=first_name,name.family=surname,birthDate=dob,city=city,email=email",
            "--truth",
            truth
        );

        Assert.Equal(
            (1000, 251, 2031),
            (
                report.GetProperty("records").GetInt32(),
                report.GetProperty("clusters").GetInt32(),
                report.GetProperty("truePairs").GetInt32()
            )
        );
        Assert.InRange(report.GetProperty("f1").GetDouble(), 0.9, 1);
        Assert.InRange(report.GetProperty("precision").GetDouble(), 0.98, 1);
    }
}
