using System.Diagnostics;
using Throughline.Core.Events;
using Throughline.Core.State;
using Throughline.Core.Tenant;
using Throughline.Server.Replay;

namespace Throughline.Cli.Bench;

/// <summary>
/// Links and resolves in memory: a machine takes identify events until it knows so many identifiers, each event resolved at
/// once; then identifiers at random are resolved, alone and while the machine goes on taking events.
/// </summary>
internal static class IdentityMemoryBench
{
    private const int WarmUp = 200_000; // identifiers at most, of a machine that is thrown away
    private const int Stretch = 9_000; // events made ahead of the clock
    private const int Sample = 200_000; // identifiers that are asked for later
    private const int Questions = 1_000_000; // at most

    /// <param name="pages">Where the state is; null: in the process's memory.</param>
    public static IdentityMemoryFigures Run(
        long identifiers,
        IPageSource? pages,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        Crowd warmUp = new(Math.Min(WarmUp, identifiers), pages);
        warmUp.Fill(new Progress<long>(), cancellation);
        _ = warmUp.PlainPerSecond();
        var run = new Crowd(identifiers, pages);
        run.Fill(progress, cancellation);
        return run.Ask(run.PlainPerSecond(), cancellation);
    }

    private sealed class Crowd(long identifiers, IPageSource? pages)
    {
        private readonly MadeHistory history = new();
        private readonly IdentityEvents events = new(new ScratchKeys());
        private readonly RecordBuffer results = new();
        private readonly List<Token> sample = [];
        private readonly Stretches speed = new();
        private TenantMachine machine = null!;

        private long Events => identifiers / IdentityEvents.IdentifiersPerCustomer * IdentityEvents.EventsPerCustomer;

        public void Fill(IProgress<long> progress, CancellationToken cancellation)
        {
            machine = new(new("bench"), history, pages);
            long every = Math.Max(1, Events / Sample);
            while (speed.Events < Events)
            {
                cancellation.ThrowIfCancellationRequested();
                int count = (int)Math.Min(Math.Min(Stretch, Events - speed.Events), speed.LeftOfWindow);
                Make(count, every);
                long started = Stopwatch.GetTimestamp();
                Apply(count);
                speed.Add(count, started);
                history.TakeRetired(machine);
                progress.Report(speed.Events);
            }
        }

        /// <summary>The same events again, their tokens put into a plain table: the floor.</summary>
        public double PlainPerSecond()
        {
            PlainTable table = new();
            Stretches plain = new();
            foreach (RecordBuffer made in history.Stretches)
            {
                long started = Stopwatch.GetTimestamp();
                Count(made, table);
                plain.Add(made.Count, started);
            }
            return plain.PerSecond;
        }

        private static void Count(RecordBuffer made, PlainTable table)
        {
            for (int i = 0; i < made.Count; i++)
            {
                EventRecord record = EventRecord.FromTrusted(made[i]);
                for (int j = 0; j < record.IdentifierCount; j++)
                    table.Add(record.Identifier(j).Token);
            }
        }

        public IdentityMemoryFigures Ask(double plainPerSecond, CancellationToken cancellation)
        {
            int questions = (int)Math.Min(Questions, identifiers);
            Latencies alone = Resolve(questions);
            using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Task<Latencies> beside = Task.Run(() => Resolve(questions), CancellationToken.None);
            while (!beside.IsCompleted)
            {
                Make(Stretch, long.MaxValue);
                Apply(Stretch);
            }
            var sizes = machine
                .Sizes()
                .Where(size => size.Name.StartsWith("identity.", StringComparison.Ordinal))
                .ToList();
            long rows = sizes.Single(size => size.Name == "identity.identifiers").Rows;
            return new(
                rows,
                speed.PerSecond,
                speed.LastToFirst,
                plainPerSecond,
                alone,
                beside.GetAwaiter().GetResult(),
                Math.Round((double)sizes.Sum(size => size.Bytes) / rows, 1, MidpointRounding.ToEven)
            );
        }

        private void Make(int count, long every)
        {
            RecordBuffer made = history.Begin();
            for (int i = 0; i < count; i++)
            {
                events.Next(made);
                if ((speed.Events + i) % every == 0 && every != long.MaxValue)
                    sample.Add(EventRecord.FromTrusted(made[i]).Identifier(0).Token);
            }
        }

        // A method of its own, so that it is compiled for the loop from its first call on.
        private void Apply(int count)
        {
            for (int i = 0; i < count; i++)
            {
                history.Apply(machine, i, results);
                if (machine.Reader.Resolve(history.TokenOf(i)) is null)
                    throw new InvalidOperationException("an identifier that was just seen belongs to nobody");
                results.Clear();
            }
        }

        private Latencies Resolve(int count)
        {
            var ticks = new long[count];
            var chance = new Random(1);
            for (int i = 0; i < count; i++)
            {
                Token token = sample[chance.Next(sample.Count)];
                long started = Stopwatch.GetTimestamp();
                Resolution? found = machine.Reader.Resolve(token);
                ticks[i] = Stopwatch.GetTimestamp() - started;
                if (found is null)
                    throw new InvalidOperationException("a stored identifier belongs to nobody");
            }
            return Latencies.Of(ticks, 1e6);
        }
    }
}

/// <summary>What <see cref="IdentityMemoryBench"/> measured; times in microseconds.</summary>
/// <param name="PlainPerSecond">Events a second whose tokens a <see cref="PlainTable"/> counted.</param>
/// <param name="Bytes">Of identifiers, links, sightings, groups and their indexes, by identifier.</param>
internal sealed record IdentityMemoryFigures(
    long Identifiers,
    double EventsPerSecond,
    double? LastToFirstMillion,
    double PlainPerSecond,
    Latencies Alone,
    Latencies Beside,
    double Bytes
);
