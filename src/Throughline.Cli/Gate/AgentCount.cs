using System.Text;
using Throughline.Cli.Input;
using Throughline.Core.Gate;
using Throughline.Core.Gate.Agents;

namespace Throughline.Cli.Gate;

/// <summary>How many user agents of a file declare themselves bots.</summary>
/// <param name="Bots">Good ones too.</param>
internal sealed record AgentCount(long Bots, long Others)
{
    /// <exception cref="CommandLine.CommandException">The file cannot be read.</exception>
    public static AgentCount Of(string path, CancellationToken cancellation)
    {
        (long bots, long others) = (0, 0);
        using LineReader reader = new(InputFile.Open(path));
        while (reader.TryRead(out ReadOnlySpan<byte> line, out _))
        {
            cancellation.ThrowIfCancellationRequested();
            AgentClasses found = AgentTable.Classify(Encoding.UTF8.GetString(line));
            if ((found & (AgentClasses.Bot | AgentClasses.GoodBot)) != 0)
                bots++;
            else
                others++;
        }
        return new(bots, others);
    }
}
