using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Identity;

/// <summary>A customer of the past is the one that a machine would have which knows the facts of before, and no others.</summary>
public sealed class PastGroupTests
{
    private static readonly TenantSettings Settings = new("test");

    [Theory]
    [InlineData(1, 120, 60, 40)]
    [InlineData(2, 60, 150, 12 * 24 * 60)]
    public void Find_AnyIdentifierAtAnyTime_IsTheCustomerOfTheFactsBefore(
        int start,
        int worlds,
        int length,
        int minutes
    )
    {
        int different = 0;
        int groups = 0;
        for (int seed = start * 70_000; seed < start * 70_000 + worlds; seed++)
        {
            FactGenerator generator = new(seed)
            {
                Values = 3 + seed % 5,
                Minutes = minutes,
                Statements = seed % 3 == 0 ? 20 : 0,
                Erasures = seed % 2 == 0 ? 20 : 0,
            };
            List<Fact> facts = generator.Generate(length);
            MemoryHistory history = new();
            TenantMachine machine = new(Settings, history);
            foreach (Fact fact in facts)
                history.Apply(machine, fact.Encode());
            Random random = new(seed);
            long asOf = FactGenerator.Start + random.Next(minutes + 10) * 60_000L;
            long end = asOf / VerdictPolicy.BucketMs * VerdictPolicy.BucketMs;

            TenantMachine then = TenantMachineLawTests.Run(
                facts.Where(fact => fact.Time < end || IsErasure(fact)).Select(fact => fact.Encode())
            );
            TenantMachine fork = machine.Fork(history); // without indexes, as the service asks
            fork.LoadStatements(history);
            PastGroup past = new(fork, history, asOf);
            for (int row = 0; row < machine.Parts.Graph.Identifiers.Count; row++)
            {
                string where = $"seed {seed}, identifier {row}";
                IdentityGraph was = then.Parts.Graph;
                int known = was.Find(machine.Parts.Graph.Identifiers[row].Token);
                CustomerState expected = known < 0 ? default : was.Groups.StateOf(known);
                PastCustomer? found = new PastGroup(machine, history, asOf).Find(row);
                PastCustomer? again = past.Find(row); // whatever it was asked before
                Assert.True(found?.Id == again?.Id && found?.Members.Count == again?.Members.Count, where);
                if (expected.Size == 0)
                {
                    Assert.True(found is null, where);
                    continue;
                }
                Assert.True(found is not null, where);
                Assert.True(was.Groups.IdOf(expected.Founder) == found!.Id, where);
                List<Token> members = [];
                foreach (int member in was.Groups.MembersOf(known))
                    members.Add(was.Identifiers[member].Token);
                Assert.True(members.Order().SequenceEqual(found.Members.Select(x => x.Token).Order()), where);
                Assert.Equal(end, found.AsOf);
                Assert.Equal(expected.Since, found.Members[0].FirstSeen);
                groups += expected.Size > 1 ? 1 : 0;
                CustomerState now = machine.Parts.Graph.Groups.StateOf(row);
                different += now.Size != expected.Size ? 1 : 0;
            }
        }
        static bool IsErasure(Fact fact) => // what was erased since was never there
            fact.Type == EventType.Control && ControlBook.IsErasure(EventRecord.FromTrusted(fact.Encode()));
        Assert.True(groups > 100 && different > 100, $"{groups} in groups, {different} other than today"); // not of nothing
    }
}
