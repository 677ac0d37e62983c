using Throughline.Cli.CommandLine;
using Throughline.World;

namespace Throughline.Cli.Demo;

/// <summary>Makes worlds from what a user asked for.</summary>
internal static class Worlds
{
    /// <exception cref="CommandException">An option is outside its range.</exception>
    public static SimulatedWorld Create(WorldOptions options)
    {
        try
        {
            return new(options);
        }
        catch (ArgumentOutOfRangeException error)
        {
            string name = error.ParamName?.Split('.')[^1].ToLowerInvariant() ?? "an option";
            throw new CommandException(ExitCode.Usage, "usage", $"--{name} is out of its range.", error);
        }
    }
}
