namespace Throughline.Cli.Output;

/// <summary>Where a command writes; knows whether a person or a script reads.</summary>
internal interface ICommandOutput
{
    /// <summary>A script reads standard output: one JSON object as its last line.</summary>
    bool IsJson { get; }

    /// <summary>What a person came for: standard output, or standard error with <c>--json</c>.</summary>
    void Line(string text = "");

    /// <summary>What happens meanwhile: always standard error.</summary>
    void Note(string text);

    /// <summary>The result as JSON, camelCase, on one line; printed with <c>--json</c> only. At most once a command.</summary>
    void Result(object result);

    /// <summary>One sentence on standard error; with <c>--json</c> also <c>{"error":{"code","message"}}</c>.</summary>
    void Error(string code, string message, Exception? cause);

    /// <summary>Shows work under way on standard error: a bar on a terminal, a line every few seconds elsewhere.</summary>
    Task<T> ProgressAsync<T>(string title, long? total, Func<IProgress<long>, Task<T>> work);
}
