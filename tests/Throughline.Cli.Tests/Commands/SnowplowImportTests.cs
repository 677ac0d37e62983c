using System.Text.Json;
using Throughline.Cli.Service;
using Throughline.Cli.Tests.RealData;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Commands;

/// <summary>98 web events of a real shop, end to end: the product's credit against one worked out from the rows alone.</summary>
public sealed class SnowplowImportTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static List<SnowplowRow> Rows() =>
        SnowplowRow.ReadAll(SharedData.Require("attribution/snowplow-fractribution/events.csv"));

    [Theory]
    [InlineData("last_touch", false)]
    [InlineData("linear", true)]
    public async Task Import_SnowplowEvents_CreditEqualsTheIndependentComputation(string model, bool linear)
    {
        List<SnowplowRow> rows = Rows();
        using var store = new TestStore();
        File.WriteAllLines(store["web.ndjson"], rows.SelectMany(SnowplowEvents.Of).Select(e => e.ToJsonString()));

        await store.JsonAsync(
            "campaign",
            "put",
            SnowplowEvents.Campaign,
            "--window",
            "30d",
            "--model",
            model,
            "--restate"
        );
        JsonElement import = await store.JsonAsync("import", store["web.ndjson"], "--format", "ndjson");

        Assert.Equal(103, import.GetProperty("accepted").GetInt32());
        Dictionary<string, JsonElement> conversions = await ConversionsAsync(store, rows);
        Assert.Equal(
            rows.Where(row => row.IsConversion).Select(row => (row.Cookie, (long)(row.Total!.Value * 100))).Order(),
            conversions.Select(found => (found.Key, found.Value.GetProperty("minor").GetInt64())).Order()
        );
        Assert.Equal(SnowplowCredit.ByChannel(rows, linear), CreditByChannel(conversions.Values, rows));
        Assert.True((await store.JsonAsync("replay", "--order", "time")).GetProperty("identical").GetBoolean());
    }

    [Fact]
    public async Task Why_EveryConversionAndItsCustomer_IsDerivedAgain()
    {
        List<SnowplowRow> rows = Rows();
        using var store = new TestStore();
        File.WriteAllLines(store["web.ndjson"], rows.SelectMany(SnowplowEvents.Of).Select(e => e.ToJsonString()));
        await store.JsonAsync("campaign", "put", "*", "--window", "30d", "--restate");
        await store.JsonAsync("import", store["web.ndjson"], "--format", "ndjson");

        foreach ((_, JsonElement conversion) in await ConversionsAsync(store, rows))
        {
            JsonElement credit = await store.JsonAsync("why", conversion.GetProperty("id").GetString()!);
            JsonElement customer = await store.JsonAsync("why", conversion.GetProperty("customer").GetString()!);

            Assert.Equal("conversion", credit.GetProperty("kind").GetString());
            Assert.Equal("customer", customer.GetProperty("kind").GetString());
            Assert.All(
                [credit, customer],
                why =>
                {
                    Assert.Equal("identical", why.GetProperty("record").GetString());
                    Assert.Equal("identical", why.GetProperty("events").GetString());
                }
            );
        }
    }

    /// <summary>What the API says of each conversion, by the customer's cookie.</summary>
    private static async Task<Dictionary<string, JsonElement>> ConversionsAsync(TestStore store, List<SnowplowRow> rows)
    {
        await using ServiceConnection service = await ServiceConnection.OpenAsync(
            store.DataFolder,
            "test",
            Cancellation
        );
        ServiceClient client = service.For("demo");
        Dictionary<string, JsonElement> found = [];
        foreach (SnowplowRow row in rows.Where(row => row.IsConversion))
        {
            using JsonDocument answer = (
                await client.GetAsync($"v1/conversions/{SnowplowEvents.ConversionId(row)}", Cancellation)
            )!;
            found.Add(row.Cookie, answer.RootElement.Clone());
        }
        return found;
    }

    private static Dictionary<string, long> CreditByChannel(
        IEnumerable<JsonElement> conversions,
        List<SnowplowRow> rows
    )
    {
        Dictionary<string, string> channels = rows.SelectMany(SnowplowEvents.Of)
            .Where(e => e.ContainsKey("channel"))
            .ToDictionary(e => e["id"]!.GetValue<string>(), e => e["channel"]!.GetValue<string>());
        return conversions
            .SelectMany(conversion => conversion.GetProperty("credits").EnumerateArray())
            .GroupBy(credit => channels[credit.GetProperty("touch").GetString()!])
            .Select(group => (group.Key, Cents: group.Sum(credit => credit.GetProperty("minor").GetInt64())))
            .Where(group => group.Cents > 0)
            .ToDictionary(group => group.Key, group => group.Cents);
    }
}
