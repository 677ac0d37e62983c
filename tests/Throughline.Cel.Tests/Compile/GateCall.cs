using System.Globalization;
using System.Runtime.InteropServices;
using Throughline.Cel.Check;
using Throughline.Cel.Compile;
using Throughline.Cel.Library;
using Throughline.Cel.Tests.Kit;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Tests.Compile;

/// <summary>What a gate sees, typed and as nested dictionaries; any of it may be missing. Random rules over it are beside it.</summary>
internal sealed record GateCall
{
    public string? Method { get; init; } = "GET";
    public string? Path { get; init; } = "/";
    public string? Agent { get; init; }
    public string? Ip { get; init; }
    public IpAddress? Client { get; init; }
    public long Score { get; init; }
    public double Rate { get; init; }
    public bool Headless { get; init; }
    public bool HasSession { get; init; }
    public string? Cookie { get; init; }
    public long? Pages { get; init; }
    public long Tally { get; init; }
    public string? Print { get; init; }
    public Header[] Headers { get; init; } = [];

    public static InputSchema<GateCall> NewSchema() =>
        new InputSchema<GateCall>("Call")
            .String("request.method", x => x.Method)
            .String("request.path", x => x.Path)
            .String("request.agent", x => x.Agent)
            .String("request.ip", x => x.Ip)
            .Value("request.client", NetworkTypes.Ip, x => Value.Of(x.Client!), x => x.Client is not null)
            .Int("request.score", x => x.Score)
            .Double("request.rate", x => x.Rate)
            .Bool("request.headless", x => x.Headless)
            .Struct("request.session", x => x.HasSession)
            .String("request.session.cookie", x => x.Cookie)
            .Int("request.session.pages", x => x.Pages ?? 0, x => x.Pages is not null)
            .Int("request.tally", x => x.Tally)
            .String("request.print", x => x.Print)
            .Once("request.tally")
            .Once("request.print")
            .List("request.headers", x => x.Headers, Visit.HeaderSchema);

    public static readonly InputSchema<GateCall> Schema = NewSchema();
    public static readonly CelEnvironment Environment = Schema.Extend(Host(x => x.Length));

    public static readonly InputSchema<object> MapSchema = new InputSchema<object>().Object("request", x => x);
    public static readonly CelEnvironment MapEnvironment = MapSchema.Extend(Host(x => x.Length));

    /// <summary>An environment with a function of the host: <c>counter(name)</c>, an error for the name '' .</summary>
    public static CelEnvironment Host(Func<string, long> counter) =>
        TestChecks.Environment with
        {
            Variables = [],
            Libraries =
            [
                .. Libraries.All,
                new FunctionLibrary(
                    "host",
                    [
                        new Function(
                            "counter",
                            [
                                new Overload(
                                    "counter_string",
                                    IsInstance: false,
                                    [CelType.String],
                                    CelType.Int,
                                    x =>
                                        x[0].String.Length == 0
                                            ? Value.Error("no counter")
                                            : Value.Of(counter(x[0].String))
                                ),
                            ]
                        ),
                    ]
                ),
            ],
        };

    public static CompiledRule<GateCall> Compile(string text) => Compile(text, Schema, Environment);

    public static CompiledRule<object> CompileMap(string text) => Compile(text, MapSchema, MapEnvironment);

    public static CompiledRule<T> Compile<T>(string text, InputSchema<T> schema, CelEnvironment environment) =>
        CelCompiler.Compile(TestChecks.Checked(text, environment), schema, environment);

    public static GateCall Random(Random random) =>
        new()
        {
            Method = Pick(random, null, "GET", "POST"),
            Path = Pick(random, null, "/api/login", "/api/x.php", "/", "", "/a/wp-admin/b.php", "\U0001F600/api"),
            Agent = Pick(
                random,
                null,
                "curl/8.1",
                "Mozilla HeadlessChrome/12",
                "GOOGLEBOT",
                "Python-Requests \u017F\u212A",
                "\uD83D \uFFFD"
            ),
            Ip = Pick(random, null, "10.1.2.3", "203.0.113.77", "2001:db8::1", "none", "::ffff:10.0.0.1", "0.0.0.0"),
            Client = Pick(random, null, Address("10.1.2.3"), Address("255.255.255.255"), Address("2001:db8::ff")),
            Score = random.Next(8) == 0 ? long.MaxValue : random.Next(-2, 100),
            Rate = random.Next(8) == 0 ? double.NaN : random.Next(0, 100),
            Headless = random.Next(2) == 0,
            HasSession = random.Next(3) > 0,
            Cookie = Pick(random, null, "sid=1", "sid=22"),
            Pages = random.Next(2) == 0 ? null : random.Next(5),
            Tally = random.Next(20),
            Print = Pick(random, null, "t13d1516h2", "t13d"),
            Headers = [.. Enumerable.Range(0, random.Next(4)).Select(i => new Header(i == 0 ? "host" : "b", "v"))],
        };

    /// <summary>The same as nested dictionaries.</summary>
    public object Map()
    {
        Dictionary<string, object?> map = new()
        {
            ["score"] = Score,
            ["rate"] = Rate,
            ["headless"] = Headless,
            ["tally"] = Tally,
            ["headers"] = Headers.Select(x => (object)new Dictionary<string, object?> { ["name"] = x.Name }).ToArray(),
        };
        AddIfSet(map, "method", Method);
        AddIfSet(map, "path", Path);
        AddIfSet(map, "agent", Agent);
        AddIfSet(map, "ip", Ip);
        AddIfSet(map, "print", Print);
        if (HasSession)
        {
            Dictionary<string, object?> session = [];
            AddIfSet(session, "cookie", Cookie);
            AddIfSet(session, "pages", Pages);
            map["session"] = session;
        }
        return map;
    }

    /// <summary>A random rule, of the kinds that analysts write.</summary>
    public static string Rule(Random random, int depth) =>
        (depth == 0 ? random.Next(12) : random.Next(20)) switch
        {
            0 => $"request.method {Pick(random, "==", "!=")} {Pick(random, "'GET'", "'POST'", "request.path")}",
            1 =>
                $"request.path.{Pick(random, "startsWith", "endsWith", "contains")}({Pick(random, "'/api'", "'.php'", "'admin'", "''")})",
            2 =>
                $"request.agent.matches({Pick(random, "'^curl/[0-9]'", "'(?i)bot'", "'[Hh]eadless(Chrome|Shell)'", "'(?i)requests sk'", "'.'", "'(?i:PYTHON)-.*k'", "'^\\uFFFD'", "'a|b'")})",
            3 =>
                $"cidr({Pick(random, "'10.0.0.0/8'", "'10.1.0.0/16'", "'203.0.113.77/32'", "'2001:db8::/32'", "'0.0.0.0/0'", "'::/0'", "'10.1.2.3/31'")}).containsIP({Pick(random, "request.ip", "ip(request.ip)")})",
            4 =>
                $"request.score {Pick(random, "<", "<=", ">", ">=", "==", "!=")} {random.Next(100).ToString(CultureInfo.InvariantCulture)}",
            5 =>
                $"request.rate {Pick(random, "<", ">=", "==")} {random.Next(100).ToString(CultureInfo.InvariantCulture)}.0",
            6 => Pick(
                random,
                "request.headless",
                "!request.headless",
                "has(request.agent)",
                "has(request.session)",
                "has(request.print)"
            ),
            7 => $"request.score in [1, {random.Next(50).ToString(CultureInfo.InvariantCulture)}, 7]",
            8 => $"request.method in ['PUT', {Pick(random, "'GET'", "'X'")}]",
            9 =>
                $"counter({Pick(random, "'ip_1m'", "''", "request.method", "request.path")}) > {random.Next(8).ToString(CultureInfo.InvariantCulture)}",
            10 => $"request.tally {Pick(random, ">", "==")} {random.Next(20).ToString(CultureInfo.InvariantCulture)}",
            11 => $"request.print {Pick(random, "==", "!=")} 't13d'",
            12 => $"has(request.session.cookie) && request.session.cookie == 'sid=1' && {Rule(random, depth - 1)}",
            13 =>
                $"has(request.session) && (request.session.pages > {random.Next(4).ToString(CultureInfo.InvariantCulture)} || {Rule(random, depth - 1)})",
            14 =>
                $"request.headers.exists(h, h.name == {Pick(random, "'host'", "request.print")}) && {Rule(random, depth - 1)}",
            15 => $"!({Rule(random, depth - 1)})",
            16 => $"({Rule(random, depth - 1)} ? {Rule(random, depth - 1)} : {Rule(random, depth - 1)})",
            17 => $"({Rule(random, depth - 1)} || {Rule(random, depth - 1)})",
            _ => $"({Rule(random, depth - 1)} && {Rule(random, depth - 1)})",
        };

    public static IpAddress Address(string text) =>
        IpAddress.TryParse(text, out IpAddress address, out string error)
            ? address
            : throw new ArgumentException(error, nameof(text));

    private static void AddIfSet(Dictionary<string, object?> map, string key, object? value)
    {
        if (value is not null)
            map[key] = value;
    }

    private static TItem Pick<TItem>(Random random, params TItem[] choices) => choices[random.Next(choices.Length)];
}
