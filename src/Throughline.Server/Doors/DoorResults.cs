using Throughline.Core.Events;
using Throughline.Server.Ingest;

namespace Throughline.Server.Doors;

/// <summary>What became of a request's messages beyond the results of their events: their places, what was passed over and left out.</summary>
internal sealed class DoorResults
{
    private readonly List<int> indexes = [];

    /// <summary>Messages that the mapping says are nothing.</summary>
    public int Ignored { get; set; }

    /// <summary>Parts that were not valid, and events taken without them.</summary>
    public List<(int Index, Rejection Rejection)> LeftOut { get; } = [];

    /// <summary>The next result is of this message.</summary>
    public void Add(int index) => indexes.Add(index);

    public int IndexOf(int result) => indexes[result];

    /// <summary>A refusal in the sender's words.</summary>
    public static Rejection Told(in Rejection rejection, DoorBatch batch, int index)
    {
        string place = batch.PlaceOf(index);
        if (!ResultList.IsLate(rejection))
            return rejection with { Pointer = place + rejection.Pointer };
        string below = rejection.Pointer switch
        {
            "/id" => batch.Places.Id,
            "/time" => batch.Places.Time,
            _ => "",
        };
        return rejection with { Pointer = place + below };
    }
}
