using Throughline.Cli.CommandLine;
using Throughline.Core.Gate.Agents;

namespace Throughline.Cli.Gate.Replay;

/// <summary>Addresses of good bots for a replay, from files that the user names: <c>googlebot=googlebot.json</c>.</summary>
internal static class KnownBots
{
    /// <summary>
    /// Lists that hold at every time of the logs, as no log says what was published then; a bot without one stays unverified, for
    /// nobody can ask for the names that addresses had.
    /// </summary>
    /// <exception cref="CommandException">A file cannot be read or is no list; the message names it.</exception>
    public static GoodBots Open(IEnumerable<string> given)
    {
        GoodBots bots = new() { AsksNames = false };
        foreach (string one in given)
        {
            int equals = one.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || GoodBotRegistry.ListOf(one[..equals]) is not { } list)
                throw new CommandException(
                    ExitCode.Usage,
                    "bots_invalid",
                    $"--bots {one}: it is written BOT=FILE; bots with lists: {string.Join(", ", GoodBotRegistry.Lists)}."
                );
            string file = one[(equals + 1)..];
            if (BotRanges.TryParse(TextOf(file), out string error) is not { } ranges)
                throw CommandException.BadInput("bots_invalid", $"{file}: {error}");
            bots.TryImport(list, ranges, now: long.MaxValue);
        }
        return bots;
    }

    private static string TextOf(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw CommandException.BadInput("input_unreadable", $"{file} cannot be read: {error.Message}", error);
        }
    }
}
