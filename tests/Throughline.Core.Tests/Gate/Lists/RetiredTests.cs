using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Tests.Gate.Lists;

/// <summary>What readers rely on: nothing that was cut off is used again without their being told.</summary>
public sealed class RetiredTests
{
    [Fact]
    public void Release_FewRows_AreNotUsedAgainAndNobodyLooksAgain()
    {
        Parts parts = new();
        int before = parts.Retired.Version;
        int cut = parts.Add("10.0.0.1");
        parts.Remove(cut);
        parts.Retired.Release(parts.Rows, parts.Four, parts.Six, all: false);

        Assert.NotEqual(cut, parts.Add("10.0.0.2"));
        Assert.True(parts.Retired.IsStill(before));
    }

    [Fact]
    public void Release_AllRows_AreUsedAgainAndReadersAreTold()
    {
        Parts parts = new();
        int before = parts.Retired.Version;
        int cut = parts.Add("10.0.0.1");
        parts.Remove(cut);
        parts.Retired.Release(parts.Rows, parts.Four, parts.Six, all: true);

        Assert.False(parts.Retired.IsStill(before));
        Assert.Equal(cut, parts.Add("10.0.0.2"));
    }

    private sealed class Parts
    {
        public Parts() => (Four, Six) = (new(Rows), new(Rows));

        public ListRows Rows { get; } = new();
        public Retired Retired { get; } = new();
        public PrefixTrie Four { get; }
        public PrefixTrie Six { get; }

        public int Add(string address)
        {
            Assert.True(ListValue.TryParse(ListKind.Address, address, out ListValue value, out _));
            int row = Rows.Take(value, long.MaxValue, 0, null);
            Four.Insert(row);
            return row;
        }

        public void Remove(int row)
        {
            Four.Remove(row);
            Retired.Add(row);
        }
    }
}
