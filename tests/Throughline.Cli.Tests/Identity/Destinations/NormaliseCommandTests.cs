using System.Text.Json;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Identity.Destinations;

/// <summary><c>identity normalise</c> over files.</summary>
public sealed class NormaliseCommandTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Run_Emails_GivesOneAnswerALine()
    {
        CommandRun run = await RunAsync(
            " MyEmail@example.com \r\nno address\n\nJANESAOIRSE@example.com",
            "uid2",
            "email"
        );

        JsonElement json = run.Json();
        Assert.Equal((0, 2, 2), (run.Exit, Number(json, "accepted"), Number(json, "refused")));
        Assert.Equal(
            [
                "1 FsGNM28LJQ8OLZB0Us65ZYp07NrovJSGTCMSKnLMJ6U=",
                "2 bad_email",
                "3 empty",
                "4 1mcOepIAfxtf94Xx/IHlOqbT170GvfXEc83HKGwoS20=",
            ],
            json.GetProperty("values")
                .EnumerateArray()
                .Select(value => $"{Number(value, "line")} {Text(value, "sent") ?? Text(value, "reason")}")
        );
    }

    [Fact]
    public async Task Run_PhonesWithCallingCode_AsMetaTakesThem()
    {
        CommandRun run = await RunAsync("0171 1234567\n", "meta", "phone", "--calling-code", "49");

        JsonElement value = Assert.Single(run.Json().GetProperty("values").EnumerateArray());
        Assert.Equal(("491711234567", Text(value, "sha256Hex")), (Text(value, "normalised"), Text(value, "sent")));
    }

    [Fact]
    public async Task Run_LineThatIsNoUtf8_IsRefusedAndTheOthersCount()
    {
        File.WriteAllBytes(folder["values.txt"], [0xff, (byte)'\n', .. "a@b.c\n"u8]);

        CommandRun run = await RunFileAsync("google", "email");

        Assert.Equal((1, 1), (Number(run.Json(), "accepted"), Number(run.Json(), "refused")));
    }

    [Theory]
    [InlineData("uid3", "email")]
    [InlineData("uid2", "name")]
    public async Task Run_UnknownProfileOrKind_IsAWrongCommandLine(string profile, string kind) =>
        Assert.Equal(2, (await RunAsync("a@b.c", profile, kind)).Exit);

    private async Task<CommandRun> RunAsync(string text, string profile, string kind, params string[] more)
    {
        await File.WriteAllTextAsync(folder["values.txt"], text, TestContext.Current.CancellationToken);
        return await RunFileAsync(profile, kind, more);
    }

    private Task<CommandRun> RunFileAsync(string profile, string kind, params string[] more) =>
        CommandRun.OfAsync([
            "identity",
            "normalise",
            folder["values.txt"],
            "--profile",
            profile,
            "--kind",
            kind,
            "--json",
            .. more,
        ]);

    private static int Number(JsonElement json, string field) => json.GetProperty(field).GetInt32();

    private static string? Text(JsonElement json, string field) =>
        json.TryGetProperty(field, out JsonElement value) ? value.GetString() : null;
}
