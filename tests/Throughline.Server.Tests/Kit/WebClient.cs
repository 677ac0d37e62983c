using System.Diagnostics;
using System.Text.Json.Nodes;
using Throughline.Testing;

namespace Throughline.Server.Tests.Kit;

/// <summary>Runs the programs of tests/web-client; tests are skipped where their packages are not installed, and fail with CI=true.</summary>
internal static class WebClient
{
    /// <summary>What a program prints, a JSON object.</summary>
    public static async Task<JsonNode> RunAsync(string script, params string[] arguments)
    {
        string node = RealProxy.Require("node");
        string folder = Repository.PathOf("tests/web-client");
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
        {
            const string Missing = "tests/web-client has no node_modules (./test installs them)";
            if (Environment.GetEnvironmentVariable("CI") == "true")
                Assert.Fail(Missing);
            Assert.Skip(Missing);
        }
        ProcessStartInfo start = new(node, [script, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        CancellationToken ended = TestContext.Current.CancellationToken;
        Task<string> errors = process.StandardError.ReadToEndAsync(ended);
        string output = await process.StandardOutput.ReadToEndAsync(ended);
        await process.WaitForExitAsync(ended);
        Assert.True(process.ExitCode == 0, await errors);
        return JsonNode.Parse(output)!;
    }
}
