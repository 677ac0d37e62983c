using System.Text.Json;
using Throughline.Cli.Input;

namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>Why a line of a file of touches or conversions does not count; in JSON as <c>snake_case</c>.</summary>
internal enum RowReason
{
    None = 0,

    /// <summary>Longer than <see cref="LineReader.MaxLineBytes"/>.</summary>
    LineTooLong,

    /// <summary>A quoted cell does not end on its line.</summary>
    QuoteOpen,

    /// <summary>More or fewer cells than the header.</summary>
    CellsInvalid,

    /// <summary>Not UTF-8.</summary>
    Utf8Invalid,

    /// <summary>No id, or one longer than <see cref="RowText.MaxBytes"/>.</summary>
    IdInvalid,

    /// <summary>No customer, or one longer than <see cref="RowText.MaxBytes"/>.</summary>
    CustomerInvalid,

    /// <summary>Neither RFC 3339 with an offset nor whole milliseconds since 1970.</summary>
    TimeInvalid,

    /// <summary>Before 1990 or after 2199.</summary>
    TimeOutOfRange,

    /// <summary>No campaign.</summary>
    CampaignInvalid,

    /// <summary>No kind.</summary>
    KindInvalid,

    /// <summary>The value is no whole number of minor units from 0 on.</summary>
    MinorInvalid,

    /// <summary>A value without a currency, or a currency that ISO 4217 does not know.</summary>
    CurrencyInvalid,

    /// <summary>An order id longer than <see cref="RowText.MaxBytes"/>.</summary>
    OrderInvalid,

    /// <summary>A verdict that is none of <c>human</c>, <c>unknown</c>, <c>bot</c> and <c>good_bot</c>.</summary>
    VerdictInvalid,

    /// <summary>Neither <c>true</c> nor <c>false</c>.</summary>
    MachineOpenInvalid,

    /// <summary>An owner longer than <see cref="RowText.MaxBytes"/>; of a match one that is missing.</summary>
    OwnerInvalid,

    /// <summary>The number of a customer's identifiers is no whole number.</summary>
    IdentifiersInvalid,

    /// <summary>Properties that are no JSON object, or that have no room.</summary>
    PropertiesInvalid,

    /// <summary>A refund that names neither a conversion nor an order, or one longer than <see cref="RowText.MaxBytes"/>.</summary>
    TargetInvalid,

    /// <summary>A match tier that is no whole number from 0 to 255.</summary>
    TierInvalid,

    /// <summary>The same row once more: it counts once.</summary>
    Duplicate,

    /// <summary>The id is that of an earlier row that says something else.</summary>
    IdConflict,
}

/// <summary>What each <see cref="RowReason"/> says to a person.</summary>
internal static class RowReasons
{
    /// <summary>The code in <c>snake_case</c>.</summary>
    public static string Code(this RowReason reason) => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());

    public static InputRejection At(this RowReason reason, string file, long line) =>
        new(file, line, reason.Code(), null, reason.Message());

    public static string Message(this RowReason reason) =>
        reason switch
        {
            RowReason.LineTooLong => $"The line is longer than {LineReader.MaxLineBytes} bytes.",
            RowReason.QuoteOpen => "A quoted cell never ends on this line.",
            RowReason.CellsInvalid => "The line does not have as many cells as the header.",
            RowReason.Utf8Invalid => "The line is not UTF-8.",
            RowReason.IdInvalid => $"The id is empty or longer than {RowText.MaxBytes} bytes.",
            RowReason.CustomerInvalid => $"The customer is empty or longer than {RowText.MaxBytes} bytes.",
            RowReason.TimeInvalid => "The time is neither RFC 3339 with an offset nor milliseconds since 1970.",
            RowReason.TimeOutOfRange => "The time is before 1990 or after 2199.",
            RowReason.CampaignInvalid => "The campaign is empty.",
            RowReason.KindInvalid => "The kind is empty.",
            RowReason.MinorInvalid => "The value is not a whole number of minor units from 0 on.",
            RowReason.CurrencyInvalid => "The currency is missing or none of ISO 4217.",
            RowReason.OrderInvalid => $"The order id is longer than {RowText.MaxBytes} bytes.",
            RowReason.VerdictInvalid => "The verdict is none of human, unknown, bot, good_bot.",
            RowReason.MachineOpenInvalid => "machine_open is neither true nor false.",
            RowReason.OwnerInvalid => $"An owner is missing or longer than {RowText.MaxBytes} bytes.",
            RowReason.IdentifiersInvalid => "The number of identifiers is not a whole number.",
            RowReason.PropertiesInvalid =>
                $"The properties are not a JSON object of at most {ExtraCells.MaxProperties} bytes, or the line's further cells are longer than {ushort.MaxValue} bytes together.",
            RowReason.TargetInvalid =>
                $"The refund names neither a conversion nor an order, or one longer than {RowText.MaxBytes} bytes.",
            RowReason.TierInvalid => "The tier is not a whole number from 0 to 255.",
            RowReason.Duplicate => "An earlier line says the same.",
            RowReason.IdConflict => "An earlier line has this id and says something else.",
            _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "not a reason"),
        };
}
