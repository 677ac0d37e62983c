namespace Throughline.Cli.Bench;

/// <summary>What the rule language does on this machine, as <c>bench cel --json</c> prints it.</summary>
/// <param name="Rules">Each rule of the file.</param>
/// <param name="Sets">The file's set, and larger ones made of it with other literals.</param>
/// <param name="RegexMissNs">Of the rules that are one search for a pattern, on a request that has no match; null without any.</param>
/// <param name="FirstEvaluationUs">The first evaluation of a rule just compiled, in a process that has run others: the median.</param>
/// <param name="FirstEvaluationP99Us">The same: only one in a hundred takes longer.</param>
/// <param name="CompileUs">To parse, check and compile a rule, before its first evaluation.</param>
/// <param name="Patterns">A set in which one rule in ten is a pattern of its own; null without a set.</param>
internal sealed record CelBenchReport(
    IReadOnlyList<CelRuleTimes> Rules,
    IReadOnlyList<CelSetTimes> Sets,
    double? RegexMissNs,
    double FirstEvaluationUs,
    double FirstEvaluationP99Us,
    CelCompileTimes CompileUs,
    CelPatternTimes? Patterns,
    int Processors
);

/// <summary>One rule: ns of an evaluation, and bytes that one over the typed input allocates.</summary>
internal sealed record CelRuleTimes(string Name, double NsTyped, double NsMap, double Bytes);

/// <summary>Rules that are evaluated as one.</summary>
/// <param name="Rules">How many.</param>
/// <param name="Ns">To evaluate all of them for one typed request.</param>
/// <param name="NsMap">The same over the plain map; for the file's own set.</param>
/// <param name="Bytes">That an evaluation over the typed request allocates.</param>
/// <param name="LoadSeconds">From texts to the set.</param>
/// <param name="BytesPerRule">That the set keeps.</param>
internal sealed record CelSetTimes(
    int Rules,
    double Ns,
    double? NsMap,
    double Bytes,
    double LoadSeconds,
    double BytesPerRule
);

/// <summary>Microseconds for one rule: the medians.</summary>
internal sealed record CelCompileTimes(double Parse, double Check, double Compile);

/// <summary>A set of rules, some of which are searches for patterns, all different.</summary>
/// <param name="Rules">How many rules.</param>
/// <param name="Patterns">How many of them are patterns.</param>
/// <param name="Ns">To evaluate all of them for one typed request.</param>
/// <param name="LoadSeconds">From texts to the set.</param>
/// <param name="BytesPerPattern">That a pattern keeps once it has been searched for in the request and in all texts of its headers.</param>
/// <param name="FirstEvaluationUs">The first search for a pattern just compiled: the median.</param>
internal sealed record CelPatternTimes(
    int Rules,
    int Patterns,
    double Ns,
    double LoadSeconds,
    double BytesPerPattern,
    double FirstEvaluationUs
);
