namespace Throughline.Core.Gate.Discovery;

/// <summary>
/// What people leave behind without meaning to, each independent of the others. A rule that reads one of them is never judged by it:
/// see <see cref="Evidence"/>.
/// </summary>
[Flags]
public enum Signs : byte
{
    None = 0,

    /// <summary>A request whose referrer is a page of the site that this visitor got before.</summary>
    Link = 1,

    /// <summary>A picture, style, script or font.</summary>
    Part = 2,

    /// <summary>A sale that stands, and that took the visitor at least <see cref="TrafficSurvey.SaleAfterMs"/>.</summary>
    Sale = 4,

    All = Link | Part | Sale,
}

/// <summary>What the caller knows of a request beyond its features.</summary>
/// <param name="Flagged">The rules in force denied or challenged it, or recognised a bot.</param>
/// <param name="Bot">An analyst's label; null: nobody says.</param>
/// <param name="Sale">It reports a conversion that was not taken back.</param>
public readonly record struct RequestNote(bool Flagged, bool? Bot, bool Sale);
