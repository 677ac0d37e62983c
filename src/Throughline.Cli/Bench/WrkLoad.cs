using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Throughline.Core.Gate.Requests;

namespace Throughline.Cli.Bench;

/// <summary>The load of wrk, which takes little of the machine for itself. Its script only hands out requests that were made before.</summary>
internal sealed partial class WrkLoad : IHttpLoad
{
    private readonly string folder;
    private readonly string program;

    private WrkLoad(string folder, string program) => (this.folder, this.program) = (folder, program);

    public string Name => "wrk";

    /// <summary>wrk, if it is installed.</summary>
    public static WrkLoad? TryFind(string folder)
    {
        string? program = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(one => Path.Combine(one, "wrk"))
            .FirstOrDefault(File.Exists);
        return program is null ? null : new(folder, program);
    }

    public async Task<LoadAnswers> SendAsync(
        Uri address,
        GateMix mix,
        Func<EdgeRequest, string> target,
        int seconds,
        CancellationToken cancellation
    )
    {
        string script = Path.Combine(folder, "load.lua");
        await File.WriteAllTextAsync(script, Script(mix, target), cancellation);
        string[] arguments =
        [
            "-t1",
            "-c32",
            string.Create(CultureInfo.InvariantCulture, $"-d{seconds}s"),
            "-s",
            script,
            address.ToString(),
        ];
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true }
        )!;
        string output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return Answers().Match(output) is { Success: true } count && PerSecond().Match(output) is { Success: true } pace
            ? new(
                long.Parse(count.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
                double.Parse(pace.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            )
            : throw new InvalidOperationException($"wrk said: {output}");
    }

    private static string Script(GateMix mix, Func<EdgeRequest, string> target)
    {
        StringBuilder text = new("local requests = {}\n");
        for (int i = 0; i < GateMix.Different; i++)
        {
            EdgeRequest request = mix[i];
            text.Append(
                CultureInfo.InvariantCulture,
                $"requests[{i + 1}] = \"{request.Method} {target(request)} HTTP/1.1\\r\\n"
            );
            foreach (HeaderField field in request.Headers)
                text.Append(CultureInfo.InvariantCulture, $"{field.Name}: {field.Value}\\r\\n");
            if (request.Method != "GET")
                text.Append("content-length: 0\\r\\n");
            text.Append(CultureInfo.InvariantCulture, $"x-forwarded-for: {request.Address!.Text}\\r\\n\\r\\n\"\n");
        }
        text.Append("local at = 0\n")
            .Append(
                CultureInfo.InvariantCulture,
                $"request = function() at = at % {GateMix.Different} + 1 return requests[at] end\n"
            );
        return text.ToString();
    }

    [GeneratedRegex(@"(\d+) requests in ", RegexOptions.None, 1000)]
    private static partial Regex Answers();

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)", RegexOptions.None, 1000)]
    private static partial Regex PerSecond();
}
