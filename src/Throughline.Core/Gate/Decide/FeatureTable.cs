using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Gate.Decide;

/// <summary>All features of requests, by the numbers under which records hold them. Numbers are stored: never renumber or reuse.</summary>
internal static class FeatureTable
{
    public static readonly Feature[] All =
    [
        new TextFeature(1, "request.method", x => x.Method, (x, v) => x.Method = v),
        new TextFeature(2, "request.host", x => x.Host, (x, v) => x.Host = v),
        new TextFeature(3, "request.path", x => x.Path, (x, v) => x.Path = v),
        new TextFeature(4, "request.query", x => x.Query, (x, v) => x.Query = v),
        new TextFeature(5, "request.target", x => x.Target, (x, v) => x.Target = v),
        new TextFeature(6, "request.file", x => x.File, (x, v) => x.File = v),
        new TextFeature(7, "request.extension", x => x.Extension, (x, v) => x.Extension = v),
        new FlagFeature(8, "request.static", x => x.IsStatic, (x, v) => x.IsStatic = v),
        new FlagFeature(9, "request.malformed", x => x.IsMalformed, (x, v) => x.IsMalformed = v),
        new TextFeature(10, "request.scheme", x => x.Scheme, (x, v) => x.Scheme = v),
        new TextFeature(11, "request.protocol", x => x.Protocol, (x, v) => x.Protocol = v),
        new TextFeature(12, "request.referrer", x => x.Referrer, (x, v) => x.Referrer = v),
        new AddressFeature(13, "request.ip"),
        new TextFeature(14, "request.network", x => x.Network, (x, v) => x.Network = v),
        new NumberFeature(15, ["request.asn"], x => x.Asn, (x, v) => x.Asn = v),
        new TextFeature(16, "request.country", x => x.Country, (x, v) => x.Country = v),
        new TextFeature(17, "request.ja3", x => x.Ja3, (x, v) => x.Ja3 = v),
        new TextFeature(18, "request.ja4", x => x.Ja4, (x, v) => x.Ja4 = v),
        new TextFeature(19, "request.session", x => x.Session, (x, v) => x.Session = v),
        new TextFeature(20, "request.header_order", x => x.HeaderOrder, (x, v) => x.HeaderOrder = v),
        new HeadersFeature(21, "request.headers"),
        new TextFeature(22, "request.block", x => x.Block, (x, v) => x.Block = v),
        new TextFeature(30, "ua.text", x => x.Agent.Text, (x, v) => x.Agent.Text = v),
        new FlagFeature(31, "ua.bot", x => x.Agent.IsBot, (x, v) => x.Agent.IsBot = v),
        new FlagFeature(32, "ua.good_bot", x => x.Agent.IsGoodBot, (x, v) => x.Agent.IsGoodBot = v),
        new FlagFeature(33, "ua.library", x => x.Agent.IsLibrary, (x, v) => x.Agent.IsLibrary = v),
        new FlagFeature(34, "ua.scanner", x => x.Agent.IsScanner, (x, v) => x.Agent.IsScanner = v),
        new FlagFeature(35, "ua.headless", x => x.Agent.IsHeadless, (x, v) => x.Agent.IsHeadless = v),
        new FlagFeature(36, "ua.mobile", x => x.Agent.IsMobile, (x, v) => x.Agent.IsMobile = v),
        new NumberFeature(
            37,
            ["ua.browser", "ua.missing"],
            x => (long)x.Agent.Class,
            (x, v) => x.Agent.Class = (AgentClasses)v
        ),
        new TextFeature(38, "ua.name", x => x.Agent.Name, (x, v) => x.Agent.Name = v),
        new NumberFeature(39, ["ua.version"], x => x.Agent.Version, (x, v) => x.Agent.Version = (int)v),
        new TextFeature(40, "ua.system", x => x.Agent.System, (x, v) => x.Agent.System = v),
        new FlagFeature(
            50,
            "check.hints_mismatch",
            x => x.Consistency.HintsMismatch,
            (x, v) => x.Consistency.HintsMismatch = v
        ),
        new FlagFeature(
            51,
            "check.missing_accept_language",
            x => x.Consistency.MissingAcceptLanguage,
            (x, v) => x.Consistency.MissingAcceptLanguage = v
        ),
        new FlagFeature(
            52,
            "check.missing_accept",
            x => x.Consistency.MissingAccept,
            (x, v) => x.Consistency.MissingAccept = v
        ),
        new FlagFeature(
            53,
            "check.missing_accept_encoding",
            x => x.Consistency.MissingAcceptEncoding,
            (x, v) => x.Consistency.MissingAcceptEncoding = v
        ),
        new FlagFeature(
            54,
            "check.sec_fetch_mismatch",
            x => x.Consistency.SecFetchMismatch,
            (x, v) => x.Consistency.SecFetchMismatch = v
        ),
        new NumberFeature(55, ["check.score"], x => x.Consistency.Score, (x, v) => x.Consistency.Score = (int)v),
        new NumberFeature(
            60,
            ["clearance.state", "clearance.valid"],
            x => (long)x.Clearance.State,
            (x, v) => x.Clearance = x.Clearance with { State = (ClearanceState)v }
        ),
        new NumberFeature(
            61,
            ["clearance.difficulty"],
            x => x.Clearance.Difficulty,
            (x, v) => x.Clearance = x.Clearance with { Difficulty = (int)v }
        ),
        new NumberFeature(
            62,
            ["clearance.age"],
            x => x.Clearance.AgeMs,
            (x, v) => x.Clearance = x.Clearance with { AgeMs = v }
        ),
        new TextFeature(63, "clearance.id", x => x.Clearance.Id, (x, v) => x.Clearance = x.Clearance with { Id = v }),
        new NumberFeature(
            64,
            ["challenge.issued"],
            x => x.Challenges?.Issued,
            (x, v) => x.Challenges = (x.Challenges ?? default) with { Issued = (int)v }
        ),
        new NumberFeature(
            65,
            ["challenge.solved"],
            x => x.Challenges?.Solved,
            (x, v) => x.Challenges = (x.Challenges ?? default) with { Solved = (int)v }
        ),
        new NumberFeature(
            66,
            ["challenge.failed"],
            x => x.Challenges?.Failed,
            (x, v) => x.Challenges = (x.Challenges ?? default) with { Failed = (int)v }
        ),
        new NumberFeature(
            67,
            ["bot.signed", "bot.signature"],
            x => (long)x.Signature.State,
            (x, v) => x.Signature = x.Signature with { State = (SignatureState)v }
        ),
        new TextFeature(
            68,
            "bot.agent",
            x => x.Signature.Agent,
            (x, v) => x.Signature = x.Signature with { Agent = v }
        ),
    ];

    /// <summary>What the judge itself reads, and who signed: in every record, whatever the rules read.</summary>
    public static readonly byte[] OfJudge = [60, 61, 67, 68];

    private static readonly Feature?[] ById = Index();

    public static Feature? Find(byte id) => ById[id];

    private static Feature?[] Index()
    {
        Feature?[] index = new Feature?[256];
        foreach (Feature feature in All)
            index[feature.Id] = feature;
        return index;
    }
}
