using System.CommandLine;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Identity.Destinations;
using Throughline.Core.Identity.Destinations;

namespace Throughline.Cli.Commands;

/// <summary><c>identity normalise FILE</c>: identifiers in the form that an advertising platform asks for.</summary>
internal sealed class IdentityNormaliseCommand : CliCommand
{
    private readonly Argument<string> file = new("FILE")
    {
        Description = "Clear values, one a line; - is standard input; gzip is unpacked.",
    };

    private readonly Option<DestinationProfile> profile = new("--profile")
    {
        Description = "Who the values are for: uid2, euid, google, meta or snap.",
        HelpName = "NAME",
        Required = true,
    };

    private readonly Option<DestinationKind> kind = new("--kind")
    {
        Description = "What the values are: email, phone, or hash (made by somebody already).",
        HelpName = "KIND",
        Required = true,
    };

    private readonly Option<string?> callingCode = new("--calling-code")
    {
        Description = "Calling code of phone numbers without one, such as 49.",
        HelpName = "DIGITS",
    };

    public IdentityNormaliseCommand()
        : base(
            "normalise",
            "Normalise and hash e-mail addresses or phone numbers as UID2, EUID, Google, Meta or Snap ask.",
            new Example(
                "./throughline identity normalise emails.txt --profile uid2 --kind email",
                "What goes to UID2, a value a line."
            ),
            new Example(
                "./throughline identity normalise phones.txt --profile meta --kind phone --calling-code 49 --json",
                "normalised, sent, sha256Hex and sha256Base64 of each, or the reason of its refusal."
            )
        )
    {
        callingCode.Validators.Add(result =>
        {
            string? code = result.GetValueOrDefault<string?>();
            if (
                code is not (null or { Length: >= 1 and <= 3 })
                || (code is not null && (code[0] == '0' || !code.All(char.IsAsciiDigit)))
            )
                result.AddError("--calling-code is 1 to 3 digits and does not begin with 0.");
        });
        Add(file);
        Add(profile);
        Add(kind);
        Add(callingCode);
    }

    public override Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        DestinationReport report = DestinationReport.Of(
            context.Get(file)!,
            context.Get(profile),
            context.Get(kind),
            context.Get(callingCode),
            cancellation
        );
        foreach (DestinationLine line in report.Values)
            context.Output.Line(line.Sent ?? "");
        foreach (DestinationLine line in report.Values.Where(line => line.Reason is not null))
            context.Output.Note($"{context.Get(file)}:{line.Line}: {line.Reason}");
        context.Output.Result(report);
        return Task.FromResult(ExitCode.Done);
    }
}
