using System.Text.Json;
using Throughline.Cel.Values;
using Throughline.Cli.Cel;

namespace Throughline.Cli.Bench;

/// <summary>A request as a service in C# holds it: the typed input of the bench, with the same request as a plain map.</summary>
internal sealed record CelBenchRequest
{
    public string? Method { get; init; }
    public string? Path { get; init; }
    public string? Host { get; init; }
    public string? Query { get; init; }
    public string? Ip { get; init; }
    public string? Country { get; init; }
    public string? Ua { get; init; }
    public string? Ja4 { get; init; }
    public long Asn { get; init; }
    public long Score { get; init; }
    public long Bytes { get; init; }
    public double Rate1m { get; init; }
    public CelBenchHeader[] Headers { get; init; } = [];

    /// <summary>Null over plain HTTP.</summary>
    public CelBenchTls? Tls { get; init; }

    /// <summary>Null on the first request of a visitor.</summary>
    public CelBenchSession? Session { get; init; }

    /// <summary>The variables as nested dictionaries, arrays and scalars.</summary>
    public required Dictionary<string, object?> Map { get; init; }

    /// <summary>What the file has beyond the fields above, in the places that the schema gave them; null where a rule names what
    /// the request does not have.</summary>
    public Value?[] Rest { get; init; } = [];

    /// <summary>The request of a file; fields of other types than those above keep their defaults.</summary>
    public static CelBenchRequest Of(JsonElement json, IReadOnlyList<string> restPaths) =>
        new()
        {
            Method = Text(json, "method"),
            Path = Text(json, "path"),
            Host = Text(json, "host"),
            Query = Text(json, "query"),
            Ip = Text(json, "ip"),
            Country = Text(json, "country"),
            Ua = Text(json, "ua"),
            Ja4 = Text(json, "ja4"),
            Asn = Int(json, "asn"),
            Score = Int(json, "score"),
            Bytes = Int(json, "bytes"),
            Rate1m =
                json.TryGetProperty("rate_1m", out JsonElement rate) && rate.ValueKind == JsonValueKind.Number
                    ? rate.GetDouble()
                    : 0,
            Headers = CelBenchSchema.HasHeaders(json)
                ?
                [
                    .. json.GetProperty("headers")
                        .EnumerateArray()
                        .Select(x => new CelBenchHeader(x.Text("name"), x.Text("value"))),
                ]
                : [],
            Tls =
                json.TryGetProperty("tls", out JsonElement tls) && tls.ValueKind == JsonValueKind.Object
                    ? new(Text(tls, "version"), Text(tls, "alpn"))
                    : null,
            Session =
                json.TryGetProperty("session", out JsonElement session) && session.ValueKind == JsonValueKind.Object
                    ? new(Int(session, "age_s"), Int(session, "pages"))
                    : null,
            Map = new(StringComparer.Ordinal) { ["request"] = PlainJson.Write(NativeValues.Of(json)) },
            Rest = [.. restPaths.Select(path => At(json, path))],
        };

    /// <summary>The same request of an ordinary browser to an ordinary page: what most patterns do not match.</summary>
    public CelBenchRequest Ordinary() =>
        this with
        {
            Method = "GET",
            Path = "/products/shoes",
            Host = "www.example.org",
            Query = "page=2&sort=price",
            Ua =
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
        };

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement part) && part.ValueKind == JsonValueKind.String
            ? part.GetString()
            : null;

    private static long Int(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement part)
        && part.ValueKind == JsonValueKind.Number
        && part.TryGetInt64(out long x)
            ? x
            : 0;

    // The path begins with the variable's name.
    private static Value? At(JsonElement json, string path)
    {
        foreach (string name in path.Split('.').Skip(1))
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out json))
                return null;
        return NativeValues.Of(json);
    }
}

internal readonly record struct CelBenchHeader(string Name, string Value);

internal sealed record CelBenchTls(string? Version, string? Alpn);

internal sealed record CelBenchSession(long AgeS, long Pages);
