using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Throughline.Cli.Output;

/// <summary>Writes to the two standard streams.</summary>
internal sealed class CommandOutput(TextWriter stdout, TextWriter stderr, bool json) : ICommandOutput
{
    /// <summary>camelCase names, snake_case enums, absent members left out: the form of every object that a command prints.</summary>
    public static readonly JsonSerializerOptions JsonForm = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private bool resultWritten;

    /// <summary>The user wants to see stack traces: <c>THROUGHLINE_DEBUG=1</c>.</summary>
    public static bool IsDebug { get; } = Environment.GetEnvironmentVariable("THROUGHLINE_DEBUG") == "1";

    public bool IsJson => json;

    public void Line(string text = "") => (json ? stderr : stdout).WriteLine(text);

    public void Note(string text) => stderr.WriteLine(text);

    public void Result(object result)
    {
        if (resultWritten)
            throw new InvalidOperationException("a command prints one result");
        resultWritten = true;
        if (!json)
            return;
        stdout.WriteLine(JsonSerializer.Serialize(result, JsonForm));
        stdout.Flush();
    }

    public void Error(string code, string message, Exception? cause)
    {
        stderr.WriteLine($"throughline: {message}");
        if (cause is not null && IsDebug)
            stderr.WriteLine(cause);
        if (json && !resultWritten)
            Result(new { error = new { code, message } });
    }

    public Task<T> ProgressAsync<T>(string title, long? total, Func<IProgress<long>, Task<T>> work) =>
        ReferenceEquals(stderr, Console.Error) && !Console.IsErrorRedirected
            ? TerminalProgress.RunAsync(title, total, work)
            : PlainProgress.RunAsync(stderr, TimeProvider.System, title, total, work);
}
