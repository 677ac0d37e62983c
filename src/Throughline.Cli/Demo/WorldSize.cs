using System.CommandLine;
using Throughline.Cli.CommandLine;
using Throughline.World;

namespace Throughline.Cli.Demo;

/// <summary>The options that say how large a simulated world is.</summary>
internal sealed class WorldSize
{
    private readonly Option<int> people = new("--people")
    {
        Description = "How many people live in the simulated world.",
        HelpName = "N",
        DefaultValueFactory = _ => new WorldOptions().People,
    };

    private readonly Option<int> days = new("--days")
    {
        Description = "How many days it runs.",
        HelpName = "N",
        DefaultValueFactory = _ => new WorldOptions().Days,
    };

    public void AddTo(Command command)
    {
        command.Add(people);
        command.Add(days);
    }

    public WorldOptions Of(CommandContext context) => new() { People = context.Get(people), Days = context.Get(days) };
}
