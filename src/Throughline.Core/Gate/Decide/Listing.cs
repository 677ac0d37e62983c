using Throughline.Cel.Library;
using Throughline.Core.Gate.Lists;

namespace Throughline.Core.Gate.Decide;

/// <summary>A rule has put a client's address into a list.</summary>
/// <param name="ExpiresAt">Milliseconds since 1970.</param>
/// <param name="ForMs">For how long the rule lists.</param>
/// <param name="Source">The rule, as lists name it.</param>
/// <param name="Reason">The rule's.</param>
/// <param name="IsTaken">False: the list is full, or holds no addresses.</param>
public readonly record struct Listing(
    GateList List,
    IpAddress Address,
    long ExpiresAt,
    long ForMs,
    string Source,
    string? Reason,
    bool IsTaken
);
