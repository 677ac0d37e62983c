using System.Text.Json;

namespace Throughline.Cli.Input;

/// <summary>What each <see cref="InputReason"/> says to a person, and the field of the event that it is about.</summary>
internal static class InputReasons
{
    /// <summary>The code in <c>snake_case</c>.</summary>
    public static string Code(this InputReason reason) =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());

    /// <summary>JSON pointer into the event that the line would have been; null where the whole line is meant.</summary>
    public static string? Pointer(this InputReason reason) =>
        reason switch
        {
            InputReason.AddressInvalid => "/context/address",
            InputReason.TimeInvalid => "/time",
            InputReason.StatusInvalid => "/request/status",
            InputReason.BytesInvalid => "/request/bytes",
            _ => null,
        };

    public static string Message(this InputReason reason) =>
        reason switch
        {
            InputReason.LineTooLong => $"The line is longer than {LineReader.MaxLineBytes} bytes.",
            InputReason.NotALogLine => "The line does not have the fields of the common or combined log format.",
            InputReason.AddressInvalid => "The first field is not an IP address; host names cannot be judged.",
            InputReason.TimeInvalid =>
                "The time is not of the form [day/month/year:hour:minute:second zone], or impossible.",
            InputReason.QuoteOpen => "A quoted field never ends; the line may be cut.",
            InputReason.StatusInvalid => "The status is not a number of three digits from 100.",
            InputReason.BytesInvalid => "The response size is not a number of bytes.",
            InputReason.NotARequestEvent =>
                "The line is JSON, but neither a request event with time, address and path nor a known access log.",
            InputReason.DecisionFieldMissing =>
                "The line does not have the field that holds the id of the gate's decision.",
            InputReason.ColumnsInvalid => "The line is not two columns, apart by a comma or a tab.",
            InputReason.IdentifierEmpty => "A column of the line is empty.",
            InputReason.Utf8Invalid => "The line is not UTF-8.",
            _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "not a reason"),
        };
}
