using System.Text;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Explain;
using Throughline.Core.Tenant;
using Throughline.World;
using Throughline.World.Measures;
using Throughline.World.Truth;

namespace Throughline.Cli.Demo;

/// <summary>
/// Compares what a machine says with what truly happened in a simulated world. Reads what the API reads; for the writer's
/// thread, between events.
/// </summary>
internal sealed class TruthMeter(
    TenantMachine machine,
    IHistory history,
    Func<long, byte[]> readResult,
    IEventKeys keys,
    WorldTruth truth
)
{
    /// <summary>The verdicts, event by event.</summary>
    /// <param name="scan">Gives every record of the log once.</param>
    public GateMeasure Gate(Action<RecordHandler> scan)
    {
        Dictionary<ulong, int> places = new(truth.Events.Count);
        for (int i = 0; i < truth.Events.Count; i++)
            places.Add(truth.Events[i].Id, i);
        var score = new GateScore();
        scan(record => Judge(EventRecord.FromTrusted(record), places, score));
        return GateMeasure.Of(score);
    }

    /// <summary>The customers, over all identifiers that the events showed.</summary>
    public IdentityMeasure Identity()
    {
        IReadOnlyList<TrueIdentifier> identifiers = truth.Identifiers;
        Dictionary<Token, int> numbers = [];
        int[] customers = new int[identifiers.Count];
        for (int i = 0; i < customers.Length; i++)
        {
            TrueIdentifier identifier = identifiers[i];
            Token token = keys.Tokenise(identifier.Type, Encoding.UTF8.GetBytes(identifier.Value));
            customers[i] = machine.Reader.Resolve(token) is { } found ? NumberOf(found.Customer, numbers) : -1;
        }
        PairScore score = PairScore.Of(identifiers, customers);
        double attainable = PairScore.Of(identifiers, PairScore.OneCustomerPerPerson(identifiers)).F1;
        return new(
            score.F1,
            score.Precision,
            score.Recall,
            attainable,
            score.ReachableF1,
            identifiers.Count,
            numbers.Count
        );
    }

    /// <summary>The credit, conversion by conversion.</summary>
    /// <param name="scan">Gives every record of the log once; null: causes of misses are not asked for.</param>
    public AttributionMeasure Attribution(Action<RecordHandler>? scan = null)
    {
        Answers answers = new(machine, history, readResult, id => keys.EventId(Encoding.UTF8.GetBytes(id)));
        var score = new CreditScore(truth);
        long attributed = 0;
        List<TrueConversion> missed = [];
        foreach (TrueConversion conversion in truth.Conversions)
        {
            if (answers.Conversion(conversion.EventId) is not { } answer)
            {
                missed.Add(conversion);
                continue;
            }
            using JsonDocument document = JsonDocument.Parse(answer);
            List<TrueCredit> credits = [.. CreditsOf(document.RootElement)];
            attributed += credits.Count > 0 ? 1 : 0;
            if (!score.Add(conversion.Id, credits, UnattributedOf(document.RootElement)))
                missed.Add(conversion);
        }
        return new(
            score.ExactShare,
            null,
            truth.Conversions.Count,
            attributed,
            missed.Count,
            scan is null || missed.Count == 0
                ? []
                : new MissedCredit(new(machine, history, truth, scan)).CausesOf(missed)
        );
    }

    private void Judge(in EventRecord record, Dictionary<ulong, int> places, GateScore score)
    {
        if (!record.TryGet(EventField.Id, out ReadOnlySpan<byte> utf8) || utf8.Length > EventId.MaxLength)
            return;
        Span<char> id = stackalloc char[EventId.MaxLength];
        int length = Encoding.UTF8.GetChars(utf8, id);
        if (WorldIds.TryParseEvent(id[..length], out ulong number) && places.TryGetValue(number, out int place))
            score.Add(truth.Events[place], machine.VerdictOf(record));
    }

    private static int NumberOf(Token customer, Dictionary<Token, int> numbers)
    {
        if (!numbers.TryGetValue(customer, out int number))
            numbers.Add(customer, number = numbers.Count);
        return number;
    }

    private static IEnumerable<TrueCredit> CreditsOf(JsonElement conversion)
    {
        foreach (JsonElement credit in conversion.GetProperty("credits").EnumerateArray())
            if (WorldIds.TryParseEvent(credit.GetProperty("touch").GetString(), out ulong touch))
                yield return new(touch, credit.GetProperty("minor").GetInt64());
    }

    // A second report of an order is the same sale told again: it has no value of its own, credited or left over.
    private static long UnattributedOf(JsonElement conversion)
    {
        JsonElement shares = conversion.GetProperty("shares");
        return shares.GetArrayLength() == 0 ? 0 : shares[0].GetProperty("unattributed").GetInt64();
    }
}

/// <summary>Takes one record; its bytes are valid during the call only.</summary>
internal delegate void RecordHandler(ReadOnlySpan<byte> record);
