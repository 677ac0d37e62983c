using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;
using Throughline.Core.Events;
using Throughline.Core.Identity.Matching;
using Throughline.Core.Identity.Matching.Cluster;

namespace Throughline.Cli.Identity.Matching;

/// <summary>
/// Writes what matching found: links, one a line, as CSV for people or as link events for <c>import</c>, by the file's name, and groups as CSV.
/// Ids, tiers and scores alone: no value of a record.
/// </summary>
internal static class LinkFile
{
    private static readonly UTF8Encoding Utf8 = new(false);

    /// <summary>Writes the links: as CSV all of them, as events those that the groups follow.</summary>
    public static void WriteLinks(string path, MatchResult result, MatchStrategy strategy, LinkOrigin origin)
    {
        using TextWriter writer = Create(path);
        string model = FormattableString.Invariant($"{strategy.Name}/{strategy.Version}");
        if (path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
        {
            writer.WriteLine("a,b,tier,score,fate,strategy");
            foreach (MatchLink link in result.Links)
                writer.WriteLine(
                    FormattableString.Invariant(
                        $"{Cell(link.A)},{Cell(link.B)},{Cell(link.Tier)},{Bits(link)},{FateOf(link)},{Cell(model)}"
                    )
                );
            return;
        }
        foreach (MatchLink link in result.Links.Where(link => link.Fate == LinkFate.Kept))
            writer.WriteLine(JsonSerializer.Serialize(EventOf(link, strategy, model, origin), CommandOutput.JsonForm));
    }

    /// <summary>
    /// A score of bits as millionths: bits are log2 of the odds o that both records are of one person, so the probability is o / (1 + o).
    /// </summary>
    public static int Ppm(double bits) =>
        (int)Math.Round(EventLimits.LinkScore / (1 + Math.Pow(2, -bits)), MidpointRounding.ToEven);

    private static object EventOf(MatchLink link, MatchStrategy strategy, string model, LinkOrigin origin) =>
        new
        {
            id = IdOf(link, model, origin),
            type = "link",
            time = origin.Time,
            identifiers = new[]
            {
                new { type = origin.Type, value = link.A },
                new { type = origin.Type, value = link.B },
            },
            link = new
            {
                tier = 1 + strategy.Tiers.TakeWhile(tier => tier.Name != link.Tier).Count(),
                scorePpm = Ppm(link.Score),
                source = origin.Source,
                model,
            },
            reached = link.Tier,
            bits = Bits(link),
        };

    // The same run gives the same ids, so that its file may be imported twice; another run says it anew.
    private static string IdOf(MatchLink link, string model, LinkOrigin origin)
    {
        string[] said = [origin.Source, model, origin.Type, $"{origin.Time}", link.A, link.B];
        byte[] hash = SHA256.HashData(Utf8.GetBytes(string.Join('\0', said)));
        return $"match-{Convert.ToHexStringLower(hash.AsSpan(0, 16))}";
    }

    private static double Bits(MatchLink link) => Math.Round(link.Score, 3, MidpointRounding.ToEven);

    private static string FateOf(MatchLink link) => JsonNamingPolicy.SnakeCaseLower.ConvertName(link.Fate.ToString());

    /// <summary>Writes the group of every record: <c>record,cluster</c>, the cluster being the first of its records' ids.</summary>
    public static void WriteClusters(string path, MatchResult result)
    {
        using TextWriter writer = Create(path);
        writer.WriteLine("record,cluster");
        foreach ((string record, string cluster) in result.Clusters)
            writer.WriteLine($"{Cell(record)},{Cell(cluster)}");
    }

    private static StreamWriter Create(string path) => new(OutputStream.Create(path), Utf8) { NewLine = "\n" };

    private static string Cell(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

/// <summary>What link events say beside the link.</summary>
/// <param name="Type">The identifier type of the records' ids.</param>
/// <param name="Source">The matcher's name.</param>
/// <param name="Time">When it was matched: milliseconds since 1970.</param>
internal sealed record LinkOrigin(string Type, string Source, long Time);
