using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Gate.Backtest;

/// <summary>Copies features, so that each rule set has its own to complete.</summary>
internal static class FeatureCopy
{
    public static void Of(RequestFeatures from, RequestFeatures to)
    {
        (to.Knowledge, to.Time, to.Address) = (from.Knowledge, from.Time, from.Address);
        (to.Network, to.Block, to.Method, to.Host) = (from.Network, from.Block, from.Method, from.Host);
        (to.Path, to.Query, to.Target) = (from.Path, from.Query, from.Target);
        (to.File, to.Extension, to.IsStatic) = (from.File, from.Extension, from.IsStatic);
        (to.Scheme, to.Protocol, to.Referrer) = (from.Scheme, from.Protocol, from.Referrer);
        (to.Ja3, to.Ja4, to.Asn, to.Country) = (from.Ja3, from.Ja4, from.Asn, from.Country);
        (to.Session, to.IsMalformed, to.HeaderOrder) = (from.Session, from.IsMalformed, from.HeaderOrder);
        (to.Headers, to.HeaderCount) = (from.Headers, from.HeaderCount);
        (to.Clearance, to.Challenges, to.Signature) = (from.Clearance, from.Challenges, from.Signature);
        Copy(from.Agent, to.Agent);
        Copy(from.Consistency, to.Consistency);
    }

    private static void Copy(AgentFacts from, AgentFacts to)
    {
        (to.Text, to.Class, to.Name) = (from.Text, from.Class, from.Name);
        (to.IsBot, to.IsGoodBot, to.IsLibrary) = (from.IsBot, from.IsGoodBot, from.IsLibrary);
        (to.IsScanner, to.IsHeadless, to.IsMobile) = (from.IsScanner, from.IsHeadless, from.IsMobile);
        (to.Version, to.System) = (from.Version, from.System);
    }

    private static void Copy(ConsistencyFacts from, ConsistencyFacts to)
    {
        to.HintsMismatch = from.HintsMismatch;
        to.MissingAcceptLanguage = from.MissingAcceptLanguage;
        to.MissingAccept = from.MissingAccept;
        to.MissingAcceptEncoding = from.MissingAcceptEncoding;
        to.SecFetchMismatch = from.SecFetchMismatch;
        to.Score = from.Score;
    }
}
