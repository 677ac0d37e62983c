using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Tenants;
using Throughline.Server.Tests.Kit;
using Throughline.Storage.Pages;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Server.Tests.Tenants;

/// <summary>A cell over mapped pages: the same state as in memory, and every page that questions and snapshots shared comes back.</summary>
public sealed class MappedStateTests
{
    private const int Facts = 20_000;
    private const int Batch = 2_000;

    private static readonly TenantSettings Settings = new("test");

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_OnceMappedOnceInMemory_IsOneState()
    {
        using TempFolder folder = new();
        (Token, Token) expected;
        await using (TenantCell cell = await FilledAsync(folder, StatePages.Mapped))
            expected = await HashesAsync(cell);
        foreach (StatePages kind in (StatePages[])[StatePages.Memory, StatePages.Mapped])
        {
            await using TenantCell cell = Open(folder, kind);
            Assert.Equal(expected, await HashesAsync(cell));
            Assert.Equal(kind == StatePages.Mapped, await UsedAsync(cell) > 20);
        }
        foreach (string snapshot in Directory.GetFiles(folder.Path, "snapshot-*", SearchOption.AllDirectories))
            File.Delete(snapshot);
        await using TenantCell replayed = Open(folder, StatePages.Mapped);
        Assert.Equal(expected, await HashesAsync(replayed));
    }

    [Fact]
    public async Task Query_OfWhatSharesPages_GivesThemBack()
    {
        using TempFolder folder = new();
        await (await FilledAsync(folder, StatePages.Mapped)).DisposeAsync();
        using TempFolder copy = new();
        foreach (string file in Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories))
        {
            string target = copy[Path.GetRelativePath(folder.Path, file)];
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        await using TenantCell cell = Open(folder, StatePages.Mapped);
        await using TenantCell twin = Open(copy, StatePages.Mapped); // of which nobody asks anything that shares pages
        Assert.Equal(await HashesAsync(twin), await HashesAsync(cell));
        long before = await UsedAsync(cell);
        long twinBefore = await UsedAsync(twin);
        Token a = await SeenAsync(cell);
        Token b = Fact.TokenOf("user", a == Fact.TokenOf("user", "v2") ? "v1" : "v2");
        byte[] statement = ControlDocument.Pair(ControlDocument.LinkKind, ("user", a), ("user", b), holds: true);
        CellQuery[] queries = [new CellQuery.IdentityHealth(), PastOf(a), new CellQuery.Preview(statement)];
        foreach (CellQuery query in queries)
        {
            Assert.NotNull(await cell.QueryAsync(query, Ended));
            Assert.Equal(before, await UsedAsync(cell));
        }
        await cell.SnapshotAsync();
        Assert.Equal(before, await UsedAsync(cell));

        // All pages were shared by each of these: an event that changes some copies none of them now, but has as many of its own as anywhere.
        RecordBuffer more = new();
        more.Append(
            new Fact("one-more", EventType.Identify, FactGenerator.Start)
            {
                Identifiers = [("user", "v1"), ("email", "v2")],
            }.Encode()
        );
        await cell.SubmitAsync(more, Ended);
        await twin.SubmitAsync(more, Ended);
        Assert.Equal((await HashesAsync(twin)).Digest, (await HashesAsync(cell)).Digest); // ticks have ids of their own, in pages
        Assert.Equal(await UsedAsync(twin) - twinBefore, await UsedAsync(cell) - before);
    }

    // A user whom somebody has seen by then: events are random, and one of them may have none.
    private static async Task<Token> SeenAsync(TenantCell cell)
    {
        for (int i = 1; i <= 8; i++)
            if (await cell.QueryAsync(PastOf(Fact.TokenOf("user", $"v{i}")), Ended) is not null)
                return Fact.TokenOf("user", $"v{i}");
        throw new InvalidOperationException("no user was seen");
    }

    private static CellQuery.Past PastOf(Token user) =>
        new(user, IsCustomer: false, FactGenerator.Start + 20_000L * 60_000);

    [Fact]
    public async Task Query_ThatNobodyWaitsFor_GivesItsPagesBackWhenTheyAreCollected()
    {
        using TempFolder folder = new();
        await using TenantCell cell = await FilledAsync(folder, StatePages.Mapped);
        await HashesAsync(cell);
        long before = await UsedAsync(cell);
        await ForgetAsync(cell);
        await FillAsync(cell, 77, 500); // copies what is shared
        for (int i = 0; i < 50 && await UsedAsync(cell) > before + 10 * 65_536; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.InRange(await UsedAsync(cell), before, before + 10 * 65_536); // the state has grown a little
    }

    // A method of its own: nothing of it is left on the stack.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static async Task ForgetAsync(TenantCell cell) =>
        await cell.AskAsync(store => store.Rehearse().GetHashCode(), Ended);

    private static async Task<TenantCell> FilledAsync(TempFolder folder, StatePages kind)
    {
        TenantCell cell = Open(folder, kind);
        await FillAsync(cell, Seeds.Next(), Facts);
        return cell;
    }

    private static async Task FillAsync(TenantCell cell, int seed, int count)
    {
        List<Fact> facts = new FactGenerator(seed) { Values = 3_000, Minutes = 20_000 }.Generate(count);
        for (int first = 0; first < facts.Count; first += Batch)
        {
            RecordBuffer buffer = new();
            foreach (Fact fact in facts.Skip(first).Take(Batch))
                buffer.Append(fact.Encode());
            await cell.SubmitAsync(buffer, Ended);
        }
    }

    // The clock stands: a watch that looks after a minute would share pages, too.
    private static TenantCell Open(TempFolder folder, StatePages kind) =>
        TenantCell.Open(folder.Path, Settings, new FakeTimeProvider(), NullLogger.Instance, kind);

    private static Task<long> UsedAsync(TenantCell cell) => cell.AskAsync(store => store.Pages?.UsedBytes ?? 0, Ended);

    private static async Task<(Token Pages, Token Digest)> HashesAsync(TenantCell cell)
    {
        await cell.SettleAsync(Ended);
        return await cell.AskAsync(store => (store.Machine.PageHash(), store.Machine.ResultsDigest()), Ended);
    }
}
