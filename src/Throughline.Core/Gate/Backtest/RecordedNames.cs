using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Backtest;

/// <summary>
/// Which names of the rule language the records of a version tell the values of: what its rules read, what follows from that, and what
/// every record has. Nothing else may be taken for known: a record without a header is not a request without one.
/// </summary>
/// <param name="recordedBy">The version that judged.</param>
/// <param name="hasFeatures">False: the fail policy decided before anything was read.</param>
internal sealed class RecordedNames(GateModel recordedBy, bool hasFeatures)
{
    private static readonly string[] Roots =
    [
        "request",
        "ua",
        "check",
        "bot",
        "customer",
        "response",
        "clearance",
        "challenge",
    ];

    // With the event of the decision come the address, the user agent and the time.
    private static readonly string[] Always = ["ua", "request.ip", "request.network", "request.block"];
    private static readonly string[] OfPath = ["request.target", "request.file", "request.extension", "request.static"];

    private readonly HashSet<string> recorded = hasFeatures
        ? [.. recordedBy.Parts.Use.Features.SelectMany(x => x.Paths)]
        : [];

    /// <summary>The first name that an expression reads and that the records lack; null if they hold all.</summary>
    public string? LackOf(IEnumerable<string> reads)
    {
        foreach (string read in reads)
            if (IsFeature(read) && !Holds(read))
                return read;
        return null;
    }

    /// <summary>Fills in what follows from what a record holds.</summary>
    /// <param name="derived">All features of a request made of the record's method, path, query, host, address and user agent.</param>
    public void Complete(RequestFeatures features, RequestFeatures derived)
    {
        features.Address = derived.Address;
        (features.Network, features.Block) = (derived.Network, derived.Block);
        if (derived.Agent.Text.Length > 0)
            features.Knowledge |= RequestKnowledge.Agent;
        AgentFacts agent = features.Agent;
        AgentFacts now = derived.Agent;
        if (!recorded.Contains("ua.text"))
            agent.Text = now.Text;
        if (!recorded.Contains("ua.bot"))
            agent.IsBot = now.IsBot;
        if (!recorded.Contains("ua.good_bot"))
            agent.IsGoodBot = now.IsGoodBot;
        if (!recorded.Contains("ua.library"))
            agent.IsLibrary = now.IsLibrary;
        if (!recorded.Contains("ua.scanner"))
            agent.IsScanner = now.IsScanner;
        if (!recorded.Contains("ua.headless"))
            agent.IsHeadless = now.IsHeadless;
        if (!recorded.Contains("ua.mobile"))
            agent.IsMobile = now.IsMobile;
        if (!recorded.Contains("ua.browser"))
            agent.Class = now.Class;
        if (!recorded.Contains("ua.name"))
            agent.Name = now.Name;
        if (!recorded.Contains("ua.version"))
            agent.Version = now.Version;
        if (!recorded.Contains("ua.system"))
            agent.System = now.System;
        if (!HoldsPath)
            return;
        if (!recorded.Contains("request.target"))
            features.Target = derived.Target;
        if (!recorded.Contains("request.file"))
            features.File = derived.File;
        if (!recorded.Contains("request.extension"))
            features.Extension = derived.Extension;
        if (!recorded.Contains("request.static"))
            features.IsStatic = derived.IsStatic;
    }

    private bool HoldsPath => recorded.Contains("request.path") && recorded.Contains("request.query");

    private static bool IsFeature(string read) =>
        Roots.Any(root => read == root || read.StartsWith(root + ".", StringComparison.Ordinal));

    private bool Holds(string read)
    {
        // The gate writes these into every record, and answers into those that have one.
        if (FeatureUse.Touches(read, "bot") || FeatureUse.Touches(read, "response"))
            return true;
        if (FeatureUse.Touches(read, "customer"))
            return hasFeatures && recordedBy.Parts.Use.Customer;
        if (Always.Any(name => read == name || read.StartsWith(name + ".", StringComparison.Ordinal)))
            return true;
        if (HoldsPath && OfPath.Contains(read, StringComparer.Ordinal))
            return true;
        // A name that holds others (has(request)) needs all of them.
        IEnumerable<Feature> touched = FeatureTable.All.Where(x => x.Paths.Any(path => FeatureUse.Touches(read, path)));
        return touched.All(x => x.Paths.All(path => recorded.Contains(path)));
    }
}
