using Throughline.Cel.Compile;
using Throughline.Cel.Library;
using Throughline.Cel.Tests.Kit;
using Throughline.Cel.Values;

namespace Throughline.Cel.Tests.Compile;

/// <summary>Inputs of nested .NET objects with the names of <see cref="Visit"/>: keys may be missing, and values of any type, in
/// error or unknown.</summary>
internal sealed class RandomMaps(Random random)
{
    private static readonly string[] Texts = ["a", "b", "POST", "/api/x", "", "ab", "\U0001F600"];

    public static readonly InputSchema<Dictionary<string, object?>> Schema = new InputSchema<
        Dictionary<string, object?>
    >()
        .Object("request", x => x["request"])
        .Object("limit", x => x["limit"])
        .Object("any", x => x["any"]);

    public static readonly CelEnvironment Environment = Schema.Extend(
        new CelEnvironment { Libraries = Libraries.All, Types = new ShopTypes() }
    );

    public Dictionary<string, object?> Next() =>
        new()
        {
            ["request"] = random.Next(30) == 0 ? Anything(1) : Request(),
            ["limit"] = random.Next(5) == 0 ? Anything(1) : Number(),
            ["any"] = Anything(2),
        };

    private Dictionary<string, object?> Request()
    {
        Dictionary<string, object?> request = [];
        Add(request, "method", Text);
        Add(request, "path", Text);
        Add(request, "country", Text);
        Add(request, "score", () => Number());
        Add(request, "bytes", () => (ulong)random.Next(4));
        Add(request, "rate", () => random.Next(-1, 4) / 2.0);
        Add(request, "headless", () => random.Next(2) == 0);
        Add(request, "session", Session);
        Add(request, "headers", () => Many(Header));
        Add(request, "tags", () => random.Next(2) == 0 ? Many(Text) : new[] { Text(), Text() });
        Add(request, "labels", Labels);
        return request;
    }

    private Dictionary<string, object?> Session()
    {
        Dictionary<string, object?> session = [];
        Add(session, "pages", () => Number());
        return session;
    }

    private Dictionary<string, object?> Header()
    {
        Dictionary<string, object?> header = [];
        Add(header, "name", Text);
        Add(header, "value", Text);
        Add(header, "size", () => Number());
        return header;
    }

    private object Labels()
    {
        if (random.Next(2) == 0)
            return Texts[..random.Next(3)].ToDictionary(x => x, _ => Text());
        Dictionary<string, object?> labels = [];
        Add(labels, "a", Text);
        Add(labels, "b", Text);
        return labels;
    }

    private object Many(Func<object?> element)
    {
        object?[] elements =
        [
            .. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(12) == 0 ? Anything(1) : element()),
        ];
        return random.Next(2) == 0 ? elements : elements.ToList();
    }

    private void Add(Dictionary<string, object?> map, string key, Func<object?> value)
    {
        if (random.Next(6) > 0)
            map[key] = random.Next(12) == 0 ? Anything(1) : value();
    }

    private object? Anything(int depth) =>
        random.Next(depth <= 0 ? 10 : 13) switch
        {
            0 => null,
            1 => Text(),
            2 => Number(),
            3 => (int)Number(),
            4 => (ulong)random.Next(4),
            5 => random.Next(-1, 4) / 2.0,
            6 => random.Next(2) == 0,
            7 => new CelUnknown([1]),
            8 => new CelError("the host failed"),
            9 => new object(),
            10 => Many(() => Anything(depth - 1)),
            11 => new Dictionary<string, object?> { ["a"] = Anything(depth - 1), ["pages"] = Number() },
            _ => CelOptional.Of(NativeValues.Of(Anything(depth - 1))),
        };

    private string Text() => Texts[random.Next(Texts.Length)];

    private long Number() => random.Next(8) == 0 ? long.MinValue : random.Next(-2, 6);
}
