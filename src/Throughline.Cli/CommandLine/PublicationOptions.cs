using System.CommandLine;

namespace Throughline.Cli.CommandLine;

/// <summary>Options of commands that publish: who does it, and why.</summary>
internal static class PublicationOptions
{
    public static Option<string> Author() =>
        new("--author")
        {
            Description = "Who does this, for whoever looks it up later.",
            HelpName = "NAME",
            DefaultValueFactory = _ => Environment.UserName,
        };

    public static Option<string?> Note() => new("--note") { Description = "Why.", HelpName = "TEXT" };

    public static Option<bool> Check() =>
        new("--check") { Description = "Only ask the service whether it would take it." };
}
