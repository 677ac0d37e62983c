using System.Runtime.InteropServices;
using Throughline.Cel.Check;
using Throughline.Cel.Compile;
using Throughline.Cel.Library;
using Throughline.Cel.Messages;
using Throughline.Cel.Tests.Kit;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Tests.Compile;

/// <summary>A typed input with fields of every kind, some of which may be missing.</summary>
internal sealed record Visit
{
    public string? Method { get; init; } = "GET";
    public string? Path { get; init; } = "/";
    public string? Country { get; init; }
    public long Score { get; init; }
    public ulong Bytes { get; init; }
    public double Rate { get; init; }
    public bool Headless { get; init; }
    public long? Pages { get; init; }
    public bool HasSession { get; init; }
    public Header[] Headers { get; init; } = [];
    public string[] Tags { get; init; } = [];
    public Dictionary<string, string>? Labels { get; init; }

    /// <summary>Part of the input is not known yet.</summary>
    public bool IsOpen { get; init; }

    public static readonly InputSchema<Header> HeaderSchema = new InputSchema<Header>("Header")
        .String("name", x => x.Name)
        .String("value", x => x.Value)
        .Int("size", x => x.Value?.Length ?? 0);

    public static readonly InputSchema<Visit> Schema = new InputSchema<Visit>("Visit")
        .String("request.method", x => x.Method)
        .String("request.path", x => x.Path)
        .String("request.country", x => x.Country)
        .Int("request.score", x => x.Score)
        .Uint("request.bytes", x => x.Bytes)
        .Double("request.rate", x => x.Rate)
        .Bool("request.headless", x => x.Headless)
        .Struct("request.session", x => x.HasSession)
        .Int("request.session.pages", x => x.Pages ?? 0, x => x.Pages is not null)
        .List("request.headers", x => x.Headers, HeaderSchema)
        .Strings("request.tags", x => x.Tags)
        .Int("limit", x => x.Score / 2)
        .Value(
            "request.labels",
            CelType.Map(CelType.String, CelType.String),
            x => NativeValues.Of(x.Labels),
            x => x.Labels is not null
        )
        .Value("any", CelType.Dyn, Any);

    private static Value Any(Visit x) =>
        x.IsOpen ? Value.Of(new CelUnknown([]))
        : x.Headless ? Value.Of(x.Score)
        : Value.Of(x.Path ?? "");

    // A function of more arguments than the language's own have: how many there are.
    private static readonly FunctionLibrary Host = new(
        "host",
        [
            new Function(
                "many",
                [
                    new Overload(
                        "many_ints",
                        IsInstance: false,
                        [.. Enumerable.Repeat(CelType.Int, 6)],
                        CelType.Int,
                        x => Value.Of((long)x.Length)
                    ),
                ]
            ),
        ]
    );

    public static readonly CelEnvironment Environment = Schema.Extend(
        new CelEnvironment { Libraries = [.. Libraries.All, Host], Types = new ShopTypes() }
    );

    public static CompiledRule<Visit> Compile(string text) =>
        CelCompiler.Compile(TestChecks.Checked(text, Environment), Schema, Environment);

    public static Visit Random(Random random)
    {
        Header[] headers = new Header[random.Next(4)];
        foreach (ref Header header in headers.AsSpan())
            header = new(Text(random, 5), Text(random, 5));
        return new()
        {
            Method = random.Next(2) == 0 ? "POST" : "GET",
            Path = Text(random, 8),
            Country = Text(random, 3),
            Score = random.Next(8) switch
            {
                0 => long.MaxValue,
                1 => long.MinValue,
                _ => random.Next(-2, 6),
            },
            Bytes = random.Next(6) == 0 ? ulong.MaxValue : (ulong)random.Next(4),
            Rate = random.Next(6) == 0 ? double.NaN : random.Next(-1, 4) / 2.0,
            Headless = random.Next(2) == 0,
            Pages = random.Next(2) == 0 ? null : random.Next(3),
            HasSession = random.Next(3) > 0,
            Headers = headers,
            Labels =
                random.Next(5) == 0
                    ? null
                    : Texts[..random.Next(3)].ToDictionary(x => x, _ => Texts[random.Next(Texts.Length)]),
            IsOpen = random.Next(4) == 0,
            Tags = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Text(random, 8) ?? "")],
        };
    }

    private static readonly string[] Texts = ["a", "b", "POST", "/api/x", "", "ab", "\U0001F600", "\uFFEE"];

    // One time in the number given there is no text.
    private static string? Text(Random random, int oneIn) =>
        random.Next(oneIn) == 0 ? null : Texts[random.Next(Texts.Length)];
}

[StructLayout(LayoutKind.Auto)]
internal readonly record struct Header(string? Name, string? Value);
