using System.Collections.Concurrent;
using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Tenant;

/// <summary>Readers beside a busy writer: whatever they are told was true at the position that the answer names.</summary>
public sealed class TenantReaderTests
{
    private const int Values = 12;
    private static readonly string[] Types = ["user", "email", "loyalty", "device", "cookie"];

    [Fact]
    public async Task Resolve_WhileTheWriterApplies_GivesOnlyStatesThatExisted()
    {
        int seed = Seeds.Next();
        List<byte[]> facts = new FactGenerator(seed) { Values = Values, Minutes = 2000 }
            .Generate(4000)
            .ConvertAll(fact => fact.Encode());
        Token[] tokens =
        [
            .. from type in Types from value in Enumerable.Range(0, Values) select Fact.TokenOf(type, $"v{value}"),
        ];
        MemoryHistory history = new();
        TenantMachine machine = new(new("test"), history);
        List<(Token Id, int Size, long Since)[]> states = [StatesOf(machine, tokens)];
        ConcurrentBag<(int Token, Resolution Answer)> answers = [];
        using CancellationTokenSource done = new();
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
            history.Apply(machine, fact);
            states.Add(StatesOf(machine, tokens));
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
                last = answer.Applied;
                if (answers.Count < 200_000)
                    answers.Add((i % tokens.Length, answer));
            }
        }
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
