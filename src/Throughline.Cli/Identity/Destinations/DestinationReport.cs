using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Input;
using Throughline.Core.Identity.Destinations;

namespace Throughline.Cli.Identity.Destinations;

/// <summary>A file of values as one destination asks for them, as <c>identity normalise --json</c> prints it.</summary>
/// <param name="Values">One for each line, in their order.</param>
internal sealed record DestinationReport(
    DestinationProfile Profile,
    DestinationKind Kind,
    int Accepted,
    int Refused,
    IReadOnlyList<DestinationLine> Values
)
{
    /// <exception cref="CommandException">The file cannot be read.</exception>
    public static DestinationReport Of(
        string file,
        DestinationProfile profile,
        DestinationKind kind,
        string? callingCode,
        CancellationToken cancellation
    )
    {
        List<DestinationLine> values = [];
        try
        {
            using LineReader reader = new(InputFile.Open(file));
            while (reader.TryRead(out ReadOnlySpan<byte> line, out bool tooLong))
            {
                cancellation.ThrowIfCancellationRequested();
                if (tooLong || !Utf8.IsValid(line))
                    values.Add(
                        new(
                            reader.Line,
                            null,
                            null,
                            null,
                            null,
                            (tooLong ? InputReason.LineTooLong : InputReason.Utf8Invalid).Code()
                        )
                    );
                else
                    values.Add(
                        DestinationLine.Of(
                            reader.Line,
                            DestinationNormaliser.Normalise(profile, kind, Encoding.UTF8.GetString(line), callingCode)
                        )
                    );
            }
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw InputFile.CannotRead(file, error);
        }
        int refused = values.Count(value => value.Reason is not null);
        return new(profile, kind, values.Count - refused, refused, values);
    }
}

/// <summary>One line's value: <see cref="DestinationValue"/>, or the reason why the destination cannot have it.</summary>
internal sealed record DestinationLine(
    long Line,
    string? Normalised,
    string? Sent,
    string? Sha256Hex,
    string? Sha256Base64,
    string? Reason
)
{
    public static DestinationLine Of(long line, DestinationValue value) =>
        new(
            line,
            value.Normalised,
            value.Sent,
            value.Sha256Hex,
            value.Sha256Base64,
            value.Refusal == DestinationRefusal.None
                ? null
                : JsonNamingPolicy.SnakeCaseLower.ConvertName(value.Refusal.ToString())
        );
}
