using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Tenants;
using Throughline.Server.Tests.Faults;
using Throughline.Server.Tests.Kit;
using Throughline.Storage.Log;
using Throughline.Storage.Sqlite;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Server.Tests.Tenants;

/// <summary>
/// After an erasure no file of the tenant's folder holds a byte of what was sealed for who is erased: found by the ciphertext itself, noted
/// before. Nor after a stop at any step, nor of events that come late.
/// </summary>
public sealed class CellEraserTests
{
    private static readonly TenantSettings Settings = new("test");

    [Fact]
    public async Task Erase_OfACustomer_LeavesNoSealedByteInAnyFile()
    {
        using TempFolder folder = new();
        TenantCell cell = Open(folder);
        List<byte[]> gone = [];
        List<byte[]> kept = [];
        await TellAsync(cell, gone, kept, first: 0);
        await cell.SnapshotAsync();
        await TellAsync(cell, gone, kept, first: 500);
        Assert.All(gone, bytes => Assert.True(IsAnywhere(folder, bytes)));
        await cell.SnapshotAsync(); // of the moment before: it knows who is erased
        (Token pages, Token digest) before = await HashesAsync(cell);

        EraseReceipt? receipt = await cell.EraseAsync(
            new(Token(cell, "email", "anna0@example.com"), false, false, "asked"),
            default
        );
        Assert.Equal((true, 2), (receipt!.Value.WithEvents, receipt.Value.Identifiers));
        await DoneAsync(cell);
        CheckFiles(folder, gone, kept);
        Assert.False(EraseMark.IsIn(folder.Path));
        string snapshot = Assert.Single(Directory.GetFiles(folder.Path, "snapshot-*"));
        Assert.True(
            string.CompareOrdinal(Path.GetFileName(snapshot), $"snapshot-{receipt.Value.Position + 1:d16}") >= 0,
            snapshot
        );

        (Token Pages, Token Digest) after = await HashesAsync(cell);
        Assert.NotEqual(before.digest, after.Digest);
        await cell.DisposeAsync();
        CheckFiles(folder, gone, kept);
        File.Delete(snapshot);
        cell = Open(folder);
        Assert.Equal(after, await HashesAsync(cell)); // the log alone gives the same
        await DoneAsync(cell);
        await cell.DisposeAsync();
        CheckFiles(folder, gone, kept);
    }

    [Fact]
    public async Task Submit_OfALateEventOfWhoIsErased_StoresNothingSealed_AndBringsNobodyBack()
    {
        using TempFolder folder = new();
        TenantCell cell = Open(folder);
        await TellAsync(cell, [], [], first: 0);
        await cell.EraseAsync(new(Token(cell, "email", "anna0@example.com"), false, false, "asked"), default);
        await DoneAsync(cell); // so that no file is under way while they are read
        (byte[] late, byte[] sealedBytes) = Encode(cell, "late", 3, "anna0", "email", "user");
        Assert.Equal([ApplyStatus.Accepted], await SubmitAsync(cell, [late]));
        Assert.False(IsAnywhere(folder, sealedBytes));
        Assert.Equal([ApplyStatus.Duplicate], await SubmitAsync(cell, [late]));
        Assert.Null(
            await cell.QueryAsync(new CellQuery.Resolve("email", Token(cell, "email", "anna0@example.com")), default)
        );
        (byte[] again, byte[] itsSealed) = Encode(cell, "again", 24 * 60 * 800, "anna0", "email");
        Assert.Equal([ApplyStatus.Accepted], await SubmitAsync(cell, [again]));
        Assert.True(IsAnywhere(folder, itsSealed)); // whoever comes back is somebody
        Assert.NotNull(
            await cell.QueryAsync(new CellQuery.Resolve("email", Token(cell, "email", "anna0@example.com")), default)
        );
        await DoneAsync(cell);
        await cell.DisposeAsync();
        Assert.True(IsAnywhere(folder, itsSealed));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Open_AfterAStopAmidAnErasure_CarriesItOut(int replacements)
    {
        using TempFolder folder = new();
        TenantCell cell = Open(folder);
        List<byte[]> gone = [];
        List<byte[]> kept = [];
        for (int day = 0; day < 3; day++)
            await TellAsync(cell, gone, kept, first: day * 1_000, count: 900);
        await cell.SnapshotAsync();
        await cell.DisposeAsync();

        // The files as they are when the process dies after so many steps: later ones do nothing.
        StoppingLog? stopping = null;
        cell = TenantCell.Open(
            folder.Path,
            Settings,
            new FakeTimeProvider(), // stands: what failed is not tried again
            NullLogger.Instance,
            () =>
                TenantStore.Open(
                    folder.Path,
                    Settings,
                    stopping = new(SqliteTenantLog.Open(folder.Path, "test", "test", TimeProvider.System), replacements)
                )
        );
        await cell.EraseAsync(new(Token(cell, "user", "anna0"), false, false, "asked"), default);
        await stopping!.Stopped.Task.SoonAsync();
        await cell.DisposeAsync();
        Assert.True(EraseMark.IsIn(folder.Path));
        Assert.Contains(gone, bytes => IsAnywhere(folder, bytes));

        cell = Open(folder);
        await DoneAsync(cell);
        CheckFiles(folder, gone, kept);
        Assert.False(EraseMark.IsIn(folder.Path));
        await cell.DisposeAsync();
        CheckFiles(folder, gone, kept);
    }

    // Anna's events between those of others; two identifiers each, and what is sealed of each is noted.
    private static async Task TellAsync(
        TenantCell cell,
        List<byte[]> gone,
        List<byte[]> kept,
        int first,
        int count = 300
    )
    {
        List<byte[]> events = [];
        for (int i = first; i < first + count; i++)
        {
            (byte[] record, byte[] sealedBytes) = Encode(cell, $"e{i}", i, $"anna{i % 3}", "email", "user");
            events.Add(record);
            (i % 3 == 0 ? gone : kept).Add(sealedBytes);
        }
        Assert.All(await SubmitAsync(cell, events), status => Assert.Equal(ApplyStatus.Accepted, status));
    }

    private static (byte[] Record, byte[] Sealed) Encode(
        TenantCell cell,
        string id,
        int minute,
        string name,
        params string[] types
    )
    {
        string identifiers = string.Join(
            ',',
            types.Select(type =>
                $$"""{"type":"{{type}}","value":"{{(type == "email" ? name + "@example.com" : name)}}"}"""
            )
        );
        string time = EventTime.ToText(FactGenerator.Start + minute * 60_000L);
        string json =
            $$"""{"id":"{{id}}","type":"click","time":"{{time}}","identifiers":[{{identifiers}}],"campaign":"a"}""";
        RecordBuffer buffer = new();
        new EventEncoder(cell.Keys).Encode(EventSamples.Parse(json), backfill: false, buffer);
        byte[] record = buffer[0].ToArray();
        Assert.True(EventRecord.FromTrusted(record).TryGet(EventField.Sealed, out ReadOnlySpan<byte> sealedBytes));
        return (record, sealedBytes[14..].ToArray()); // without key version and nonce
    }

    private static void CheckFiles(TempFolder folder, List<byte[]> gone, List<byte[]> kept)
    {
        Assert.All(gone, bytes => Assert.False(IsAnywhere(folder, bytes), "a sealed part is still in a file"));
        Assert.All(kept, bytes => Assert.True(IsAnywhere(folder, bytes), "another's sealed part is gone"));
    }

    private static bool IsAnywhere(TempFolder folder, byte[] bytes)
    {
        // A row is spread over pages of 8 KiB: a stretch of a few bytes is in one of them, but for few.
        ReadOnlySpan<byte> head = bytes.AsSpan(0, 12);
        ReadOnlySpan<byte> tail = bytes.AsSpan()[^12..];
        foreach (string file in Directory.GetFiles(folder.Path))
        {
            if (Path.GetFileName(file) is "store.lock")
                continue;
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] all = new byte[stream.Length];
            stream.ReadExactly(all);
            if (all.AsSpan().IndexOf(head) >= 0 || all.AsSpan().IndexOf(tail) >= 0)
                return true;
        }
        return false;
    }

    private static Token Token(TenantCell cell, string type, string value) =>
        cell.Keys.Tokenise(type, System.Text.Encoding.UTF8.GetBytes(value));

    // The clock stands, so that nothing looks at the cell by itself and writes files while a test reads them.
    private static TenantCell Open(TempFolder folder) =>
        TenantCell.Open(folder.Path, Settings, new FakeTimeProvider(), NullLogger.Instance);

    private static async Task<IReadOnlyList<ApplyStatus>> SubmitAsync(TenantCell cell, IEnumerable<byte[]> records)
    {
        RecordBuffer buffer = new();
        foreach (byte[] record in records)
            buffer.Append(record);
        return (await cell.SubmitAsync(buffer, TestContext.Current.CancellationToken)).Statuses;
    }

    private static Task<(Token Pages, Token Digest)> HashesAsync(TenantCell cell) =>
        cell.AskAsync(
            store => (store.Machine.PageHash(), store.Machine.ResultsDigest()),
            TestContext.Current.CancellationToken
        );

    private static Task DoneAsync(TenantCell cell) => Waiting.UntilAsync(() => Task.FromResult(!cell.IsErasing));

    /// <summary>After some replacements it is as if the process were dead: no file changes any more.</summary>
    private sealed class StoppingLog(ITenantLog inner, int replacements) : ITenantLog
    {
        private int left = replacements;

        public TaskCompletionSource Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long NextPosition => inner.NextPosition;
        public long NextResult => inner.NextResult;

        public void Commit(in LogBatch batch) => inner.Commit(batch);

        public void Read(long position, RecordBuffer target) => inner.Read(position, target);

        public void ReadResult(long sequence, RecordBuffer target) => inner.ReadResult(sequence, target);

        public void Scan(long fromPosition, ScanHandler handler) => inner.Scan(fromPosition, handler);

        public void ScanResults(long fromSequence, ScanHandler handler) => inner.ScanResults(fromSequence, handler);

        public void Replace(IReadOnlyList<ReplacedEvent> events)
        {
            if (left-- > 0)
            {
                inner.Replace(events);
                return;
            }
            Stopped.TrySetResult();
            throw new LogException("the process died", outcomeUnknown: true);
        }

        public void ReleaseIdle() => inner.ReleaseIdle();

        public void Dispose() => inner.Dispose();
    }
}
