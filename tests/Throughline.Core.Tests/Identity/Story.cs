using System.Text;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Events.Identifiers;
using Throughline.Core.Explain;
using Throughline.Core.Identity;
using Throughline.Core.Identity.Types;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Identity;

/// <summary>Events of a story; it is told in many orders, and each must end in the same customers.</summary>
internal sealed class Story
{
    public const long Day = 24 * 3_600_000L;
    private const int Orders = 24;

    private readonly List<Fact> facts = [];

    public void See(int day, params string[] identifiers) =>
        facts.Add(
            new($"s{facts.Count}", EventType.Identify, FactGenerator.Start + day * Day)
            {
                Identifiers = [.. identifiers.Select(Split)],
                Backfill = true,
            }
        );

    public void Touch(int day, params string[] identifiers) =>
        facts.Add(
            new($"t{facts.Count}", EventType.Click, FactGenerator.Start + day * Day)
            {
                Identifiers = [.. identifiers.Select(Split)],
                Backfill = true,
            }
        );

    public void State(int day, string a, string b, Fact.Statement stated) =>
        facts.Add(
            new($"s{facts.Count}", EventType.Link, FactGenerator.Start + day * Day)
            {
                Identifiers = [Split(a), Split(b)],
                Stated = stated,
                Backfill = true,
            }
        );

    public void Block(int day, string identifier) =>
        Say(day, ControlDocument.Block(Split(identifier).Type, TokenOf(identifier), true));

    public void Pair(int day, string kind, string a, string b, bool holds) =>
        Say(day, ControlDocument.Pair(kind, (Split(a).Type, TokenOf(a)), (Split(b).Type, TokenOf(b)), holds));

    public void Types(int day, params IdentifierTypeRule[] types) =>
        Say(day, ControlDocument.Types(new(1, BlockedDefaults.Placeholders, types)));

    public void Freeze(int day, string type, bool frozen) => Say(day, ControlDocument.Freeze(type, frozen));

    public void Strategy(int day, Strategy strategy) => Say(day, ControlDocument.Strategy(strategy));

    public TenantMachine Run() => TenantMachineLawTests.Run(facts.ConvertAll(fact => fact.Encode()));

    public TenantMachine Run(out MemoryHistory history)
    {
        history = new();
        TenantMachine machine = new(new("test"), history);
        foreach (Fact fact in facts)
            history.Apply(machine, fact.Encode());
        return machine;
    }

    public string Why(string a, string b) =>
        JsonDocument.Parse(Explain(a, b)).RootElement.GetProperty("sentence").GetString()!;

    public string Explain(string a, string b)
    {
        TenantMachine machine = Run(out MemoryHistory history);
        return Encoding.UTF8.GetString(new IdentityAnswers(machine, history).Why(TokenOf(a), TokenOf(b)));
    }

    public void Ends(params string[] customers)
    {
        string[] expected = [.. customers.Select(Sorted).Order(StringComparer.Ordinal)];
        Random random = new(customers.Length);
        Fact[] order = [.. facts];
        for (int i = 0; i < Orders; i++)
        {
            TenantMachine machine = TenantMachineLawTests.Run(order.Select(fact => fact.Encode()));
            Assert.Equal(expected, CustomersOf(machine));
            random.Shuffle(order);
        }
    }

    private string[] CustomersOf(TenantMachine machine) =>
        [
            .. facts
                .SelectMany(fact => fact.Identifiers)
                .Distinct()
                .Select(x =>
                    (Name: $"{x.Type}:{x.Value}", Found: machine.Reader.Resolve(Fact.TokenOf(x.Type, x.Value)))
                )
                .Where(x => x.Found is not null)
                .GroupBy(x => x.Found!.Value.Customer, x => x.Name)
                .Select(group => Sorted(string.Join(' ', group)))
                .Order(StringComparer.Ordinal),
        ];

    private void Say(int day, byte[] document) =>
        facts.Add(new($"c{facts.Count}", EventType.Control, FactGenerator.Start + day * Day) { Document = document });

    private static string Sorted(string names) => string.Join(' ', names.Split(' ').Order(StringComparer.Ordinal));

    private static Token TokenOf(string identifier) => Fact.TokenOf(Split(identifier).Type, Split(identifier).Value);

    private static (string Type, string Value) Split(string identifier) =>
        (
            identifier[..identifier.IndexOf(':', StringComparison.Ordinal)],
            identifier[(identifier.IndexOf(':', StringComparison.Ordinal) + 1)..]
        );
}
