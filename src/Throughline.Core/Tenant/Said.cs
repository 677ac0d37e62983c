using Throughline.Core.Events;

namespace Throughline.Core.Tenant;

/// <summary>
/// What was said of one thing, all of it: of several statements the one with the latest (time, id) holds, whenever it arrives, and at a past
/// instant the latest of before it.
/// </summary>
internal sealed class Said<T>
{
    private readonly List<(long Time, Token Id, T Value)> said = [];

    /// <summary>The statement that holds; there is one.</summary>
    public (long Time, Token Id, T Value) Latest => said[^1];

    /// <summary>Notes a statement; false if a later one was noted before.</summary>
    public bool Add(long time, Token id, T value)
    {
        int at = said.Count;
        while (at > 0 && (said[at - 1].Time, said[at - 1].Id).CompareTo((time, id)) > 0)
            at--;
        said.Insert(at, (time, id, value));
        return at == said.Count - 1;
    }

    /// <summary>The statement that held before an instant (milliseconds since 1970); false if there was none.</summary>
    public bool TryGet(long before, out (long Time, Token Id, T Value) held)
    {
        int at = said.Count - 1;
        while (at >= 0 && said[at].Time >= before)
            at--;
        held = at < 0 ? default : said[at];
        return at >= 0;
    }
}
