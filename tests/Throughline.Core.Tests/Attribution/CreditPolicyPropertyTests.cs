using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Testing;

namespace Throughline.Core.Tests.Attribution;

/// <summary>Random cases: money adds up, and the outcome is that of a second implementation written from the definition alone.</summary>
public sealed class CreditPolicyPropertyTests
{
    private const int Cases = 20_000;
    private static readonly string[] Names = ["a", "b", "c", "d"];

    [Fact]
    public void Decide_RandomCases_AddUpPerGroupAndEqualTheNaiveReading()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < Cases; round++)
        {
            List<CampaignRule> rules = [];
            ConversionCase conversion = Next(random, rules);
            CreditPolicy.Decide(conversion);
            string where = $"case {round}";
            CheckMoney(conversion, rules, where);
            Assert.True(
                Naive(conversion, rules) == Outcome(conversion),
                $"{where}\nexpected {Naive(conversion, rules)}\nactual   {Outcome(conversion)}"
            );
        }
    }

    private static void CheckMoney(ConversionCase conversion, List<CampaignRule> rules, string where)
    {
        long refunds = conversion
            .Refunds.Where(r => r.SameCurrency)
            .Aggregate(0L, (sum, r) => sum + Math.Min(conversion.Minor - sum, r.Minor));
        Assert.NotEmpty(conversion.Shares);
        Assert.True(conversion.Refunded == refunds, where);
        foreach (GroupShare share in conversion.Shares)
        {
            List<Candidate> of =
            [
                .. conversion.Candidates.Where(c =>
                    c.Reason == TouchReason.Credited && rules[c.Rule].Group == share.Group
                ),
            ];
            Assert.True(
                of.Sum(c => c.Minor) + share.Unattributed == conversion.Minor,
                $"{where}: {share.Group} does not add up"
            );
            Assert.True(
                of.Sum(c => c.Net) + share.NetUnattributed == conversion.Minor - refunds,
                $"{where}: {share.Group} after refunds"
            );
            Assert.True(
                of.All(c => c.Net >= 0 && c.Net <= c.Minor) && share.NetUnattributed >= 0,
                $"{where}: a refund went below zero"
            );
        }
        if (refunds == conversion.Minor)
            Assert.All(conversion.Candidates, c => Assert.Equal(0, c.Net));
    }

    // What the policy says, read as plainly as possible.
    private static string Naive(ConversionCase given, List<CampaignRule> rules)
    {
        List<string> lines = [];
        int count = given.Candidates.Count;
        long[] minor = new long[count];
        long[] net = new long[count];
        List<int> eligible = [];
        for (int i = 0; i < count; i++)
        {
            Candidate c = given.Candidates[i];
            if (c.Rule >= 0 && !c.IsBot && c.Time <= given.Time && c.Time >= given.Time - rules[c.Rule].WindowMs)
                eligible.Add(i);
        }
        List<string> groups = [.. rules.Select(r => r.Group).Distinct().Order(StringComparer.Ordinal)];
        if (groups.Count == 0)
            groups.Add("default");
        foreach (string group in groups)
        {
            List<int> of = [.. eligible.Where(i => rules[given.Candidates[i].Rule].Group == group)];
            long unattributed = given.Minor;
            List<int> winners = [];
            if (of.Count > 0)
            {
                int top = of.OrderBy(i => rules[given.Candidates[i].Rule].Priority)
                    .ThenBy(i => given.Candidates[i].IsClick)
                    .ThenBy(i => i)
                    .Last();
                winners = [.. of.Where(i => given.Candidates[i].Campaign == given.Candidates[top].Campaign)];
                if (rules[given.Candidates[top].Rule].Model == CreditModel.LastTouch)
                    winners = [winners[^1]];
                long[] parts = LargestRemainderTests.Naive(given.Minor, [.. winners.Select(_ => 1L)]);
                for (int w = 0; w < winners.Count; w++)
                    minor[winners[w]] = parts[w];
                unattributed = 0;
            }
            List<long> left = [.. winners.Select(i => minor[i]), unattributed];
            foreach (RefundCase refund in given.Refunds.Where(r => r.SameCurrency))
            {
                long[] taken = LargestRemainderTests.Naive(Math.Min(refund.Minor, left.Sum()), left);
                left = [.. left.Zip(taken, (a, b) => a - b)];
            }
            for (int w = 0; w < winners.Count; w++)
                net[winners[w]] = left[w];
            lines.Add($"{group}: {unattributed} {left[^1]}");
        }
        return string.Join(
            " | ",
            [eligible.Count > 0 ? "Attributed" : "Unattributed", .. minor.Zip(net, (a, b) => $"{a} {b}"), .. lines]
        );
    }

    private static string Outcome(ConversionCase conversion) =>
        string.Join(
            " | ",
            [
                conversion.Status.ToString(),
                .. conversion.Candidates.Select(c => $"{c.Minor} {c.Net}"),
                .. conversion.Shares.Select(s => $"{s.Group}: {s.Unattributed} {s.NetUnattributed}"),
            ]
        );

    private static ConversionCase Next(Random random, List<CampaignRule> rules)
    {
        ConversionCase conversion = new()
        {
            Time = 100_000,
            HasCustomer = true,
            Minor = random.Next(5) switch
            {
                0 => 0,
                1 => random.Next(5),
                2 => random.NextInt64(long.MaxValue),
                _ => random.Next(100_000),
            },
        };
        foreach (string name in Names[..random.Next(Names.Length)])
            rules.Add(
                CreditPolicyTests.Rule(
                    name,
                    random.Next(1, 100),
                    (CreditModel)random.Next(2),
                    random.Next(2),
                    random.Next(4) == 0 ? "other" : CampaignRule.DefaultGroup
                )
            );
        conversion.Rules.AddRange(rules.Select(CreditPolicyTests.Named));
        long time = conversion.Time - 120;
        for (int left = random.Next(12); left > 0; left--)
        {
            time = Math.Min(conversion.Time, time + random.Next(40));
            int rule = random.Next(-1, conversion.Rules.Count);
            bool click = random.Next(2) == 0;
            conversion.Candidates.Add(
                new()
                {
                    Time = time,
                    Campaign = rule < 0 ? "none" : conversion.Rules[rule].Campaign,
                    Kind = click ? "click" : "view",
                    IsClick = click,
                    IsBot = random.Next(6) == 0,
                    Rule = rule,
                }
            );
        }
        for (int left = random.Next(5); left > 0; left--)
        {
            long amount =
                random.Next(4) == 0 ? conversion.Minor : random.NextInt64(1, Math.Max(2, conversion.Minor / 2));
            conversion.Refunds.Add(new(0, 0, new Token(0, (ulong)left), Math.Max(1, amount), random.Next(8) > 0));
        }
        return conversion;
    }
}
