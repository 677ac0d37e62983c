using Throughline.Core.Attribution.Reports;
using Throughline.Core.Events;

namespace Throughline.Server.Attribution.Reports;

/// <summary>Makes a report of a tenant's current credit: its conversions chunk by chunk, its touches, its costs.</summary>
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
        CreditTally tally = new(reader.View, options);
        reader.ReadAll(
            tally.From,
            tally.To,
            chunk =>
            {
                Dictionary<long, TouchTexts>? texts = options.NeedsEvents ? [] : null;
                if (texts is not null)
                    reader.Events(
                        chunk.SelectMany(x =>
                            x.Case.Candidates.Where(c => CreditTally.IsAsked(c)).Select(c => c.Position)
                        ),
                        (long position, in EventRecord record) => texts[position] = TouchTexts.Of(record),
                        cancellation
                    );
                foreach (var (_, conversion) in chunk)
                    tally.Add(conversion, texts);
            },
            progress,
            cancellation
        );
        Deliver(reader, tally.Cube, cancellation);
        return tally.Finish(reader.Spend(cancellation));
    }

    private static void Deliver(CreditReader reader, CreditCube cube, CancellationToken cancellation)
    {
        if (!cube.Options.NeedsEvents)
        {
            reader.Touches((in ReportTouch touch, long _, bool isValid) => cube.Deliver(touch, isValid), cancellation);
            return;
        }
        List<(ReportTouch Touch, long Position, bool IsValid)> some = [];
        void Flush()
        {
            int place = 0;
            reader.Events(
                some.Select(x => x.Position),
                (long _, in EventRecord record) =>
                {
                    (ReportTouch touch, _, bool isValid) = some[place++];
                    (touch.Creative, touch.Placement) = TouchTexts.Of(record);
                    cube.Deliver(touch, isValid);
                },
                cancellation
            );
            some.Clear();
        }
        reader.Touches(
            (in ReportTouch touch, long position, bool isValid) =>
            {
                if (!cube.Options.Covers(touch.Time))
                    return;
                some.Add((touch, position, isValid));
                if (some.Count == CreditReader.ChunkMax * 8)
                    Flush();
            },
            cancellation
        );
        Flush();
    }
}
