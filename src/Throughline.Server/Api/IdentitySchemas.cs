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
    TypeRuleSchema Others
);

internal sealed record TypeRuleSchema(
    string? Type,
    [property: Description("person, contact, device, browser, household or session")] string Class,
    int Tier,
    int? Max,
    TypeWindowSchema? PerWindow,
    int? SharedMax,
    int? DegreeMax
);

internal sealed record TypeWindowSchema(int Max, long Ms);

internal sealed record StrategyStatementSchema(StrategySchema Strategy, string? Author, string? Note);

internal sealed record StrategyTrialSchema(StrategySchema Strategy, string? HeldOut);

internal sealed record StrategiesSchema(StrategySchema InForce, IReadOnlyList<PublishedStrategySchema> Published);

internal sealed record PublishedStrategySchema(string Published, string Author, string Note, StrategySchema Strategy);

internal sealed record StrategyReportSchema(
    StrategyShapeSchema Now,
    StrategyShapeSchema Tried,
    long Merges,
    long Splits,
    long MovedIdentifiers
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
    long Identifiers,
    long Customers,
    long Links,
    long RejectedLinks,
    long QuarantinedLinks,
    [property: Description("p50, p90, p99, p99.9 and max")] JsonObject CustomerSize,
    long SharedValues,
    IReadOnlyList<SharedValueSchema> MostShared,
    SharedValueSchema? MostLinked
);

internal sealed record SharedValueSchema(string Type, string Token, int Persons, int Identifiers);
