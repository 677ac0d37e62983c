using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Reports;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Attribution.Reports;

/// <summary>What reports read of a stored conversion is what it says.</summary>
public sealed class CaseReaderTests
{
    [Fact]
    public void Read_EveryResultOfRandomWorlds_IsWhatIsStored()
    {
        CaseReader reader = new(); // one for all: nothing of a case before may stay
        (int credited, int passed, int rated, int refunded) = (0, 0, 0, 0);
        for (int seed = 0; seed < 120; seed++)
        {
            MemoryHistory history = new();
            TenantMachine machine = new(new("test"), history);
            foreach (Fact fact in new FactGenerator(seed) { RichRules = true, Rates = seed % 2 == 0 }.Generate(160))
                history.Apply(machine, fact.Encode());
            history.Drain(machine);
            foreach (byte[] result in history.Results.Where(x => x[0] == (byte)ResultKind.Conversion))
            {
                ConversionCase whole = ConversionResult.Read(ResultRecord.FromTrusted(result));
                credited += whole.Candidates.Count(x => x.Reason == TouchReason.Credited);
                passed += whole.Candidates.Count(x => !CreditTally.IsAsked(x));
                rated += whole.Shares.Count(x => !x.Rate.IsNone);
                refunded += whole.Refunded > 0 ? 1 : 0;
                Assert.True(Describe(whole) == Describe(reader.Read(result)), $"seed {seed}");
            }
        }
        Assert.True(
            credited > 500 && passed > 500 && rated > 50 && refunded > 50,
            $"{credited} {passed} {rated} {refunded}"
        );
    }

    [Fact]
    public void Indexer_MoreTextsThanItBeginsWith_GivesEachAsOneObject()
    {
        TextCache cache = new();
        string[] names = [.. Enumerable.Range(0, 2_000).Select(x => $"campaign-{x}-ü"), "", "a", "campaign-1"];
        string[] first = [.. names.Select(Of)];
        Assert.Equal(names, first);
        Assert.All(names.Zip(first), x => Assert.Same(x.Second, Of(x.First)));

        string Of(string name) => cache[System.Text.Encoding.UTF8.GetBytes(name)];
    }

    private static string Describe(ConversionCase one) =>
        string.Join(
            '\n',
            [
                $"{one.Position} {one.Time} {one.Kind} {one.Minor} {one.Currency} {one.Status} {one.Refunded}",
                .. one.Rules.Select(x => $"{x}"),
                .. one
                    .Candidates.Where(x => CreditTally.IsAsked(x))
                    .Select(x =>
                        $"{x.Position} {x.Time} {x.Campaign}|{x.Kind}|{x.Channel} {x.Rule} {x.Reason} {x.Rank} {x.Weight} {x.Minor} {x.Net}"
                    ),
                .. one.Shares.Select(x => $"{x with { Rate = default }}"),
            ]
        );
}
