using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Reports;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Reports;

/// <summary>What reports keep in place of everything: exact while there is room, and no further off than they say.</summary>
public sealed class SummaryTests
{
    [Fact]
    public void KeySample_UpToItsBound_KeepsAllAndCountsExactly()
    {
        KeySample<int> sample = new(100);
        for (int round = 0; round < 3; round++)
        for (ulong key = 1; key <= 100; key++)
        {
            int nobodys = 0;
            sample.At(key, ref nobodys)++;
        }
        Assert.Equal((100, 0, 300), (sample.Distinct, sample.Level, sample.Kept.Values.Sum()));
    }

    [Fact]
    public void KeySample_BeyondItsBound_CountsWithinFiveStandardErrorsAndKeepsTheSameKeysInAnyOrder()
    {
        Random random = Seeds.Random();
        ulong[] keys = [.. Enumerable.Range(0, 50_000).Select(_ => (ulong)random.NextInt64())];
        (KeySample<bool> sample, KeySample<bool> shuffled) = (new(1_024), new(1_024));
        foreach (ulong key in keys)
            sample.Add(key);
        random.Shuffle(keys);
        foreach (ulong key in keys.Concat(keys.Take(10_000)))
            shuffled.Add(key);
        Assert.InRange(sample.Kept.Count, 1, 1_024);
        double error = 5 * 1.2 / Math.Sqrt(1_024);
        Assert.InRange(sample.Distinct, 50_000 * (1 - error), 50_000 * (1 + error));
        Assert.Equal(sample.Kept.Keys.Order(), shuffled.Kept.Keys.Order());
    }

    [Fact]
    public void TopValues_Skewed_AreOffByNoMoreThanTheySay()
    {
        Random random = Seeds.Random();
        TopValues top = new(64);
        Dictionary<string, long> truth = [];
        for (int i = 0; i < 100_000; i++)
        {
            string value = $"v{(int)Math.Pow(5_000, random.NextDouble())}";
            truth[value] = truth.GetValueOrDefault(value) + 1;
            top.Add(value, isRefused: false, isFlagged: false);
        }
        top.Add(null, isRefused: true, isFlagged: true);
        TopGroup group = top.Finish(10);
        Assert.True(group.ErrorMax > 0, "the test must overflow the table");
        Assert.Equal(1, group.Unknown);
        foreach (TopValue value in group.Values)
            Assert.InRange(value.Requests, truth[value.Value] - group.ErrorMax, truth[value.Value]);
        Assert.Equal(truth.MaxBy(x => x.Value).Key, group.Values[0].Value);
    }

    [Fact]
    public void TopValues_FewValues_AreExactAndEqualOnesInOrder()
    {
        TopValues top = new(4);
        foreach (string value in (string[])["b", "a", "c", "c", "d"])
            top.Add(value, isRefused: value == "c", isFlagged: value != "a");
        TopGroup group = top.Finish(3);
        Assert.Equal([new("c", 2, 2, 2), new("a", 1, 0, 0), new("b", 1, 0, 1)], group.Values);
        Assert.Equal(0, group.ErrorMax);
    }

    [Fact]
    public void Latency_Random_PercentilesAreTooHighByAtMostTheStatedShare()
    {
        Random random = Seeds.Random();
        LatencyHistogram histogram = new();
        long[] all = [.. Enumerable.Range(0, 5_000).Select(_ => (long)Math.Exp(random.NextDouble() * 20))];
        foreach (long one in all)
            histogram.Add(one);
        Array.Sort(all);
        LatencyFigures found = histogram.Finish();
        Check(found.P50, 0.5);
        Check(found.P90, 0.9);
        Check(found.P99, 0.99);
        Check(found.P999, 0.999);
        Assert.Equal((5_000, all[^1]), (found.Decisions, found.Max));

        void Check(long figure, double share)
        {
            long exact = all[(int)Math.Ceiling(share * all.Length) - 1];
            Assert.InRange(figure, exact, exact < 64 ? exact : exact * 1.032);
        }
    }

    [Fact]
    public void Losses_NumbersInAnyOrder_AreTheMissingOnesWithTheirTimes()
    {
        Random random = Seeds.Random();
        long[] stored = [2, 3, 4, 7, 8, 9, 12];
        for (int round = 0; round < 50; round++)
        {
            random.Shuffle(stored);
            RunLosses losses = new();
            foreach (long number in stored)
                losses.Add(new(1, 1_000, number), 1_000 + number);
            Assert.Equal(
                [
                    new(1, 1_000, 1, 1, 1_000, 1_002),
                    new(1, 1_000, 5, 6, 1_004, 1_007),
                    new(1, 1_000, 10, 11, 1_009, 1_012),
                ],
                losses.Finish(0, 5_000)
            );
            Assert.Equal(5, Assert.Single(losses.Finish(1_005, 1_006)).First);
        }
    }
}
