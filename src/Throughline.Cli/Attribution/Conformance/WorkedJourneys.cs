using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Models;

namespace Throughline.Cli.Attribution.Conformance;

/// <summary>Worked examples of one conversion: a journey's money, weights by path length, touches by day, dated windows.</summary>
internal static partial class WorkedJourneys
{
    private const int MinorPerUnit = 100;

    public static void Run(WorkedExample example)
    {
        if (example.Has("touches"))
            Journey(example);
        if (example.Has("expected_weights_first_to_last"))
            Weights(example);
        if (example.Has("touch_days"))
            Days(example);
        if (example.Has("cases"))
            foreach (JsonElement windows in example.Get("cases").EnumerateArray())
                if (windows.TryGetProperty("window_days", out JsonElement days))
                    Windows(example, windows, [.. days.EnumerateArray().Select(x => x.GetInt64())]);
    }

    // Keys are model/lookback: of "visit" only touches of the last visit count.
    private static void Journey(WorkedExample example)
    {
        long value = Minor(example.Number(example.Get("value")));
        JsonElement[] all = [.. example.Get("touches").EnumerateArray()];
        int lastVisit = all.Max(Visit);
        foreach (JsonProperty model in example.Get("expected").EnumerateObject())
        {
            string[] name = model.Name.Split('/');
            JsonElement[] touches =
                name.Length > 1 && name[1] == "visit" ? [.. all.Where(x => Visit(x) == lastVisit)] : all;
            string[] channels = [.. touches.Select(x => x.GetProperty("channel").GetString()!)];
            Rational[] ages = [.. touches.Select(x => Age(example, x))];
            SortedDictionary<string, long> credit = new(StringComparer.Ordinal);
            if (name[0] == "participation")
                foreach (string channel in channels)
                    credit[channel] = value;
            else if (Money(name[0], value, channels, ages) is { } parts)
                for (int i = 0; i < parts.Length; i++)
                    credit[channels[i]] = credit.GetValueOrDefault(channels[i]) + parts[i];
            SortedDictionary<string, long> expected = new(StringComparer.Ordinal);
            foreach (JsonProperty channel in model.Value.EnumerateObject())
                expected[channel.Name] = Minor(example.Number(channel.Value));
            example.Check(model.Name, Text(expected), Text(credit));
        }
    }

    private static int Visit(JsonElement touch) =>
        touch.TryGetProperty("visit", out JsonElement visit) ? visit.GetInt32() : 0;

    private static Rational Age(WorkedExample example, JsonElement touch) =>
        touch.TryGetProperty("days_before_conversion", out JsonElement days) ? example.Number(days) : Rational.Zero;

    private static long[]? Money(string model, long value, string[] channels, Rational[] agesInDays)
    {
        if (ModelNames.HalfLifeDays(model) is > 0 and int halfLife)
        {
            long[] parts = new long[channels.Length];
            LargestRemainder.Split(value, Decay(agesInDays, halfLife), parts);
            return parts;
        }
        return ModelNames.Weights(model, channels) is { } weights ? MoneySplit.Split(value, weights) : null;
    }

    private static long[] Decay(Rational[] agesInDays, int halfLifeDays) =>
        TimeDecay.Weights([.. agesInDays.Select(x => (long)x.Round(86_400_000))], halfLifeDays * 86_400_000L);

    private static void Weights(WorkedExample example)
    {
        foreach (JsonProperty model in example.Get("expected_weights_first_to_last").EnumerateObject())
        {
            if (model.Value.ValueKind != JsonValueKind.Object)
                continue; // said in words
            foreach (JsonProperty length in model.Value.EnumerateObject())
            {
                string[] channels = new string[int.Parse(length.Name, CultureInfo.InvariantCulture)];
                Array.Fill(channels, "a");
                example.Check(
                    $"{model.Name} of {length.Name}",
                    string.Join(' ', length.Value.EnumerateArray().Select(example.Number)),
                    string.Join(' ', ModelNames.Weights(model.Name, channels) ?? [])
                );
            }
        }
    }

    // "_exact": each touch's share rounded by itself, which need not add up; "_published": rounded to the unit that "kind" names.
    private static void Days(WorkedExample example)
    {
        long value = Minor(example.Number(example.Get("value")));
        Rational[] days = [.. example.Get("touch_days").EnumerateArray().Select(example.Number)];
        Rational[] ages = [.. days.Select(day => days.Max() - day)];
        string[] channels = [.. example.Get("channels").EnumerateArray().Select(x => x.GetString()!)];
        foreach (JsonProperty model in example.Get("expected_per_touch").EnumerateObject())
        {
            bool alone = model.Name.EndsWith("_exact", StringComparison.Ordinal);
            long unit = model.Name.EndsWith("_published", StringComparison.Ordinal) ? RoundedTo(example) : 1;
            string name = model
                .Name.Replace("_exact", "", StringComparison.Ordinal)
                .Replace("_published", "", StringComparison.Ordinal);
            long[]? parts = alone
                ? Alone(name, value, channels, ages)
                : Money(name, value / unit, channels, ages)?.Select(x => x * unit).ToArray();
            example.Check(
                model.Name,
                string.Join(' ', model.Value.EnumerateArray().Select(x => Minor(example.Number(x)))),
                string.Join(' ', parts ?? [])
            );
            long[]? whole = Money(name, value, channels, ages);
            example.Check($"{model.Name}, sum", value == whole?.Sum(), $"{value}", $"{whole?.Sum()}");
        }
    }

    private static long[]? Alone(string model, long value, string[] channels, Rational[] ages)
    {
        Rational[]? weights = ModelNames.HalfLifeDays(model) is > 0 and int halfLife
            ? [.. Decay(ages, halfLife).Select(x => (Rational)x)]
            : ModelNames.Weights(model, channels);
        Rational sum = (weights ?? []).Aggregate(Rational.Zero, (a, b) => a + b);
        return weights?.Select(x => (long)(x * value / sum).Round(1)).ToArray();
    }

    // In minor units: "rounded to 5 USD" is 500.
    private static long RoundedTo(WorkedExample example) =>
        example.Has("kind") && Rounded().Match(example.Get("kind").GetString()!) is { Success: true } found
            ? long.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) * MinorPerUnit
            : 1;

    // A window that changed after the first event: what the later event is on the days that are named.
    private static void Windows(WorkedExample example, JsonElement windows, long[] lengths)
    {
        int install = Day(windows.GetProperty("install").GetString()!);
        (long, long)[] versions =
        [
            (install, lengths[0]),
            (Day(windows.GetProperty("changed").GetString()!), lengths[1]),
        ];
        foreach (JsonProperty member in windows.EnumerateObject())
        {
            (string day, string expected) = member.Name switch
            {
                "reinstall_until_is_reinstall" => (member.Value.GetString()!, "reinstall"),
                "new_install_from" => (member.Value.GetString()!, "new install"),
                _ when member.Name.StartsWith("reinstall ", StringComparison.Ordinal) => (
                    member.Name["reinstall ".Length..],
                    member.Value.GetString()!
                ),
                _ => ("", ""),
            };
            if (day.Length > 0)
                example.Check(
                    $"{lengths[0]} then {lengths[1]} days, {member.Name}",
                    expected,
                    DatedWindows.Holds(versions, install, Day(day)) ? "reinstall" : "new install"
                );
        }
    }

    private static int Day(string text) =>
        DateOnly.ParseExact($"{text} 2023", "MMM d yyyy", CultureInfo.InvariantCulture).DayNumber;

    private static long Minor(Rational amount) => (long)amount.Round(MinorPerUnit);

    private static string Text(SortedDictionary<string, long> credit) =>
        string.Join(' ', credit.Where(x => x.Value != 0).Select(x => $"{x.Key}={x.Value}"));

    [GeneratedRegex("rounded to ([0-9]+) ")]
    private static partial Regex Rounded();
}
