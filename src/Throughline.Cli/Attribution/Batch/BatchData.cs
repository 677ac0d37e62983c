using System.Diagnostics;
using System.Security.Cryptography;
using Throughline.Cli.Attribution.Batch.Reading;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Import;
using Throughline.Cli.Input;
using Throughline.Cli.Output;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>What a batch reads and how.</summary>
/// <param name="MemoryBytes">What rows may take, of touches, conversions and results; more goes to disk.</param>
/// <param name="SpillFolder">Where.</param>
/// <param name="ReadsColumn">Whether an expression of a rule may read a column beyond those that every file has.</param>
internal sealed record BatchInput(
    string Touches,
    string Conversions,
    int Threads,
    long MemoryBytes,
    string SpillFolder,
    Func<string, bool> ReadsColumn
)
{
    /// <summary>A file of refunds; null: there are none.</summary>
    public string? Refunds { get; init; }

    /// <summary>A file of how well owners match; null: all do fully.</summary>
    public string? Matches { get; init; }

    /// <summary>Touches may have no campaign.</summary>
    public bool TakesNoCampaign { get; init; }

    /// <summary>Conversions may have no customer.</summary>
    public bool TakesNobody { get; init; }

    /// <summary>All files that are read.</summary>
    public IEnumerable<string> Files => new[] { Touches, Conversions, Refunds, Matches }.OfType<string>();

    /// <summary>Reads all files, shown as work under way.</summary>
    /// <exception cref="CommandException">A file cannot be read, or its header lacks a column.</exception>
    public Task<BatchData> ReadAsync(ICommandOutput output, RejectionLog log, CancellationToken cancellation)
    {
        if (Files.Count(file => file == "-") > 1)
            throw CommandException.BadInput("stdin_twice", "Only one of the files can be standard input.");
        foreach (string file in Files.Where(file => file != "-" && !File.Exists(file)))
            InputFile.Open(file).Dispose(); // a missing file is told before long work
        return output.ProgressAsync(
            "Reading touches and conversions",
            null,
            progress => Task.Run(() => BatchData.Read(this, log, progress, cancellation), cancellation)
        );
    }
}

/// <summary>The rows of a file of touches and a file of conversions, by the hash of their customer: in memory as far as it reaches.</summary>
internal sealed class BatchData : IDisposable
{
    private readonly ConversionStores stores;
    private readonly TouchStores touchStores;
    private readonly Func<RowStore> storeOf;

    private BatchData(BatchInput input, MemoryBudget budget)
    {
        Budget = budget;
        // Pages under way of four stores take half of the budget at most, but for the least size.
        int page = (int)
            Math.Clamp(
                input.MemoryBytes / (RowStore.Partitions * 8L * input.Threads),
                RowStore.MinPageBytes,
                RowStore.MaxPageBytes
            );
        storeOf = () => new(budget, input.SpillFolder, page);
        touchStores = new(storeOf(), storeOf());
        stores = new(storeOf(), storeOf(), storeOf(), KeepsOrders: input.Refunds is not null);
        TouchExtras = new(input.ReadsColumn, [.. TouchParser.Columns, .. TouchParser.Optional]);
        ConversionExtras = new(input.ReadsColumn, [.. ConversionParser.Columns, .. ConversionParser.Optional]);
    }

    public MemoryBudget Budget { get; }

    /// <summary>Keys hashes; no result shows it.</summary>
    public ulong Seed { get; } = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    public RowStore Touches => touchStores.Rows;
    public RowStore Conversions => stores.Rows;
    public ExtraColumns TouchExtras { get; }
    public ExtraColumns ConversionExtras { get; }
    public BatchNames Names { get; private set; } = null!;
    public EqualConversions Equal { get; private set; } = null!;

    /// <summary>Touches whose id stands twice.</summary>
    public EqualLines RepeatedTouches { get; private set; } = null!;
    public RefundData? Refunds { get; private set; }
    public RowStore? Matches { get; private set; }
    public RowCounts TouchCounts { get; private set; } = null!;
    public RowCounts ConversionCounts { get; private set; } = null!;
    public RowCounts? RefundCounts { get; private set; }
    public RowCounts? MatchCounts { get; private set; }
    public double ReadSeconds { get; private set; }

    /// <summary>Finding what was told twice.</summary>
    public double EqualSeconds { get; private set; }

    /// <summary>Partitions of customers, of 256, that are on disk at least in part.</summary>
    public int SpilledPartitions =>
        Enumerable.Range(0, RowStore.Partitions).Count(x => Touches.IsSpilled(x) || Conversions.IsSpilled(x));

    /// <exception cref="CommandException">A file cannot be read, or its header lacks a column.</exception>
    public static BatchData Read(
        BatchInput input,
        RejectionLog log,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        BatchData data = new(input, new(input.MemoryBytes));
        try
        {
            data.ReadAll(input, log, progress, cancellation);
            return data;
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        touchStores.Rows.Dispose();
        stores.Rows.Dispose();
        stores.Ids.Dispose();
        stores.Orders.Dispose();
        touchStores.Ids.Dispose();
        Refunds?.Dispose();
        Matches?.Dispose();
    }

    private void ReadAll(BatchInput input, RejectionLog log, IProgress<long> progress, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        RowNames names = new(Seed);
        long before = 0;
        RowCounts Read(string file, IReadOnlyList<string> columns, Func<CsvLayout, RowParser> parserOf)
        {
            RowCounts counts = RowFile.Read(
                file,
                columns,
                input.Threads,
                parserOf,
                log,
                new Further(progress, before),
                cancellation
            );
            before += counts.Read;
            return counts;
        }
        ConversionCounts = Read(
            input.Conversions,
            ConversionParser.Columns,
            layout => new ConversionParser(layout, names, stores, ConversionExtras, input.TakesNobody)
        );
        TouchCounts = Read(
            input.Touches,
            TouchParser.Columns,
            layout => new TouchParser(layout, names, touchStores, TouchExtras, input.TakesNoCampaign)
        );
        if (input.Refunds is { } refundFile)
        {
            Refunds = new(storeOf, names);
            RefundCounts = Read(refundFile, RefundParser.Columns, layout => new RefundParser(layout, names, Refunds));
        }
        if (input.Matches is { } matchFile)
        {
            Matches = storeOf();
            MatchCounts = Read(matchFile, MatchParser.Columns, layout => new MatchParser(layout, names, Matches));
        }
        Names = new(names);
        long read = Stopwatch.GetTimestamp();
        RepeatedTouches = EqualTouches.Find(touchStores, storeOf, Seed, input.Threads);
        RepeatedTouches.Tell(TouchCounts.Rejections, repeated: false);
        Refunds?.FindEqual(input.Threads, RefundCounts!.Rejections);
        Equal = EqualConversions.Find(stores, Refunds, input.Threads, ConversionCounts.Rejections);
        ReadSeconds = Stopwatch.GetElapsedTime(started, read).TotalSeconds;
        EqualSeconds = Stopwatch.GetElapsedTime(read).TotalSeconds;
    }

    private sealed class Further(IProgress<long> progress, long before) : IProgress<long>
    {
        public void Report(long value) => progress.Report(before + value);
    }
}
