using System.Globalization;

namespace Throughline.Cli.Attribution.Conformance.Ara;

/// <summary>Switches of a case, by name: numbers, truth values and lists in text, each with what holds if it is not set.</summary>
/// <param name="find">The text of a switch, null if it is not set.</param>
internal sealed class AraFlags(Func<string, string?> find)
{
    public string? Text(string name) => find(name);

    public double Number(string name, double otherwise) =>
        find(name) is not { } text ? otherwise
        : text == "inf" ? double.PositiveInfinity
        : double.TryParse(text, CultureInfo.InvariantCulture, out double number) ? number
        : otherwise;

    public int Count(string name, int otherwise) => (int)Math.Min(Number(name, otherwise), int.MaxValue);

    public bool Is(string name, bool otherwise) =>
        find(name) is { } text ? string.Equals(text, "true", StringComparison.OrdinalIgnoreCase) : otherwise;

    public HashSet<string> Names(string name) =>
        [.. (find(name) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
