using System.CommandLine;
using Throughline.Server.Api;

namespace Throughline.Cli.CommandLine;

/// <summary>The options <c>--from</c> and <c>--to</c>, as <see cref="TimeParameter"/> has them.</summary>
internal static class TimeOption
{
    public static Option<string?> From(string otherwise) =>
        Create("--from", $"The first instant: {TimeParameter.Form}. {otherwise}");

    public static Option<string?> To(string otherwise) => Create("--to", $"The first instant after it. {otherwise}");

    /// <summary>Milliseconds since 1970; null without one.</summary>
    public static long? Of(CommandContext context, Option<string?> option) =>
        context.Get(option) is { } text && TimeParameter.TryParse(text, out long time) ? time : null;

    private static Option<string?> Create(string name, string description)
    {
        Option<string?> option = new(name) { Description = description, HelpName = "TIME" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !TimeParameter.TryParse(text, out _))
                result.AddError($"{name} is {TimeParameter.Form}.");
        });
        return option;
    }
}
