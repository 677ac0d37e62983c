namespace Throughline.Cli.Input;

/// <summary>Why a line of an input file is not what it should be (an event, an edge); in JSON as <c>snake_case</c>.</summary>
internal enum InputReason
{
    None = 0,

    /// <summary>Longer than <see cref="LineReader.MaxLineBytes"/>.</summary>
    LineTooLong,

    /// <summary>Not the fields of an access log.</summary>
    NotALogLine,

    /// <summary>The first field is no IP address (a host name, a socket).</summary>
    AddressInvalid,

    /// <summary>No <c>[day/month/year:hour:minute:second zone]</c> where one belongs, or an impossible one.</summary>
    TimeInvalid,

    /// <summary>A quote opens and never closes: often a line cut in the middle.</summary>
    QuoteOpen,

    /// <summary>The status is not three digits or <c>-</c>.</summary>
    StatusInvalid,

    /// <summary>The size is not a number of bytes or <c>-</c>.</summary>
    BytesInvalid,

    /// <summary>JSON that is no request: not an event of ours, nor an access log that is known.</summary>
    NotARequestEvent,

    /// <summary>It does not have the field that holds the id of the gate's decision.</summary>
    DecisionFieldMissing,

    /// <summary>Not two columns, apart by a comma or a tab.</summary>
    ColumnsInvalid,

    /// <summary>A column has nothing in it.</summary>
    IdentifierEmpty,

    /// <summary>Not UTF-8, such as a file in UTF-16.</summary>
    Utf8Invalid,
}
