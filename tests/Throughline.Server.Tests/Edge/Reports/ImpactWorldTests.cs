using System.Globalization;
using Throughline.Core.Gate.Impact;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Trials;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;
using Throughline.World;
using Throughline.World.Doors;
using Throughline.World.Truth;

namespace Throughline.Server.Tests.Edge.Reports;

/// <summary>What a hold-out says of the cost of blocking, against worlds that know what would have been.</summary>
public sealed class ImpactWorldTests
{
    private static readonly RuleDocument BadRule = new()
    {
        Id = "no-iphones",
        When = "ua.text.contains('iPhone')",
        Action = RuleAction.Deny,
        HoldoutPercent = 30,
    };

    /// <summary>
    /// Seeds 1 to 100 in the long run, and none is tried twice; the first of them otherwise. Of n intervals of 95 % at most so many may
    /// miss that more would be chance once in a thousand runs: 4 of 8 (and 10 of 100, as is claimed).
    /// </summary>
    [Fact]
    public void Cost_OfADenyingRule_IsInItsIntervalOfWhatTheDeniedWouldHaveBought()
    {
        int seeds = LongTests.Rounds(8, 100);
        int missesMax = LongTests.Enabled ? 10 : 3;
        int[] misses = new int[2];
        for (int seed = 1; seed <= seeds; seed++)
        {
            GatedShop shop = new(
                new()
                {
                    Seed = (ulong)seed,
                    People = 3_000,
                    Days = 14,
                    Bots = false,
                    LatePerMille = 0,
                    DuplicatePerMille = 0,
                },
                opensAfter: 5,
                BadRule
            );
            ImpactReport report = shop.Run();
            HoldoutFigures holdout = Assert.Single(report.Rules).Holdout!;
            PreventedConversion[] lost = [.. shop.Prevented.Where(x => x.Kind == ActorKind.Human)];
            int conversions = lost.Count(x => !x.IsAgain);
            long euros = lost.Where(x => x.Currency == "EUR" && IsMoney(x)).Sum(x => x.Minor);
            Interval count = holdout.Cost.Conversions!.Value;
            Interval value = holdout.Cost.Values.First(x => x.Currency == "EUR").Minor!.Value;
            misses[0] += count.Holds(conversions) ? 0 : 1;
            misses[1] += value.Holds(euros) ? 0 : 1;
            TestContext.Current.TestOutputHelper?.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"seed {seed}: {shop}; held {holdout.Held.Converted}/{holdout.Held.Units}, treated {holdout.Treated.Converted}/{holdout.Treated.Units}, crossed {holdout.Crossed}; lost {conversions} in [{count.Low}, {count.High}] ({count.Estimate}){(count.Holds(conversions) ? "" : " MISSED")}; EUR {euros} in [{value.Low}, {value.High}]{(value.Holds(euros) ? "" : " MISSED")}"
                )
            );
            // The comparison must see something: an interval that holds everything would pass, too.
            Assert.True(count.Low > 0 && conversions > 30, $"seed {seed}: {conversions} lost, {count}");
        }
        Assert.True(
            misses.Max() <= missesMax,
            $"{seeds - misses[0]} counts and {seeds - misses[1]} values of {seeds} are in their intervals"
        );
    }

    [Fact]
    public void Run_RuleThatHitsNobody_CostsNothing()
    {
        GatedShop shop = new(
            new()
            {
                Seed = 5,
                People = 1_000,
                Days = 8,
                Bots = false,
            },
            opensAfter: 3,
            BadRule with
            {
                When = "ua.text.contains('NoSuchAgent')",
            }
        );
        ImpactReport report = shop.Run();
        Assert.Empty(report.Rules);
        Assert.Empty(shop.Prevented);
        Assert.Equal((0, 0), (report.Together.Hits, report.Together.Conversions));
        Assert.True(report.Decisions > 1_000);
    }

    // Refunds of the prevented come with them; a second report of an order is no second sale.
    private static bool IsMoney(PreventedConversion x) => x.Minor < 0 || !x.IsAgain;
}
