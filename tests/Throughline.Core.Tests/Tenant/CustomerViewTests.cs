using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Tenant;

/// <summary>What is told of a customer agrees with the results of its conversions and with its members.</summary>
public sealed class CustomerViewTests
{
    [Fact]
    public void View_InRandomWorlds_CountsTheConversionsOfTheResults()
    {
        int conversions = 0;
        for (int seed = 31_000; seed < 31_150; seed++)
        {
            FactGenerator generator = new(seed) { Values = 3 + seed % 5 };
            List<byte[]> facts = generator.Generate(120).ConvertAll(fact => fact.Encode());
            TenantMachine machine = TenantMachineLawTests.Run(facts);
            IdentityGraph graph = machine.Parts.Graph;
            Dictionary<Token, (int Count, long Last)> expected = [];
            foreach ((Token id, ConversionCase conversion) in MemoryHistory.CurrentCases(machine))
            {
                int owner = machine.Parts.Attribution.Conversions[machine.Parts.Attribution.FindConversion(id)].Owner;
                if (conversion.IsBot || conversion.DuplicateOf >= 0 || !conversion.HasCustomer)
                    continue;
                Token customer = graph.Groups.IdOf(graph.Groups.StateOf(owner).Founder);
                (int count, long last) = expected.GetValueOrDefault(customer);
                expected[customer] = (count + 1, Math.Max(last, conversion.Time));
            }
            for (int row = 0; row < graph.Identifiers.Count; row++)
            {
                CustomerView? view = machine.Reader.View(graph.Identifiers[row].Token);
                Resolution? resolution = machine.Reader.Resolve(graph.Identifiers[row].Token);
                Assert.Equal((resolution?.Customer, resolution?.Size), (view?.Customer, view?.Size));
                if (view is null)
                    continue;
                (int count, long last) = expected.GetValueOrDefault(view.Customer);
                Assert.True((count, last) == (view.Conversions, view.LastConversion ?? 0), $"seed {seed}, row {row}");
                Assert.True(view.LastSeen >= Math.Max(view.Since, last), $"seed {seed}, row {row}");
                Assert.Equal(view.Size, view.Identifiers.Distinct().Count());
                conversions += count;
            }
        }
        Assert.True(conversions > 500, $"{conversions}"); // not of nothing
    }
}
