using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Attribution;

/// <summary>Touches of one instant are in the order of their ids, also where the start of the id that a row holds does not tell.</summary>
public sealed class TouchOrderTests
{
    [Fact]
    public void LastTouch_OfOneInstantWithEqualStartsOfIds_IsTheGreaterId_InEitherOrder()
    {
        // By the birthday paradox a few hundred ids hold two that agree in their first 16 bits.
        IGrouping<ushort, string> alike = Enumerable
            .Range(0, 5000)
            .Select(i => $"click{i}")
            .GroupBy(id => TouchRow.StartOf(Fact.TokenOf("event", id)))
            .First(group => group.Count() > 1);
        string[] ids = [.. alike.OrderBy(id => Fact.TokenOf("event", id))];
        foreach (string[] order in (string[][])[ids, [.. ids.Reverse()]])
        {
            MemoryHistory history = new();
            TenantMachine machine = new(new("test"), history);
            CampaignRule rule = new("a", 1, 1000, CreditModel.LastTouch, 0, "default", 0, long.MaxValue, true, 0, 0);
            history.Apply(
                machine,
                new Fact("rule", EventType.Control, 0) { Document = ControlDocument.Campaign(rule) }.Encode()
            );
            foreach (string id in order)
                history.Apply(machine, Make(id, EventType.Click, 0).Encode());
            history.Apply(
                machine,
                (Make("sale", EventType.Conversion, 1000) with { Campaign = null, Minor = 9 }).Encode()
            );
            ConversionCase sale = ConversionResult.Read(ResultRecord.FromTrusted(history.Results[^1]));
            Assert.Equal(
                ids,
                sale.Candidates.Select(c => EventRecord.FromTrusted(history.Read(c.Position)).Text(EventField.Id)!)
            );
            Assert.Equal(9, sale.Candidates[^1].Minor);
        }
    }

    private static Fact Make(string id, EventType type, int after) =>
        new(id, type, FactGenerator.Start + after) { Identifiers = [("cookie", "c")], Campaign = "a" };
}
