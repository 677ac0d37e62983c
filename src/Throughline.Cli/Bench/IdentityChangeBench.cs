using System.Diagnostics;
using System.Globalization;
using System.Text;
using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;
using Throughline.Server.Replay;

namespace Throughline.Cli.Bench;

/// <summary>
/// What is taken back, in memory: customers of 50 identifiers that an operator's word takes apart, and one component of many
/// links of which limits reject a good part, in which links come and go.
/// </summary>
internal static class IdentityChangeBench
{
    private const int Half = 24; // cookies of a user, and devices of an e-mail address that the user is linked to
    private const int Groups = 2_000; // at most
    private const int Changes = 5_000; // at most, of links in the component
    private const int LinksOfPerson = 5;
    private const int DominoDays = 3_650;

    public static IdentityChangeFigures Run(long identifiers, CancellationToken cancellation)
    {
        Unmerge(100, cancellation); // compiles what is measured
        (Latencies separate, Latencies block) = Unmerge(
            (int)Math.Clamp(identifiers / (2 * (Half + 1)), 10, Groups),
            cancellation
        );
        int links = (int)Math.Min(1_000_000, identifiers);
        return new(separate, block, Constrained(links, cancellation));
    }

    private static (Latencies Separate, Latencies Block) Unmerge(int groups, CancellationToken cancellation)
    {
        World world = new(cancellation);
        for (int group = 0; group < groups; group++)
        {
            world.Show(("user", group), ("email", group));
            for (int i = 0; i < Half; i++)
            {
                world.Show(("user", group), ("cookie", group * Half + i));
                world.Show(("email", group), ("device", group * Half + i));
            }
        }
        world.Apply();
        for (int group = 0; group < groups; group++)
            world.Pair(ControlDocument.SeparateKind, ("user", group), ("email", group), holds: true);
        Latencies separate = Latencies.Of(world.Apply(), 1e6);
        for (int group = 0; group < groups; group++)
            world.Pair(ControlDocument.SeparateKind, ("user", group), ("email", group), holds: false);
        world.Apply();
        for (int group = 0; group < groups; group++)
            world.Block(("email", group));
        return (separate, Latencies.Of(world.Apply(), 1e6));
    }

    // Each person has an account, a cookie and a device; the next person is seen on that device too, by account and by cookie, and
    // one account a customer rejects these links: one component, as many customers as people.
    private static ConstrainedFigures Constrained(int links, CancellationToken cancellation)
    {
        World world = new(cancellation);
        int people = links / LinksOfPerson;
        for (int person = 0; person < people; person++)
        {
            world.Show(("user", person), ("cookie", person), ("device", person));
            world.Show(("user", person + 1), ("device", person));
            world.Show(("cookie", person + 1), ("device", person));
        }
        long longest = world.Apply().Max();
        long made = world.Links;
        Random chance = new(1);
        int[] changed = [.. Enumerable.Range(0, Math.Min(Changes, people)).Select(_ => chance.Next(people - 1))];
        foreach (int person in changed)
            world.Pair(ControlDocument.LinkKind, ("user", person), ("cookie", person + 1), holds: true);
        long[] inserted = world.Apply();
        foreach (int person in changed)
            world.Pair(ControlDocument.LinkKind, ("user", person), ("cookie", person + 1), holds: false);
        long[] removed = world.Apply();
        longest = Math.Max(longest, Math.Max(inserted.Max(), removed.Max()));
        return new(
            made,
            Latencies.Of(inserted, 1e6),
            Latencies.Of(removed, 1e6),
            Milliseconds(longest),
            Domino(cancellation)
        );
    }

    // The worst there is: one device a customer, and a chain along which links are of ever later days, so that each that goes turns the
    // next one over. Links of one day come in random order, which ends such a chain soon: it is as long as the days are many.
    private static double Domino(CancellationToken cancellation)
    {
        World world = new(cancellation);
        world.Say(
            ControlDocument.Strategy(
                new(
                    "domino",
                    1,
                    [new("user", TypeClass.Person, 1, Max: 1), new("device", TypeClass.Device, 1, Max: 1)],
                    new("", TypeClass.Device, 1)
                )
            )
        );
        for (int day = 0; day < DominoDays; day++)
        {
            world.Show(("user", (day + 1) / 2), ("device", day / 2));
            world.NextDay();
        }
        world.Apply();
        world.Pair(ControlDocument.SeparateKind, ("user", 0), ("device", 0), holds: true);
        return Milliseconds(world.Apply()[0]);
    }

    private static double Milliseconds(long ticks) =>
        Math.Round(ticks * 1e3 / Stopwatch.Frequency, 2, MidpointRounding.ToEven);

    /// <summary>A machine and the events that it is given, made ahead of the clock.</summary>
    private sealed class World
    {
        private const int Stretch = 10_000;

        private readonly ScratchKeys keys = new();
        private readonly MadeHistory history = new();
        private readonly RecordBuffer results = new();
        private readonly TenantMachine machine;
        private readonly IdentityEvents events;
        private readonly PlatformEvents platform;
        private readonly CancellationToken cancellation;
        private readonly List<long> ticks = [];
        private RecordBuffer made;
        private long statements;

        public World(CancellationToken cancellation)
        {
            this.cancellation = cancellation;
            machine = new(new("bench"), history);
            (events, platform) = (new(keys), new(keys));
            made = history.Begin();
        }

        public long Links => machine.Sizes().Single(size => size.Name == "identity.links").Rows;

        public void Show(params ReadOnlySpan<(string Type, int Number)> identifiers)
        {
            var named = new (string, string)[identifiers.Length];
            for (int i = 0; i < named.Length; i++)
                named[i] = (identifiers[i].Type, Value(identifiers[i]));
            events.Show(made, named);
            Applied();
        }

        /// <summary>What is shown from now on is of the next day.</summary>
        public void NextDay() => events.NextDay();

        public void Pair(string kind, (string Type, int Number) a, (string Type, int Number) b, bool holds) =>
            Say(ControlDocument.Pair(kind, (a.Type, TokenOf(a)), (b.Type, TokenOf(b)), holds));

        public void Block((string Type, int Number) identifier) =>
            Say(ControlDocument.Block(identifier.Type, TokenOf(identifier), blocked: true));

        public void Say(byte[] document)
        {
            string id = "s-" + statements.ToString(CultureInfo.InvariantCulture);
            if (!platform.TryControl(document, id, IdentityEvents.Start + statements++, made, out Rejection rejection))
                throw new InvalidDataException($"a statement of the bench is refused: {rejection}");
            Applied();
        }

        /// <summary>How long each event since the last call held the writer.</summary>
        public long[] Apply()
        {
            Flush();
            long[] all = [.. ticks];
            ticks.Clear();
            return all;
        }

        private void Applied()
        {
            if (made.Count == Stretch)
                Flush();
        }

        private void Flush()
        {
            cancellation.ThrowIfCancellationRequested();
            for (int i = 0; i < made.Count; i++)
            {
                long started = Stopwatch.GetTimestamp();
                history.Apply(machine, i, results);
                ticks.Add(Stopwatch.GetTimestamp() - started);
                results.Clear();
            }
            history.TakeRetired(machine);
            made = history.Begin();
        }

        private Token TokenOf((string Type, int Number) identifier) =>
            keys.Tokenise(identifier.Type, Encoding.UTF8.GetBytes(Value(identifier)));

        private static string Value((string Type, int Number) identifier)
        {
            string number = identifier.Number.ToString(CultureInfo.InvariantCulture);
            return identifier.Type == "email" ? $"c{number}@example.com" : $"{identifier.Type}-{number}";
        }
    }
}

/// <summary>What <see cref="IdentityChangeBench"/> measured.</summary>
/// <param name="SeparateUs">A customer of 50 identifiers falls into two of 25 by <c>separate</c>; microseconds.</param>
/// <param name="BlockUs">One of 50 identifiers falls into one of 25 and 24 alone, when what joins them is blocked.</param>
internal sealed record IdentityChangeFigures(Latencies SeparateUs, Latencies BlockUs, ConstrainedFigures Constrained);

/// <summary>One component of so many links, of which limits reject two in five.</summary>
/// <param name="InsertUs">An operator's link between two customers, which takes an identifier from one to the other; microseconds.</param>
/// <param name="RemoveUs">The same link taken back.</param>
/// <param name="LongestStallMs">The longest that any event held the writer, all that made the component among them.</param>
/// <param name="DominoMs">Another component, 3,650 links of a day each in a chain, in which one that goes turns all others over: that one event.</param>
internal sealed record ConstrainedFigures(
    long Links,
    Latencies InsertUs,
    Latencies RemoveUs,
    double LongestStallMs,
    double DominoMs
);
