using System.CommandLine;
using Throughline.Cli.Output;

namespace Throughline.Cli.CommandLine;

/// <summary>What every command is given: the parsed line and where to write.</summary>
internal sealed class CommandContext(ParseResult parsed, ICommandOutput output)
{
    public ICommandOutput Output { get; } = output;

    /// <summary>The command's name with those of its groups: <c>campaign put</c>.</summary>
    public string Command { get; } = CommandPath.Of(parsed.CommandResult);

    /// <summary>The folder of the embedded stores, as a full path; it need not exist yet.</summary>
    public string DataFolder { get; } =
        Path.GetFullPath(parsed.GetValue(CommonOptions.Data) ?? CommonOptions.DefaultData);

    public string Tenant { get; } = parsed.GetValue(CommonOptions.Tenant) ?? CommonOptions.DefaultTenant;

    public T? Get<T>(Option<T> option) => parsed.GetValue(option);

    public T? Get<T>(Argument<T> argument) => parsed.GetValue(argument);
}
