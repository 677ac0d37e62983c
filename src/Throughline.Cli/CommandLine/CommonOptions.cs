using System.CommandLine;

namespace Throughline.Cli.CommandLine;

/// <summary>Options that every command understands, before or after its name.</summary>
internal static class CommonOptions
{
    public const string DefaultData = "./data";
    public const string DefaultTenant = "demo";

    public static readonly Option<bool> Json = new("--json")
    {
        Description =
            "Print one JSON object as the last line of standard output; everything else goes to standard error.",
        Recursive = true,
    };

    public static readonly Option<string> Data = new("--data")
    {
        Description = "The folder of the embedded stores.",
        HelpName = "DIR",
        Recursive = true,
        DefaultValueFactory = _ => DefaultData,
    };

    public static readonly Option<string> Tenant = new("--tenant")
    {
        Description = "The tenant to work on.",
        HelpName = "ID",
        Recursive = true,
        DefaultValueFactory = _ => DefaultTenant,
    };
}
