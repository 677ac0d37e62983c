using Throughline.Cli.Input;
using Throughline.Cli.Service;

namespace Throughline.Cli.Import;

/// <summary>Sends all events of an input as a backfill and accounts for every line.</summary>
internal sealed class Importer(ServiceClient client, RejectionLog rejections)
{
    private readonly SortedSet<string> newNames = new(StringComparer.Ordinal);

    public long Accepted { get; private set; }
    public long Duplicates { get; private set; }

    /// <summary>Names of nurturing events that the tenant had not seen before.</summary>
    public IReadOnlyList<string> NewNames => [.. newNames];

    /// <summary>Lines that were settled, whatever became of them.</summary>
    public long Read => Accepted + Duplicates + rejections.Count;

    public Task RunAsync(EventInput input, IProgress<long> progress, CancellationToken cancellation) =>
        new EventSender(client, EventSender.DefaultConnections, backfill: true).SendAsync(
            input.Next,
            (InputBatch batch, BatchAnswer answer) =>
            {
                Settle(batch, answer);
                progress.Report(Read);
            },
            cancellation
        );

    private void Settle(InputBatch batch, BatchAnswer answer)
    {
        Accepted += answer.Accepted;
        Duplicates += answer.Duplicates;
        newNames.UnionWith(answer.NewNames);
        foreach (InputRejection rejection in batch.Rejections)
            rejections.Add(rejection);
        foreach (EventRejection refused in answer.Rejections)
        {
            (string file, long line) = batch.PlaceOf(refused.Index);
            rejections.Add(new(file, line, refused.Reason, refused.Pointer, refused.Message));
        }
    }
}
