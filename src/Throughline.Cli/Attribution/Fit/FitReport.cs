using System.Globalization;
using System.Text;
using System.Text.Json;
using Throughline.Cli.Attribution.Batch;
using Throughline.Cli.Input;
using Throughline.Core.Attribution.Rules;

namespace Throughline.Cli.Attribution.Fit;

/// <summary>What <c>attribution fit</c> did, as <c>--json</c> prints it: the data card of a weight table.</summary>
/// <param name="Options">The model's, as one line.</param>
/// <param name="TouchRows">Of files.</param>
/// <param name="ConversionRows">Of files.</param>
/// <param name="AsOf">Of a tenant: its greatest event time.</param>
/// <param name="AsOfPosition">Of a tenant: all events before it were known.</param>
/// <param name="Paths">Journeys that were counted.</param>
/// <param name="Conversions">Of those, ones that ended in a conversion.</param>
/// <param name="NullPaths">Of those, ones that led to none.</param>
/// <param name="DistinctPaths">Different sequences of channels.</param>
/// <param name="LongestPath">Touches.</param>
/// <param name="EmptyConversions">Conversions without a touch that counts; no part of the model.</param>
/// <param name="EmptyNullPaths">Customers without conversion and without a touch that counts.</param>
/// <param name="DroppedChannels">Channels that were too rare, with their touches.</param>
/// <param name="BaselineProbability">Of Markov: how likely a path ends in a conversion.</param>
/// <param name="Published">The tenant has the table now.</param>
internal sealed record FitReport(
    string Model,
    string Options,
    string Name,
    int Version,
    RowsReport? TouchRows,
    RowsReport? ConversionRows,
    IReadOnlyList<InputRejection> Rejections,
    string? AsOf,
    long? AsOfPosition,
    long Paths,
    long Conversions,
    long NullPaths,
    int DistinctPaths,
    int LongestPath,
    long EmptyConversions,
    long EmptyNullPaths,
    double? BaselineProbability,
    IReadOnlyList<FittedChannel> Channels,
    SortedDictionary<string, long> DroppedChannels,
    double ReadSeconds,
    double PathSeconds,
    double FitSeconds,
    bool Published
);

/// <summary>Paths as they were found, and where.</summary>
internal sealed record FoundPaths(
    IReadOnlyList<(IReadOnlyList<string> Channels, long Conversions, long Others)> Paths,
    IReadOnlyList<InputRejection> Rejections,
    double ReadSeconds,
    double PathSeconds
)
{
    public RowsReport? Touches { get; init; }
    public RowsReport? Conversions { get; init; }
    public string? AsOf { get; init; }
    public long? AsOfPosition { get; init; }
}

/// <param name="Touches">In all counted paths.</param>
/// <param name="Earned">Conversions by the model; of Shapley's form <c>rate</c> a part of the rate of conversion.</param>
/// <param name="RemovalEffect">Of Markov.</param>
/// <param name="ByPlace">Of Shapley's ordered form: earned as the first, second, … different channel.</param>
internal sealed record FittedChannel(
    string Channel,
    long Weight,
    double Earned,
    long Touches,
    double? RemovalEffect,
    IReadOnlyList<double>? ByPlace
);

/// <summary>A weight table as a document of rules that can be published as it is, or with rules added to it.</summary>
internal static class FitFile
{
    public static byte[] Write(WeightTable table)
    {
        StringBuilder text = new();
        text.Append("weightTables:\n");
        text.Append(CultureInfo.InvariantCulture, $"  - name: {Quoted(table.Name)}\n");
        text.Append(CultureInfo.InvariantCulture, $"    version: {table.Version}\n");
        text.Append(CultureInfo.InvariantCulture, $"    note: {Quoted(table.Note)}\n");
        text.Append("    channels:\n");
        foreach ((string channel, long weight) in table.Channels)
            text.Append(CultureInfo.InvariantCulture, $"      {Quoted(channel)}: {weight}\n");
        text.Append(CultureInfo.InvariantCulture, $"    others: {table.Others}\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    // A text of JSON is one of YAML.
    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
