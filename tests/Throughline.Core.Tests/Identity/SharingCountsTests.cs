using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.State;
using Throughline.Testing;

namespace Throughline.Core.Tests.Identity;

/// <summary>Counts of links, in a byte of the identifier's row or in a row of their own.</summary>
public sealed class SharingCountsTests
{
    [Fact]
    public void Set_RandomSteps_GiveWhatWasSetAndTouchNothingElse()
    {
        Random random = Seeds.Random();
        PagedArray<IdentifierRow> identifiers = new("identifiers");
        SharingCounts counts = new(identifiers);
        (int Persons, int Degree)[] expected = new (int, int)[50];
        for (int row = 0; row < expected.Length; row++)
        {
            identifiers.Add(IdentifierRow.Create(new((ulong)row, 1), row));
            identifiers.Mutable(row).See(1_000 + row, row);
            identifiers.Mutable(row).Links = (1 << 28) - 1 - row;
        }
        for (int step = 0; step < 20_000; step++)
        {
            int row = random.Next(expected.Length);
            int degree = Math.Max(0, expected[row].Degree + (row < 5 ? random.Next(-2, 4) : random.Next(-1, 2)));
            (int persons, int before) = expected[row];
            expected[row] = (random.Next(degree + 1), degree);
            if (random.Next(2) == 0)
                counts.Set(row, expected[row].Persons, degree);
            else
                Assert.Equal(
                    expected[row],
                    counts.Step(row, ref identifiers.Mutable(row), expected[row].Persons - persons, degree - before)
                );
        }
        counts.Reindex();

        for (int row = 0; row < expected.Length; row++)
        {
            Assert.Equal(expected[row], counts.Of(row));
            Assert.Equal(row, identifiers[row].Type);
            Assert.Equal(1_000 + row, identifiers[row].FirstSeen);
            Assert.Equal((1 << 28) - 1 - row, identifiers[row].Links);
            Assert.True(identifiers[row].IsLive);
        }
        Assert.InRange(counts.Rows.Count, 5, expected.Length);
    }

    [Fact]
    public void Set_UpTo21Links_NeedsNoRowOfItsOwn()
    {
        PagedArray<IdentifierRow> identifiers = new("identifiers");
        SharingCounts counts = new(identifiers);
        identifiers.Add(IdentifierRow.Create(new(1, 1), 0));
        for (int degree = 0; degree <= 21; degree++)
        for (int persons = 0; persons <= degree; persons++)
        {
            counts.Set(0, persons, degree);
            Assert.Equal((persons, degree), counts.Of(0));
        }
        Assert.Equal(0, counts.Rows.Count);

        counts.Set(0, 3, 22);

        Assert.Equal((3, 22), counts.Of(0));
        Assert.Equal(1, counts.Rows.Count);
    }
}
