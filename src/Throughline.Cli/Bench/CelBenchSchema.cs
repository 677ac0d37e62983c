using System.Text.Json;
using Throughline.Cel.Compile;
using Throughline.Cel.Types;
using Throughline.Cel.Values;
using static System.Text.Json.JsonValueKind;

namespace Throughline.Cli.Bench;

/// <summary>
/// Declares the fields of <see cref="CelBenchRequest"/> that the request of a file has with the same types. What else the file has,
/// or its rules name, is declared as a place in <see cref="CelBenchRequest.Rest"/>.
/// </summary>
internal sealed class CelBenchSchema
{
    private const string Variable = "request";

    private static readonly InputSchema<CelBenchHeader> Header = new InputSchema<CelBenchHeader>("Header")
        .String("name", x => x.Name)
        .String("value", x => x.Value);

    private readonly JsonElement request;
    private readonly HashSet<string> declared = new(StringComparer.Ordinal);
    private readonly List<string> rest = [];

    private CelBenchSchema(JsonElement request, IEnumerable<string> namedPaths)
    {
        this.request = request;
        Text("method", x => x.Method);
        Text("path", x => x.Path);
        Text("host", x => x.Host);
        Text("query", x => x.Query);
        Text("ip", x => x.Ip);
        Text("country", x => x.Country);
        Text("ua", x => x.Ua);
        Text("ja4", x => x.Ja4);
        Int("asn", x => x.Asn);
        Int("score", x => x.Score);
        Int("bytes", x => x.Bytes);
        if (TryFind("rate_1m", out JsonElement rate) && IsDouble(rate))
            Declare("rate_1m", path => Schema.Double(path, x => x.Rate1m));
        if (HasHeaders(request))
            Declare("headers", path => Schema.List(path, x => x.Headers, Header));
        if (Struct("tls", x => x.Tls is not null))
        {
            Text("tls.version", x => x.Tls!.Version);
            Text("tls.alpn", x => x.Tls!.Alpn);
        }
        if (Struct("session", x => x.Session is not null))
        {
            Int("session.age_s", x => x.Session!.AgeS);
            Int("session.pages", x => x.Session!.Pages);
        }
        foreach (string path in PathsOf(request, "").Concat(namedPaths))
            Rest(path);
    }

    public InputSchema<CelBenchRequest> Schema { get; } = new("Request");

    /// <summary>The paths of the places in <see cref="CelBenchRequest.Rest"/>.</summary>
    public IReadOnlyList<string> RestPaths => rest;

    /// <param name="request">The request of a file.</param>
    /// <param name="namedPaths">The paths that its rules name, without the variable.</param>
    public static CelBenchSchema Of(JsonElement request, IEnumerable<string> namedPaths) => new(request, namedPaths);

    public static bool HasHeaders(JsonElement request) =>
        request.TryGetProperty("headers", out JsonElement headers)
        && headers.ValueKind == JsonValueKind.Array
        && headers
            .EnumerateArray()
            .All(x =>
                x.ValueKind == JsonValueKind.Object
                && x.EnumerateObject()
                    .All(y => y.Name is "name" or "value" && y.Value.ValueKind == JsonValueKind.String)
                && x.EnumerateObject().Count() == 2
            );

    private void Text(string path, Func<CelBenchRequest, string?> read)
    {
        if (TryFind(path, out JsonElement found) && found.ValueKind == JsonValueKind.String)
            Declare(path, full => Schema.String(full, read));
    }

    private void Int(string path, Func<CelBenchRequest, long> read)
    {
        if (TryFind(path, out JsonElement found) && found.ValueKind == Number && !IsDouble(found))
            Declare(path, full => Schema.Int(full, read));
    }

    private bool Struct(string path, Func<CelBenchRequest, bool> has)
    {
        if (!TryFind(path, out JsonElement found) || found.ValueKind != JsonValueKind.Object)
            return false;
        Declare(path, full => Schema.Struct(full, has));
        return true;
    }

    // The shortest part of the path that is not declared, unless it goes on below what has no fields.
    private void Rest(string path)
    {
        string[] parts = path.Split('.');
        for (int i = 1; i <= parts.Length; i++)
        {
            string part = string.Join('.', parts[..i]);
            if (part is "tls" or "session" && declared.Contains(part))
                continue;
            if (!declared.Contains(part))
                DeclareRest(part);
            return;
        }
    }

    private void DeclareRest(string path)
    {
        int place = rest.Count;
        rest.Add($"{Variable}.{path}");
        JsonValueKind kind = TryFind(path, out JsonElement found) ? found.ValueKind : Undefined;
        Declare(
            path,
            full =>
                kind switch
                {
                    JsonValueKind.String => Schema.String(full, x => x.Rest[place].GetValueOrDefault().String),
                    True or False => Schema.Bool(full, x => x.Rest[place].GetValueOrDefault().Bool),
                    Number when IsDouble(found) => Schema.Double(full, x => x.Rest[place].GetValueOrDefault().Double),
                    Number => Schema.Int(full, x => x.Rest[place].GetValueOrDefault().Int),
                    _ => Schema.Value(
                        full,
                        CelType.Dyn,
                        x => x.Rest[place].GetValueOrDefault(),
                        x => x.Rest[place].HasValue
                    ),
                }
        );
    }

    private void Declare(string path, Func<string, InputSchema<CelBenchRequest>> add)
    {
        add($"{Variable}.{path}");
        declared.Add(path);
    }

    private bool TryFind(string path, out JsonElement found)
    {
        found = request;
        foreach (string name in path.Split('.'))
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(name, out found))
                return false;
        return true;
    }

    private static bool IsDouble(JsonElement json) => json.ValueKind == Number && !json.TryGetInt64(out _);

    private static IEnumerable<string> PathsOf(JsonElement json, string before)
    {
        foreach (JsonProperty member in json.EnumerateObject())
        {
            yield return before + member.Name;
            if (member.Value.ValueKind != JsonValueKind.Object)
                continue;
            foreach (string path in PathsOf(member.Value, $"{before}{member.Name}."))
                yield return path;
        }
    }
}
