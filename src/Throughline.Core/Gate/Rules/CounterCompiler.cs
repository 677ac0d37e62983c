using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Throughline.Cel.Library;
using Throughline.Cel.Types;
using Throughline.Core.Gate.Counters;

namespace Throughline.Core.Gate.Rules;

/// <summary>Checks counters and compiles their expressions; counters of one definition become one.</summary>
internal sealed class CounterCompiler(
    GateLimits limits,
    ModelIssues issues,
    ExpressionCompiler expressions,
    ExpressionScope features
)
{
    public const long WindowMinMs = 1_000;
    public const long WindowMaxMs = 30L * 24 * 3600 * 1000;
    public const int CapacityMax = 10_000_000;

    private static readonly CelType[] Scalars =
    [
        CelType.String,
        NetworkTypes.Ip,
        CelType.Int,
        CelType.Bool,
        CelType.Uint,
        CelType.Double,
    ];
    private static readonly CelType[] Numbers = [CelType.Int, CelType.Double, CelType.Uint];

    private readonly Dictionary<string, int> keyPlaces = new(StringComparer.Ordinal);
    private readonly Dictionary<UInt128, int> planPlaces = [];

    public List<KeyPlan> Keys { get; } = [];
    public List<CounterPlan> Plans { get; } = [];

    /// <summary>The different conditions.</summary>
    public List<GateExpression> Conditions { get; } = [];

    /// <summary>The different things that are counted.</summary>
    public List<GateExpression> Items { get; } = [];

    /// <summary>For each counter its place in <see cref="Plans"/>.</summary>
    public List<int> Places { get; } = [];

    public void Compile(IReadOnlyList<CounterDocument> counters)
    {
        Dictionary<string, int> names = [];
        for (int i = 0; i < counters.Count; i++)
        {
            CounterDocument counter = counters[i];
            string path = string.Create(CultureInfo.InvariantCulture, $"/counters/{i}");
            issues.Require(NameRules.IsVariable(counter.Name), path + "/name", $"a name has {NameRules.OfVariable}");
            issues.Unique(names, counter.Name, i, "counter", "/counters", path + "/name");
            if (!issues.Known(counter.Kind, path + "/kind") | !issues.Known(counter.Phase, path + "/phase"))
                continue;
            CheckNumbers(counter, path);
            GateExpression?[] key = Key(counter, path + "/key");
            Forbidden[] forbidden =
                counter.Phase == RulePhase.Request
                    ? [Forbidden.Counters, Forbidden.Lists, Forbidden.Response]
                    : [Forbidden.Counters, Forbidden.Lists];
            GateExpression? where = Where(counter, path + "/where", forbidden);
            GateExpression? of = Of(counter, path + "/of", forbidden);
            if (Array.TrueForAll(key, x => x is not null))
                Add(counter, key!, where, of);
        }
    }

    private void Add(CounterDocument counter, GateExpression[] key, GateExpression? where, GateExpression? of)
    {
        string keyText = string.Join('\n', key.Select(x => x.Text));
        if (!keyPlaces.TryGetValue(keyText, out int place))
        {
            keyPlaces[keyText] = place = Keys.Count;
            Keys.Add(new(key));
        }
        CounterShape shape = ShapeOf(counter, keyText, where, of);
        if (!planPlaces.TryGetValue(shape.Identity, out int plan))
        {
            planPlaces[shape.Identity] = plan = Plans.Count;
            Plans.Add(new(shape, counter.Phase, place, where, PlaceOf(where, Conditions), of, PlaceOf(of, Items)));
        }
        Places.Add(plan);
    }

    // Its place among those that are there, or as a new one; -1 for none.
    private static int PlaceOf(GateExpression? expression, List<GateExpression> all)
    {
        if (expression is null)
            return -1;
        int place = all.FindIndex(x => x.Text == expression.Text);
        if (place >= 0)
            return place;
        all.Add(expression);
        return all.Count - 1;
    }

    private void CheckNumbers(CounterDocument counter, string path)
    {
        bool isBucket = counter.Kind is CounterKind.Bucket or CounterKind.DistinctBucket;
        if (isBucket)
        {
            issues.Range(counter.LeakMs, 1, WindowMaxMs, path + "/leakMs", " ms");
            issues.Range(counter.Capacity, 1, CapacityMax, path + "/capacity");
        }
        else
        {
            issues.Range(counter.WindowMs, WindowMinMs, WindowMaxMs, path + "/windowMs", " ms");
        }
    }

    private GateExpression?[] Key(CounterDocument counter, string path)
    {
        if (counter.Key.Count > limits.KeyPartsMax)
            issues.Add(
                path,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{counter.Key.Count} parts of a key; {limits.KeyPartsMax} are the limit"
                )
            );
        GateExpression?[] parts = new GateExpression?[counter.Key.Count];
        for (int i = 0; i < parts.Length; i++)
            parts[i] = expressions.Compile(
                counter.Key[i],
                string.Create(CultureInfo.InvariantCulture, $"{path}/{i}"),
                features,
                [Forbidden.Counters, Forbidden.Lists, Forbidden.ResponseInKey],
                Scalars
            );
        return parts;
    }

    private GateExpression? Where(CounterDocument counter, string path, Forbidden[] forbidden)
    {
        if (counter.Where is not null)
            return expressions.Compile(counter.Where, path, features, forbidden, CelType.Bool);
        issues.Require(counter.Kind != CounterKind.Ratio, path, "a ratio must say of which requests it is the share");
        return null;
    }

    private GateExpression? Of(CounterDocument counter, string path, Forbidden[] forbidden)
    {
        bool needed = counter.Kind is CounterKind.Distinct or CounterKind.Sum or CounterKind.DistinctBucket;
        if (!needed)
        {
            issues.Require(counter.Of is null, path, $"a counter of kind {counter.Kind} has no 'of'");
            return null;
        }
        if (counter.Of is not null)
            return expressions.Compile(
                counter.Of,
                path,
                features,
                forbidden,
                counter.Kind == CounterKind.Sum ? Numbers : Scalars
            );
        issues.Add(path, $"a counter of kind {counter.Kind} must say of what");
        return null;
    }

    // Windows of buckets, and leaks of others, mean nothing and do not tell counters apart.
    private static CounterShape ShapeOf(CounterDocument counter, string key, GateExpression? where, GateExpression? of)
    {
        bool isBucket = counter.Kind is CounterKind.Bucket or CounterKind.DistinctBucket;
        long window = isBucket ? 0 : counter.WindowMs;
        long leak = isBucket ? counter.LeakMs : 0;
        int capacity = isBucket ? counter.Capacity : 0;
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"counter/1\0{(byte)counter.Kind}\0{(byte)counter.Phase}\0{window}\0{leak}\0{capacity}\0{key}\0{where?.Text}\0{of?.Text}"
        );
        UInt128 identity = BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        return new(identity, counter.Kind, window, leak, capacity);
    }
}
