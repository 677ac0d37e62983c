namespace Throughline.Core.Identity.Matching;

/// <summary>One value of a record as it was written.</summary>
/// <param name="Group">
/// Values of one group belong together: the given and family name of one name, the parts of one address. 0: the record itself.
/// </param>
public readonly record struct SourceValue(MatchField Field, int Group, string Text);

/// <summary>A record to be matched: a unique id and any number of values, several of a field too.</summary>
public sealed record SourceRecord(string Id, IReadOnlyList<SourceValue> Values);
