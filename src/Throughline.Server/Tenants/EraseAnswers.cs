using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Tenant;

namespace Throughline.Server.Tenants;

/// <summary>Tells what was erased, newest first: no clear values, for there are none.</summary>
internal static class EraseAnswers
{
    private const int ListedMax = 1_000;

    public static byte[] All(TenantMachine machine, EraserState state) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new ErasuresAnswer(
                machine.ErasureStatements.Count,
                machine.ErasureStatements.Any(x => x.Position > state.DoneTo),
                state.Events,
                state.Total > 0 ? new(state.Read, state.Total) : null,
                [
                    .. machine
                        .ErasureStatements.Reverse()
                        .Take(ListedMax)
                        .Select(x => new ErasureAnswer(
                            x.Position,
                            EventTime.ToText(x.Time),
                            x.WithEvents ? "customer" : "identifier",
                            x.Identifiers,
                            x.Reason,
                            x.Author,
                            x.Position <= state.DoneTo
                        )),
                ]
            ),
            JsonSerializerOptions.Web
        );
}

/// <param name="Pending">Some files still hold what is to go.</param>
/// <param name="Events">Events whose personal part was taken, over all erasures.</param>
/// <param name="Progress">Of the look through the log that is under way.</param>
internal sealed record ErasuresAnswer(
    int Total,
    bool Pending,
    long Events,
    EraseProgress? Progress,
    IReadOnlyList<ErasureAnswer> Erasures
);

/// <param name="Done">Events of the log that were looked at.</param>
internal sealed record EraseProgress(long Done, long Total);

/// <param name="Scope"><c>customer</c> or <c>identifier</c>.</param>
/// <param name="Done">No file holds anything of it any more.</param>
internal sealed record ErasureAnswer(
    long Position,
    string Time,
    string Scope,
    int Identifiers,
    string Reason,
    string Author,
    bool Done
);
