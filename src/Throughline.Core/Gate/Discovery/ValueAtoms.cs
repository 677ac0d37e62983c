using System.Globalization;
using Throughline.Cel.Values;

namespace Throughline.Core.Gate.Discovery;

/// <summary>
/// Conditions on values that occur: user agents, paths, parameters, networks, versions of browsers. Of each kind those are tried whose
/// visitors lack the most signs.
/// </summary>
internal sealed class ValueAtoms(SiteTraffic traffic, Crowd crowd, MiningLimits limits)
{
    private const int PerDimension = 25;
    private const double PrecisionMin = 0.3;
    private const int VersionsMax = 40;

    private readonly EvidenceTally tally = new(crowd);

    public IEnumerable<Atom> All() =>
        Enum.GetValues<Dimension>()
            .SelectMany(x => x == Dimension.Browser ? Versions() : Of(x))
            .Where(x => traffic.KnowsAgents || x.Group is not ("Agent" or "referrer"));

    private IEnumerable<Atom> Of(Dimension dimension)
    {
        ValueDimension values = traffic[dimension];
        List<(double Lacking, Atom Atom)> found = [];
        foreach (int value in Frequent(values))
        {
            Atom atom = AtomOf(dimension, values.Texts[value], x => values.Rows[x] == value);
            if (Lacking(atom) is { } lacking)
                found.Add((lacking, atom));
        }
        return found
            .OrderByDescending(x => x.Lacking)
            .ThenBy(x => x.Atom.When, StringComparer.Ordinal)
            .Take(PerDimension)
            .Select(x => x.Atom);
    }

    private double? Lacking(Atom atom)
    {
        Evidence evidence = tally.Of(RowBits.Of(crowd, atom.Holds), Signs.All & ~atom.Reads);
        return evidence.Visitors >= limits.VisitorsMin && evidence.Precision >= PrecisionMin
            ? evidence.Expected - evidence.Shown
            : null;
    }

    // Values of enough visitors, most first: no more than are worth a look.
    private IEnumerable<int> Frequent(ValueDimension values)
    {
        List<ulong> pairs = new(crowd.Rows.Length);
        for (int i = 0; i < crowd.Rows.Length; i++)
            if (values.Rows[crowd.Rows[i]] is >= 0 and var value)
                pairs.Add((ulong)value << 32 | (uint)crowd.MemberOfRow[i]);
        pairs.Sort();
        Dictionary<int, int> visitors = [];
        ulong last = ulong.MaxValue;
        foreach (ulong pair in pairs)
        {
            if (pair != last)
                visitors[(int)(pair >> 32)] = visitors.GetValueOrDefault((int)(pair >> 32)) + 1;
            last = pair;
        }
        return visitors
            .Where(x => x.Value >= limits.VisitorsMin)
            .OrderByDescending(x => x.Value)
            .ThenBy(x => x.Key)
            .Select(x => x.Key)
            .Take(4 * PerDimension);
    }

    private IEnumerable<Atom> Versions()
    {
        ValueDimension values = traffic[Dimension.Browser];
        foreach (int browser in Frequent(values))
        {
            string name = values.Texts[browser];
            int[] versions = [.. VersionsOf(browser).Skip(1)]; // below the oldest is nobody
            foreach (
                int version in versions.Where((_, i) => i % ((versions.Length + VersionsMax - 1) / VersionsMax) == 0)
            )
            {
                Atom atom = new(
                    string.Create(CultureInfo.InvariantCulture, $"ua.name == '{name}' && ua.version < {version}"),
                    string.Create(CultureInfo.InvariantCulture, $"by {name} before version {version}"),
                    "ua.version",
                    Signs.None,
                    2,
                    x => values.Rows[x] == browser && traffic.Versions[x] < version
                )
                {
                    Staleness = 1,
                };
                if (Lacking(atom) is not null)
                    yield return atom;
            }
        }
    }

    private SortedSet<int> VersionsOf(int browser)
    {
        SortedSet<int> found = [];
        foreach (int row in crowd.Rows)
            if (traffic[Dimension.Browser].Rows[row] == browser)
                found.Add(traffic.Versions[row]);
        return found;
    }

    private static Atom AtomOf(Dimension dimension, string value, Func<int, bool> holds)
    {
        string quoted = ValueText.Quote(value);
        (string when, string says) = dimension switch
        {
            Dimension.Agent => ($"ua.text == {quoted}", $"by the user agent {quoted}"),
            Dimension.Path => ($"request.path == {quoted}", $"for {value}"),
            Dimension.Folder => ($"request.path.startsWith({quoted})", $"below {value}"),
            Dimension.File => ($"request.file == {quoted}", $"for files named {value}"),
            Dimension.Method => ($"request.method == {quoted}", $"with the method {value}"),
            Dimension.Parameter => ($"request.query.startsWith({quoted})", $"whose query begins with {value}"),
            Dimension.Network => ($"request.network == {quoted}", $"from the network {value}"),
            Dimension.Block => ($"request.block == {quoted}", $"from the block {value}"),
            Dimension.Origin => ($"request.referrer.startsWith({quoted})", $"that say they come from {value}"),
            _ => ($"request.referrer == {quoted}", $"that say they come from {value}"),
        };
        // Whoever names a page to come from shows no fewer links than others: no sign is read away here.
        string group = dimension is Dimension.Origin or Dimension.Referrer ? "referrer" : dimension.ToString();
        return new(when, says, group, Signs.None, 1, holds) { Staleness = dimension == Dimension.Agent ? 3 : 1 };
    }
}
