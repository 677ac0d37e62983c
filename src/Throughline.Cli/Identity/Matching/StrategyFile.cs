using Throughline.Cli.CommandLine;
using Throughline.Cli.Input;
using Throughline.Core.Identity.Matching;

namespace Throughline.Cli.Identity.Matching;

/// <summary>Opens the strategy that a user named.</summary>
internal static class StrategyFile
{
    /// <summary>The name of the one that comes with the product.</summary>
    public const string Default = "default";

    /// <param name="name"><see cref="Default"/>, or a file.</param>
    /// <exception cref="CommandException">The file is no strategy; the message says where.</exception>
    public static MatchStrategy Open(string name)
    {
        if (name == Default)
            return MatchStrategyJson.Default;
        try
        {
            using Stream stream = InputFile.Open(name);
            using StreamReader reader = new(stream);
            return MatchStrategyJson.Read(reader.ReadToEnd());
        }
        catch (FormatException error)
        {
            throw CommandException.BadInput("bad_strategy", $"{name} is no strategy: {error.Message}", error);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw InputFile.CannotRead(name, error);
        }
    }
}
