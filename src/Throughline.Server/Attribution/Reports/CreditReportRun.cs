using Throughline.Core.Attribution.Reports;

namespace Throughline.Server.Attribution.Reports;

/// <summary>Makes a report of a tenant's current credit: its conversions, its touches, its costs.</summary>
internal static class CreditReportRun
{
    /// <param name="progress">Told how many conversions were looked at.</param>
    public static CreditReport Run(
        CreditReader reader,
        CreditReportOptions options,
        IProgress<long>? progress,
        CancellationToken cancellation
    )
    {
        CreditView view = reader.View;
        TouchTextTable? texts = options.NeedsEvents ? reader.Texts(options, cancellation) : null;
        CreditTally tally = new(view, options, texts);
        foreach (
            CreditTally some in reader.ReadAll(
                tally.From,
                tally.To,
                () => new CreditTally(view, options, texts),
                (own, conversion) => own.Add(conversion),
                progress,
                cancellation
            )
        )
            tally.Add(some);
        foreach (
            DeliveryTally some in reader.Work(
                (view.Touches + CreditReader.TouchesAtOnce - 1) / CreditReader.TouchesAtOnce,
                () => new DeliveryTally(view, options, texts),
                (own, piece) => own.Add(piece * CreditReader.TouchesAtOnce, (piece + 1) * CreditReader.TouchesAtOnce),
                cancellation
            )
        )
            some.AddTo(tally.Cube);
        return tally.Finish(reader.Spend(cancellation));
    }
}
