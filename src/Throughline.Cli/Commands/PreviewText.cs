using System.Text.Json;
using Throughline.Cli.Output;

namespace Throughline.Cli.Commands;

/// <summary>What a preview of identity tells, in lines.</summary>
internal static class PreviewText
{
    private const int ListedMax = 20;

    public static void Print(ICommandOutput output, JsonElement told)
    {
        JsonElement links = told.GetProperty("links");
        output.Line($"{links.GetProperty("lost")} links would lose, {links.GetProperty("won")} would win");
        foreach (JsonElement link in links.GetProperty("losing").EnumerateArray().Take(ListedMax))
            output.Line(
                $"  loses: {End(link, "a")} - {End(link, "b")}, tier {link.GetProperty("tier")}, seen {link.GetProperty("sightings")} times"
            );
        foreach (JsonElement link in links.GetProperty("winning").EnumerateArray().Take(ListedMax))
            output.Line($"  wins:  {End(link, "a")} - {End(link, "b")}, tier {link.GetProperty("tier")}");
        JsonElement customers = told.GetProperty("customers");
        foreach (JsonElement before in customers.GetProperty("before").EnumerateArray().Take(ListedMax))
            output.Line($"  before {before.GetProperty("id")}: {before.GetProperty("size")} identifiers");
        foreach (JsonElement after in customers.GetProperty("after").EnumerateArray().Take(ListedMax))
            output.Line(
                $"  after  {after.GetProperty("id")}: {after.GetProperty("size")} identifiers ({after.GetProperty("change")})"
            );
        PrintCredit(output, told.GetProperty("credit"));
    }

    public static void PrintCredit(ICommandOutput output, JsonElement credit)
    {
        output.Line(
            $"{credit.GetProperty("movedConversions")} conversions would be attributed differently"
                + string.Concat(
                    credit
                        .GetProperty("values")
                        .EnumerateArray()
                        .Select(value => $", worth {value.GetProperty("minor")} {Currency(value)} (minor units)")
                )
        );
        foreach (JsonElement campaign in credit.GetProperty("campaigns").EnumerateArray().Take(ListedMax))
            output.Line(
                $"  {campaign.GetProperty("campaign")}: {campaign.GetProperty("before")} -> {campaign.GetProperty("after")} {Currency(campaign)}"
            );
    }

    private static string End(JsonElement link, string end) =>
        $"{link.GetProperty(end).GetProperty("type")} {link.GetProperty(end).GetProperty("token")}";

    private static string Currency(JsonElement of) =>
        of.TryGetProperty("currency", out JsonElement code) ? code.ToString() : "without currency";
}
