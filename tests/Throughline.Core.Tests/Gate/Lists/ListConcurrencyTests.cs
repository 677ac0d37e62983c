using Throughline.Cel.Library;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Rules;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Lists;

/// <summary>Look-ups while others change the list: what is always in it is always found, what never is never.</summary>
public sealed class ListConcurrencyTests
{
    [Theory]
    [InlineData(ListKind.Address)]
    [InlineData(ListKind.Text)]
    [InlineData(ListKind.Contains)]
    public async Task Contains_WhileEntriesComeAndGo_NeverErrs(ListKind kind)
    {
        int seed = Seeds.Next();
        GateList list = New(kind);
        // Of the file, in every version of it; of another source; and never.
        int[] always = [.. Enumerable.Range(0, 50).Select(i => i * 4)];
        list.Replace("kept", always.Select(i => Entry(kind, i + 1)));
        list.Replace("file", always.Select(i => Entry(kind, i)));
        using CancellationTokenSource done = new();
        Rounds rounds = new();
        Task reader = Task.Run(() => Read(list, kind, always, rounds, done.Token));
        Task adder = Task.Run(() => AddAndRemove(list, kind, new Random(seed), done.Token));

        Random random = new(seed + 1);
        for (int i = 0; i < 100 || (rounds.Done < 1000 && !reader.IsCompleted); i++)
        {
            IEnumerable<int> others = Enumerable.Range(0, 500).Select(_ => 1000 + random.Next(2000) * 4);
            Assert.Empty(list.Replace("file", always.Concat(others).Select(n => Entry(kind, n))));
            list.Sweep(long.MaxValue - 1);
        }
        await done.CancelAsync();
        await adder;
        await reader;
    }

    [Theory]
    [InlineData(ListKind.Address)]
    [InlineData(ListKind.Text)]
    public async Task Contains_WhileItsOnlySourceIsReplaced_NeverMissesIt(ListKind kind)
    {
        GateList list = New(kind);
        ListEntryDocument[] entries = [Entry(kind, 7)];
        list.Replace("file", entries);
        using CancellationTokenSource done = new();
        Rounds rounds = new();
        Task reader = Task.Run(() =>
        {
            for (; !done.IsCancellationRequested; rounds.Done++)
                Assert.True(Has(list, kind, 7), "an entry of the old and of the new version was not found");
        });
        for (int i = 0; i < 200_000 || (rounds.Done < 100_000 && !reader.IsCompleted); i++)
            list.Replace("file", entries);
        await done.CancelAsync();
        await reader;
    }

    private static void Read(GateList list, ListKind kind, int[] always, Rounds rounds, CancellationToken done)
    {
        for (; !done.IsCancellationRequested; rounds.Done++)
            foreach (int number in always)
            {
                Assert.True(Has(list, kind, number), $"{number} of the file was not found");
                Assert.True(Has(list, kind, number + 1), $"{number + 1} was not found");
                Assert.False(Has(list, kind, number + 3), $"{number + 3} was found");
            }
    }

    private static void AddAndRemove(GateList list, ListKind kind, Random random, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            int number = random.Next(3000) * 4 + 2;
            if (random.Next(2) == 0)
                list.TryAdd(Entry(kind, number) with { Source = "rule" }, out _);
            else
                list.Remove(Entry(kind, number).Value);
        }
    }

    private sealed class Rounds
    {
        public volatile int Done;
    }

    private static bool Has(GateList list, ListKind kind, int number) =>
        kind == ListKind.Address
            ? list.Contains(IpAddress.Of((UInt128)(uint)number, isV6: false), 0)
            : list.Contains(Entry(kind, number).Value, 0);

    private static ListEntryDocument Entry(ListKind kind, int number) =>
        kind == ListKind.Address ? new(IpAddress.Of((UInt128)(uint)number, isV6: false).Text) : new($"<{number}>");

    private static GateList New(ListKind kind)
    {
        ListBook book = new();
        book.Declare("x", kind);
        return book.Find("x")!;
    }
}
