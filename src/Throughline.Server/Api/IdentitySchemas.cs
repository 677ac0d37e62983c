using System.ComponentModel;
using System.Text.Json.Nodes;

namespace Throughline.Server.Api;

// The forms of the identity API's documents, for its description alone.

internal sealed record StrategySchema(
    string Name,
    int? Version,
    [property: Description("oldest (default) or newest: which links of one tier come first")] string? Order,
    int? SizeMax,
    int? MinEvidence,
    IReadOnlyList<TypeRuleSchema> Types,
    TypeRuleSchema Others,
    [property: Description("Which link events count, by the tier that they state")]
        IReadOnlyList<MatcherRuleSchema>? Matcher,
    [property: Description("Which events are evidence for links of which types; the first that fits decides")]
        IReadOnlyList<LinkConditionSchema>? Conditions
);

internal sealed record LinkConditionSchema(
    string Name,
    IReadOnlyList<string>? Types,
    [property: Description("A CEL expression over the event and the link")] string When
);

internal sealed record MatcherRuleSchema(
    int Tier,
    int ScorePpmMin,
    int? At,
    IReadOnlyList<string>? Sources,
    IReadOnlyList<string>? Models
);

internal sealed record TypeRuleSchema(
    string? Type,
    [property: Description("person, contact, device, browser, household or session")] string Class,
    int Tier,
    int? Max,
    TypeWindowSchema? PerWindow,
    int? SharedMax,
    int? DegreeMax,
    SharedValuesSchema? SameIf
);

internal sealed record TypeWindowSchema(int Max, long Ms);

internal sealed record SharedValuesSchema(
    int Sharing,
    [property: Description("person, contact, device, browser, household or session")] string Class
);

internal sealed record StrategyStatementSchema(StrategySchema Strategy, string? Author, string? Note);

internal sealed record StrategyTrialSchema(StrategySchema Strategy, string? HeldOut);

internal sealed record StrategiesSchema(StrategySchema InForce, IReadOnlyList<PublishedStrategySchema> Published);

internal sealed record PublishedStrategySchema(string Published, string Author, string Note, StrategySchema Strategy);

internal sealed record StrategyReportSchema(
    StrategyShapeSchema Now,
    StrategyShapeSchema Tried,
    long Merges,
    long Splits,
    long MovedIdentifiers,
    CreditMovedSchema Credit
);

internal sealed record StrategyShapeSchema(
    string Strategy,
    long Customers,
    long Alone,
    long SharedValues,
    long RejectedLinks,
    IReadOnlyList<int> Largest,
    HeldOutSchema? HeldOut
);

internal sealed record HeldOutSchema(string Type, long Identifiers, double Precision, double Recall, double F1);

internal sealed record PairSchema(IdentifierSchema A, IdentifierSchema B);

internal sealed record PairStatementSchema(
    IdentifierSchema A,
    IdentifierSchema B,
    [property: Description("true (default), or false to take it back")] bool? Holds,
    string Reason,
    string? Author
);

internal sealed record PairWhySchema(
    bool SameCustomer,
    string Sentence,
    [property: Description("A tree of name, value and because")] JsonObject Explanation
);

internal sealed record IdentityHealthSchema(
    [property: Description("Guards above their thresholds")] IReadOnlyList<GuardAlarmSchema> Alarms,
    long Identifiers,
    long Customers,
    long Links,
    long RejectedLinks,
    [property: Description("By the limit that the union of their ends' customers breaks")] JsonObject RejectedBy,
    long QuarantinedLinks,
    [property: Description("p50, p90, p99, p99.9 and max")] JsonObject CustomerSize,
    [property: Description("Customers with nine tenths of the size cap and more")] long NearSizeMax,
    [property: Description("Identifiers that one is linked to: p50, p90, p99, p99.9 and max")] JsonObject ValueDegree,
    IReadOnlyList<TypeHealthSchema> Types,
    long SharedValues,
    IReadOnlyList<SharedValueSchema> MostShared,
    long JunkValues,
    IReadOnlyList<SharedValueSchema> MostJunk,
    SharedValueSchema? MostLinked
);

internal sealed record GuardAlarmSchema(string Guard, string? Type, double Value, double Max);

internal sealed record TypeHealthSchema(string Type, long Identifiers, long Links, double LinkRate, long SharedValues);

internal sealed record SharedValueSchema(
    string Type,
    string Token,
    int Persons,
    int Identifiers,
    [property: Description("Different customers among those")] int? Customers,
    [property: Description("0 where all it is linked to are one customer, 1 where they have nothing else in common")]
        double? JunkScore
);
