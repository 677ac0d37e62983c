using System.Text;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Input;
using Throughline.Core.Gate.Agents;

namespace Throughline.Cli.Gate;

/// <summary>How many user agents of a file declare themselves bots.</summary>
/// <param name="Bots">Good ones too.</param>
/// <param name="Others">All other lines, empty ones too.</param>
internal sealed record AgentCount(long Bots, long Others)
{
    /// <exception cref="CommandException">The file cannot be read.</exception>
    public static AgentCount Of(string path, AgentTable agents, CancellationToken cancellation)
    {
        (long bots, long others) = (0, 0);
        using LineReader reader = new(InputFile.Open(path));
        while (reader.TryRead(out ReadOnlySpan<byte> line, out _))
        {
            cancellation.ThrowIfCancellationRequested();
            if (agents.Read(Encoding.UTF8.GetString(line)).IsBot)
                bots++;
            else
                others++;
        }
        return new(bots, others);
    }

    /// <summary>The built-in table, or one with its crawlers replaced by a list; each pattern that cannot be used is told.</summary>
    /// <exception cref="CommandException">The list cannot be read or has no usable pattern.</exception>
    public static AgentTable TableOf(string? listPath, Action<string> tell)
    {
        if (listPath is null)
            return new();
        CrawlerList list;
        using (StreamReader reader = new(InputFile.Open(listPath)))
            list = CrawlerList.Parse(reader.ReadToEnd());
        foreach (CrawlerListError error in list.Errors)
            tell($"{listPath}: {error.Place}: {error.Message}");
        return list.Count > 0
            ? new(list)
            : throw CommandException.BadInput("list_empty", $"'{listPath}' has no pattern that can be used.");
    }
}
