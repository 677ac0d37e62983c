using System.Collections.Concurrent;
using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.State;
using Throughline.Core.Tenant;
using Throughline.Storage.Pages;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Tenant;

/// <summary>Readers beside a busy writer: whatever they are told was true at the position that the answer names.</summary>
public sealed class TenantReaderTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly string[] Types = ["user", "email", "loyalty", "device", "cookie"];

    /// <param name="kind">Where the state is.</param>
    /// <param name="values">Of each type; so many that pages are full, or few.</param>
    /// <param name="count">Facts.</param>
    /// <param name="every">Of the values one in so many is asked for.</param>
    [Theory]
    [InlineData(null, 12, 4000, 1)]
    [InlineData(StatePages.Memory, 12, 4000, 1)]
    [InlineData(null, 1500, 12_000, 100)]
    [InlineData(StatePages.Memory, 1500, 12_000, 100)]
    [InlineData(StatePages.Mapped, 1500, 12_000, 100)]
    public async Task Resolve_WhileTheWriterApplies_GivesOnlyStatesThatExisted(
        StatePages? kind,
        int values,
        int count,
        int every
    )
    {
        int seed = Seeds.Next();
        List<byte[]> facts = new FactGenerator(seed) { Values = values, Minutes = 2000 }
            .Generate(count)
            .ConvertAll(fact => fact.Encode());
        Token[] tokens =
        [
            .. from type in Types
            from value in Enumerable.Range(0, values / every)
            select Fact.TokenOf(type, $"v{value * every}"),
        ];
        using TestPages pages = new(kind);
        MemoryHistory history = new();
        TenantMachine machine = new(new("test"), history, pages.Source);
        List<(Token Id, int Size, long Since)[]> states = [StatesOf(machine, tokens)];
        ConcurrentBag<(int Token, Resolution Answer)> answers = [];
        using CancellationTokenSource done = new();
        long heard = 0; // the latest position that a reader was told
        using CountdownEvent ready = new(3);
        Task[] readers =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(reader =>
                    Task.Factory.StartNew(
                        () => Read(reader),
                        CancellationToken.None,
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default
                    )
                ),
        ];
        ready.Wait(TestContext.Current.CancellationToken);

        foreach (byte[] fact in facts)
        {
            StateImage? image = states.Count % 3 == 0 ? machine.Capture() : null;
            history.Apply(machine, fact);
            image?.Release(); // the pages that the fact changed go back, and are other rows' with one of the next facts
            states.Add(StatesOf(machine, tokens));
            // However busy the machine is, readers see some of the states.
            if (states.Count % (count / 8) == 0)
                Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref heard) >= machine.NextPosition, Deadline));
        }
        await done.CancelAsync();
        await Task.WhenAll(readers); // rethrows what a reader threw

        Assert.Equal(machine.NextPosition + 1, states.Count);
        Assert.InRange(answers.Count, 100, int.MaxValue);
        Assert.InRange(answers.Select(answer => answer.Answer.Applied).Distinct().Count(), 5, int.MaxValue);
        foreach ((int token, Resolution answer) in answers)
            Assert.Equal(states[(int)answer.Applied][token], (answer.Customer, answer.Size, answer.Since));

        void Read(int start)
        {
            ready.Signal();
            long last = 0;
            for (int i = start; !done.IsCancellationRequested; i++)
            {
                if (machine.Reader.Resolve(tokens[i % tokens.Length]) is not { } answer)
                    continue;
                Assert.True(answer.Applied >= last, "time went backwards for a reader");
                if (answers.Count < 200_000 || answer.Applied > last)
                    answers.Add((i % tokens.Length, answer));
                last = answer.Applied;
                InterlockedMax(ref heard, last);
            }
        }
    }

    private static void InterlockedMax(ref long target, long value)
    {
        for (long now = Volatile.Read(ref target); now < value; now = Volatile.Read(ref target))
            if (Interlocked.CompareExchange(ref target, value, now) == now)
                return;
    }

    // Read from the state itself, on the writer's thread.
    private static (Token, int, long)[] StatesOf(TenantMachine machine, Token[] tokens)
    {
        IdentityGraph graph = machine.Parts.Graph;
        return Array.ConvertAll(
            tokens,
            token =>
            {
                int row = graph.Find(token);
                CustomerState state = row < 0 ? default : graph.Groups.StateOf(row);
                return state.Size == 0 ? default : (graph.Groups.IdOf(state.Founder), state.Size, state.Since);
            }
        );
    }
}
