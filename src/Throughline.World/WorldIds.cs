using System.Globalization;
using Throughline.World.Truth;

namespace Throughline.World;

/// <summary>The texts of ids that the world's numbers stand for.</summary>
public static class WorldIds
{
    /// <summary>An event's id, as in its JSON: <c>e-</c> and 16 hexadecimal digits.</summary>
    public static string Event(ulong id) => "e-" + id.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>The number of an event's id; false if the text is no id of this world's form.</summary>
    public static bool TryParseEvent(ReadOnlySpan<char> text, out ulong id)
    {
        id = 0;
        return text.Length == 18
            && text.StartsWith("e-", StringComparison.Ordinal)
            && ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id);
    }

    /// <summary><c>person-12</c> or <c>bot-3</c>: also the value of the one <c>user</c> identifier in <see cref="Rendering.GivenTruth"/>.</summary>
    public static string Actor(ActorKind kind, int actor) =>
        (kind == ActorKind.Human ? "person-" : "bot-") + actor.ToString(CultureInfo.InvariantCulture);

    internal static string Order(int number) => "o-" + (1_000_000 + number).ToString(CultureInfo.InvariantCulture);
}
