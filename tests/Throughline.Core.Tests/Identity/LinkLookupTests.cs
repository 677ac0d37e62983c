using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Identity;

/// <summary>
/// A link is found along the end that has few, or by an index where both have many: each pair must have one link, however many links
/// its ends have. And a customer's id is kept beside it: it must be its founder's.
/// </summary>
public sealed class LinkLookupTests
{
    private const int Identifiers = 600;
    private const int Hubs = 25; // they are in every other event
    private const int Events = 1500;

    [Fact]
    public void Sight_EndsOfFewAndManyLinks_FindsEachPairAgain_AlsoAfterARestart()
    {
        Random random = Seeds.Random();
        MemoryHistory history = new();
        TenantMachine machine = new(new("test"), history);
        Dictionary<(Token, Token), int> expected = [];
        for (int i = 0; i < Events; i++)
        {
            if (i == Events / 2)
            {
                ImageCopy image = new(machine.Capture(), () => { });
                machine = TenantMachine.Restore(new("test"), history, image.Source());
            }
            (string, string)[] shown = [.. Choose(random).Select(number => ("cookie", $"c{number}"))];
            byte[] record = new Fact($"e{i}", EventType.Identify, FactGenerator.Start + random.Next(3_600_000))
            {
                Identifiers = shown,
                Backfill = true,
            }.Encode();
            history.Apply(machine, record);
            Count(EventRecord.FromTrusted(record), expected);
        }

        IdentityGraph graph = machine.Parts.Graph;
        Assert.Equal(expected.Count, graph.Links.Count);
        for (int link = 0; link < graph.Links.Count; link++)
        {
            Token a = graph.Identifiers[graph.Links[link].A].Token;
            Token b = graph.Identifiers[graph.Links[link].B].Token;
            int sightings = 0;
            for (int next = graph.Links[link].Sightings; next != 0; next = graph.Sightings[next - 1].NextOfLink)
                sightings += graph.Sightings[next - 1].Count;
            Assert.True(expected.Remove(a.CompareTo(b) < 0 ? (a, b) : (b, a), out int count));
            Assert.Equal(count, sightings);
        }
        Assert.Contains(Enumerable.Range(0, graph.Identifiers.Count), row => graph.Identifiers[row].HasManyLinks);
        Assert.Contains(Enumerable.Range(0, graph.Identifiers.Count), row => !graph.Identifiers[row].HasManyLinks);
    }

    [Fact]
    public void Published_RandomHistory_KeepsTheIdsOfFounders()
    {
        MemoryHistory history = new();
        TenantMachine machine = new(new("test"), history);
        CustomerIds ids = new("test");
        int kept = 0;
        foreach (Fact fact in new FactGenerator(Seeds.Random().Next()) { Values = 40, Minutes = 300 }.Generate(2000))
        {
            history.Apply(machine, fact.Encode());
            IdentityGraph graph = machine.Parts.Graph;
            foreach (
                GroupRow group in Enumerable.Range(0, graph.Groups.Rows.Count).Select(row => graph.Groups.Rows[row])
            )
            {
                if (group.Size == 0 || group.Id == default)
                    continue;
                IdentifierRow founder = graph.Identifiers[group.Founder];
                kept++;
                Assert.Equal(ids.Of(machine.Parts.Names.IdentifierTypes.Utf8(founder.Type), founder.Token), group.Id);
            }
        }
        Assert.True(kept > 1000);
    }

    private static IEnumerable<int> Choose(Random random)
    {
        HashSet<int> chosen = [];
        int count = random.Next(2, 4);
        while (chosen.Count < count)
            chosen.Add(random.Next(2) == 0 ? random.Next(Hubs) : random.Next(Identifiers));
        return chosen;
    }

    private static void Count(in EventRecord record, Dictionary<(Token, Token), int> pairs)
    {
        for (int i = 0; i < record.IdentifierCount; i++)
        for (int j = i + 1; j < record.IdentifierCount; j++)
        {
            (Token, Token) pair = (record.Identifier(i).Token, record.Identifier(j).Token); // ascending
            pairs[pair] = pairs.GetValueOrDefault(pair) + 1;
        }
    }
}
