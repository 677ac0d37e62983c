using System.Globalization;
using Throughline.Core.Attribution.Examples;

namespace Throughline.Core.Tests.Attribution.Examples;

/// <summary>Who learns from the examples of half of the customers foretells those of the other half.</summary>
public sealed class LearningTests
{
    // The model's few choices were made on other seeds, 101 to 108.
    private const ulong First = 1;
    private const int Seeds = 8;
    private const double T = 2.365; // Student's, 7 degrees of freedom, 95 % both sides

    private static readonly string[] Channels =
    [
        "search",
        "display",
        "social",
        "video",
        "email",
        "push",
        "sms",
        "affiliate",
    ];

    [Fact]
    public void Examples_OfHalfOfTheCustomers_ForetellTheOtherHalf_BetterThanTheBaseRate()
    {
        List<double> gains = [];
        List<double> areas = [];
        List<double> shuffledGains = [];
        List<double> ratios = [];
        List<double> bases = [];
        (int rows, int positives) = (0, 0);
        for (ulong seed = First; seed < First + Seeds; seed++)
        {
            var (machine, history) = ExampleKit.Run(
                ExampleKit.Records(
                    new()
                    {
                        People = 800,
                        Seed = seed,
                        Bots = false,
                    }
                )
            );
            List<(double[] X, int Y, double W)> train = [];
            List<(double[] X, int Y, double W)> held = [];
            ExampleKit.Each(
                machine,
                history,
                new(OneIn: 4, Seed: (long)seed),
                example =>
                {
                    if (example.Label is { } label)
                        (IsHeld(example.Customer) ? held : train).Add((Numbers(example), label, example.Weight));
                }
            );
            Assert.True(
                train.Count(x => x.Y == 1) > 50 && held.Count(x => x.Y == 1) > 50,
                $"seed {seed}: {train.Count(x => x.Y == 1)} of {train.Count}, {held.Count(x => x.Y == 1)} of {held.Count}"
            );
            (double gain, double area, double ratio, double loss) = Score(train, held);
            bases.Add(loss);
            (rows, positives) = (rows + held.Count, positives + held.Count(x => x.Y == 1));
            gains.Add(gain);
            areas.Add(area);
            ratios.Add(ratio);
            // The control: labels of the training half that say nothing must not help.
            int[] labels = [.. train.Select(x => x.Y)];
            new Random((int)seed).Shuffle(labels);
            shuffledGains.Add(Score([.. train.Select((x, i) => (x.X, labels[i], x.W))], held).Gain);
        }
        (double low, double mean, double high) = Interval(gains);
        (double lowArea, double meanArea, double highArea) = Interval(areas);
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{rows} held examples, {positives} positive; log loss below the base rate's {bases.Average():0.0000} by {mean:0.0000} ({low:0.0000} to {high:0.0000}), {gains.Count(x => x > 0)} of {Seeds} seeds; AUC {meanArea:0.000} ({lowArea:0.000} to {highArea:0.000}); foretold by true positives {ratios.Min():0.00} to {ratios.Max():0.00}; with shuffled labels {shuffledGains.Average():0.0000}"
            )
        );
        Assert.True(low > 0, $"{low} to {high}");
        Assert.True(lowArea > 0.6, $"{lowArea} to {highArea}");
        Assert.InRange(ratios.Average(), 0.8, 1.25); // weights make it calibrated, though negatives were left out
        Assert.True(shuffledGains.Average() < 0.2 * mean, $"{shuffledGains.Average()}");
    }

    private static (double Gain, double Area, double Ratio, double Base) Score(
        List<(double[] X, int Y, double W)> train,
        List<(double[] X, int Y, double W)> held
    )
    {
        LogisticModel model = new(train);
        double rate = train.Sum(x => x.Y * x.W) / train.Sum(x => x.W);
        List<(double P, int Y, double W)> told = [.. held.Select(x => (model.Predict(x.X), x.Y, x.W))];
        double loss = LogisticModel.LogLoss(held.Select(x => (rate, x.Y, x.W)));
        return (
            loss - LogisticModel.LogLoss(told),
            LogisticModel.Auc(told),
            told.Sum(x => x.P * x.W) / told.Sum(x => x.Y * x.W),
            loss
        );
    }

    // A customer's examples are all on one side.
    private static bool IsHeld(string customer) =>
        (byte.Parse(customer.AsSpan(30), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) & 1) == 1;

    // Few, as there are few positives to learn from: windows overlap, and so do kinds.
    private static readonly ExampleColumn[] Learned =
    [
        .. new[]
        {
            "identifiers",
            "touches_1h",
            "touches_7d",
            "campaign_touches_7d",
            "clicks_1d",
            "conversions_ever",
            "seconds_since_touch",
            "seconds_since_conversion",
        }.Select(name => ExampleColumns.All.Single(column => column.Name == name)),
    ];

    private static double[] Numbers(Example example)
    {
        List<double> x = [];
        foreach (ExampleColumn column in Learned)
        {
            long? value = column.Number!(example);
            x.Add(value is { } known ? Math.Log(1 + known) : 0);
            if (column.IsMs)
                x.Add(value is null ? 1 : 0);
        }
        x.AddRange([
            example.Kind == "impression" ? 1 : 0,
            example.Kind == "view" ? 1 : 0,
            example.Kind == "click" ? 1 : 0,
        ]);
        x.AddRange(Channels.Select(channel => example.Channel == channel ? 1.0 : 0));
        return [.. x];
    }

    private static (double Low, double Mean, double High) Interval(List<double> values)
    {
        double mean = values.Average();
        double error = Math.Sqrt(values.Sum(x => (x - mean) * (x - mean)) / (values.Count - 1) / values.Count);
        return (mean - T * error, mean, mean + T * error);
    }
}
