using System.Text.Json;
using Throughline.Core.Identity.Types;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Identity.Types;

public sealed class IdentifierTypesJsonTests
{
    private const string Whole = """
        {"version":3,"blockedDefaults":"all","types":[
        {"type":"card","normaliser":{"kind":"regex","letters":"upper","pattern":"(.*)","replace":"\\1"},"class":"person","priority":2,
        "blocked":{"values":["x"],"patterns":["^9+$"]},"validForMs":86400000,"derive":"event.agent"},
        {"type":"phone","normaliser":{"kind":"phone","callingCode":"49"}},{"type":"plain"}]}
        """;

    [Fact]
    public void Read_OfWhatWasWritten_IsTheSame()
    {
        byte[] written = IdentifierTypesJson.Write(Read(Whole));
        Assert.Equal(
            Compact(Whole),
            System.Text.Encoding.UTF8.GetString(written).Replace(" ", "", StringComparison.Ordinal)
        );
        for (int seed = 0; seed < 100; seed++)
        {
            byte[] once = IdentifierTypesJson.Write(new FactGenerator(seed).Types());
            byte[] twice = IdentifierTypesJson.Write(Read(System.Text.Encoding.UTF8.GetString(once)));
            Assert.Equal(Convert.ToHexString(once), Convert.ToHexString(twice));
        }
    }

    [Theory]
    [InlineData("""{"types":[{"type":"Card"}]}""", "/types/0/type")]
    [InlineData("""{"types":[{"type":"card"},{"type":"card"}]}""", "/types/1/type")]
    [InlineData("""{"types":[{"type":"card","priority":1000}]}""", "/types/0/priority")]
    [InlineData("""{"types":[{"type":"card","validForMs":0}]}""", "/types/0/validForMs")]
    [InlineData("""{"types":[{"type":"card","normaliser":{"kind":"regex"}}]}""", "/types/0/normaliser/pattern")]
    [InlineData(
        """{"types":[{"type":"card","normaliser":{"kind":"uuid","pattern":"x"}}]}""",
        "/types/0/normaliser/pattern"
    )]
    [InlineData(
        """{"types":[{"type":"card","normaliser":{"kind":"regex","pattern":"("}}]}""",
        "/types/0/normaliser/pattern"
    )]
    [InlineData(
        """{"types":[{"type":"card","normaliser":{"kind":"regex","pattern":"x","replace":"\\1"}}]}""",
        "/types/0/normaliser/replace"
    )]
    [InlineData(
        """{"types":[{"type":"card","normaliser":{"kind":"opaque","callingCode":"1"}}]}""",
        "/types/0/normaliser/callingCode"
    )]
    [InlineData(
        """{"types":[{"type":"card","normaliser":{"kind":"phone","callingCode":"0"}}]}""",
        "/types/0/normaliser/callingCode"
    )]
    [InlineData(
        """{"types":[{"type":"card","normaliser":{"kind":"uuid","letters":"upper"}}]}""",
        "/types/0/normaliser/letters"
    )]
    [InlineData("""{"types":[{"type":"card","blocked":{"patterns":["a","("]}}]}""", "/types/0/blocked/patterns/1")]
    [InlineData("""{"types":[{"type":"card","derive":"event."}]}""", "/types/0/derive")]
    [InlineData("""{"types":[{"type":"card","derive":"event.agnet"}]}""", "/types/0/derive")]
    [InlineData("""{"types":[{"type":"card","derive":"1 + 1"}]}""", "/types/0/derive")]
    [InlineData("""{"types":[{"type":"card","class":"robot"}]}""", "class")]
    [InlineData("""{"types":[{"type":"card","color":"red"}]}""", "color")]
    [InlineData("""{"blockedDefaults":"some","types":[]}""", "blockedDefaults")]
    [InlineData("""{"version":1}""", "types")]
    public void Read_OfWhatCannotBeUsed_NamesThePlace(string json, string place)
    {
        JsonException error = Assert.ThrowsAny<JsonException>(() => Read(json));
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
    }

    private static IdentifierTypes Read(string json) =>
        IdentifierTypesJson.Read(JsonSerializer.Deserialize<JsonElement>(json));

    private static string Compact(string json) =>
        json.Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
}
