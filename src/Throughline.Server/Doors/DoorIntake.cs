using Throughline.Core.Events;
using Throughline.Server.Doors.Mapping;
using Throughline.Server.Ingest;
using EventId = Throughline.Core.Events.EventId;

namespace Throughline.Server.Doors;

/// <summary>
/// Brings the messages of one request in: each is understood by its door, written as an event of our own form, and judged as every
/// event is. What is wrong with a part that an event can do without costs that part alone.
/// </summary>
internal sealed class DoorIntake(DoorBatch batch, DoorModel model, IngestSession session, CommitQueue commits)
{
    /// <summary>Parts that one event may lose; one with more is refused.</summary>
    private const int LeftOutMax = 12;

    private readonly DoorFact fact = new();
    private readonly EventDraft draft = new();

    public DoorResults Results { get; } = new();

    /// <summary>Takes all messages in and waits until they are durable.</summary>
    public async Task TakeAsync()
    {
        for (int index = 0; index < batch.Count; index++)
        {
            Take(index);
            if (session.IsChunkFull)
                await commits.SendAsync(session.TakeChunk());
        }
        if (session.Chunk.Count > 0)
            await commits.SendAsync(session.TakeChunk());
        await commits.SettleAllAsync();
    }

    private void Take(int index)
    {
        fact.Clear();
        draft.ForgetLeftOut();
        Rejection rejection;
        try
        {
            if (batch.TryRead(index, fact, out rejection))
            {
                if (!fact.Own.IsThere && !fact.IsIdentify && fact.Match.Rule.As == DoorAction.Ignore)
                {
                    Results.Ignored++;
                    return;
                }
                if (TryTake(index, out rejection))
                {
                    Results.Add(index);
                    return;
                }
            }
        }
        catch (InvalidOperationException)
        {
            // System.Text.Json finds half surrogates only when a text is taken out
            rejection = new(RejectionReason.LoneSurrogate, "", "A name or text holds half of a surrogate pair.");
        }
        Results.Add(index);
        session.Results.AddRejected(IdOf(), DoorResults.Told(rejection, batch, index));
    }

    private bool TryTake(int index, out Rejection rejection)
    {
        int before = Results.LeftOut.Count;
        while (!session.TryTake(FactWriter.Write(fact, model, draft), draft.IsTimeOurs, out rejection))
        {
            string pointer = rejection.Pointer;
            bool again = draft.Locate(ref pointer, fact.DataSource) && draft.LeftOut.Count <= LeftOutMax;
            rejection = rejection with { Pointer = pointer };
            if (!again)
            {
                Results.LeftOut.RemoveRange(before, Results.LeftOut.Count - before);
                return false;
            }
            Results.LeftOut.Add((index, DoorResults.Told(rejection, batch, index)));
        }
        return true;
    }

    /// <summary>The message's id if it can be repeated.</summary>
    private byte[] IdOf()
    {
        if (!fact.Id.IsThere || fact.Id.Element.ValueKind != System.Text.Json.JsonValueKind.String)
            return [];
        byte[] id = System.Text.Encoding.UTF8.GetBytes(Api.ObjectReader.TextOf(fact.Id.Element) ?? "");
        return EventId.Check(id) is null ? id : [];
    }
}
