using Throughline.Core.Tenant;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Tenant;

/// <summary>Looking ahead is a hint to the processor: it must change nothing, whatever it is shown, in whatever order.</summary>
public sealed class ForesightTests
{
    [Fact]
    public void Foresee_AnyEvents_ChangesNeitherResultsNorPages()
    {
        Random random = Seeds.Random();
        Fact[] facts = [.. new FactGenerator(random.Next()) { Values = 12, Minutes = 300 }.Generate(2000)];
        byte[][] records = [.. facts.Select(fact => fact.Encode())];
        (TenantMachine plain, MemoryHistory plainHistory) = Run(records, _ => { });
        (TenantMachine shown, MemoryHistory shownHistory) = Run(
            records,
            machine =>
            {
                for (int i = random.Next(3); i > 0; i--)
                    machine.Foresee(records[random.Next(records.Length)]);
            }
        );
        Assert.Equal(plain.PageHash(), shown.PageHash());
        Assert.Equal(plain.ResultsDigest(), shown.ResultsDigest());
        Assert.Equal(plainHistory.Results, shownHistory.Results);
        Assert.NotEmpty(shownHistory.Results);
    }

    private static (TenantMachine Machine, MemoryHistory History) Run(byte[][] records, Action<TenantMachine> before)
    {
        MemoryHistory history = new();
        TenantMachine machine = new(new("shown"), history);
        foreach (byte[] record in records)
        {
            before(machine);
            history.Apply(machine, record);
        }
        history.Drain(machine);
        return (machine, history);
    }
}
