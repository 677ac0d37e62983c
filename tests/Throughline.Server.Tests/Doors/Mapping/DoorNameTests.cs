using Throughline.Server.Doors.Mapping;

namespace Throughline.Server.Tests.Doors.Mapping;

public sealed class DoorNameTests
{
    [Theory]
    [InlineData("Order Completed", "order_completed")]
    [InlineData("order_completed", "order_completed")]
    [InlineData(" Order--Completed! ", "order_completed")]
    [InlineData("orderCompleted", "order_completed")]
    [InlineData("com.shop.order.completed", "com.shop.order.completed")]
    [InlineData("2nd Visit", "event_2nd_visit")]
    [InlineData("click", "event_click")]
    [InlineData("Tick", "event_tick")]
    [InlineData("Bestellung ausgelöst", "bestellung_ausgel_st")]
    [InlineData("注文", "")]
    [InlineData("...", "")]
    public void Normalise_Names_BecomeOnesOfNurturingEvents(string name, string expected) =>
        Assert.Equal(expected, DoorName.Normalise(name));

    [Fact]
    public void Match_OwnRule_StandsOverTheDefaultInAnySpelling()
    {
        DoorModel model = new(
            new Dictionary<string, DoorRule>
            {
                ["Order Completed"] = new(DoorAction.Ignore),
                ["注文"] = new(DoorAction.Nurture) { Name = "order" },
            }
        );
        Assert.Equal(DoorAction.Ignore, model.Match("order completed").Rule.As);
        Assert.Equal(DoorAction.Ignore, model.Match("Order Completed").Rule.As);
        Assert.Equal(DoorAction.Refund, model.Match("Order Refunded").Rule.As);
        Assert.Equal(("order", DoorAction.Nurture), (model.Match("注文").Name, model.Match("注文").Rule.As));
    }
}
