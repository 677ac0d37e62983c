using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Throughline.Core.Gate.Requests;
using Throughline.Server.Edge;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Server.Tests.Edge;

/// <summary>ext_authz over gRPC. Envoy's part is played by a client with Envoy's own message definitions, and by hand-made frames.</summary>
public sealed class ExtAuthzGrpcTests
{
    private static readonly EdgeOptions Options = EdgeKit.Options with { GrpcUrl = "http://127.0.0.1:0" };

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Check_ByEnvoysMessages_AllowsDeniesAndChallenges()
    {
        string node = RealProxy.Require("node");
        string folder = Repository.PathOf("tests/grpc-client");
        RequireModules(folder);
        RecordingSink sink = new();
        await using TestService service = await EdgeKit.StartAsync(Options, sink);
        IReadOnlyList<JsonNode> answers = await AskAsync(
            node,
            folder,
            service,
            Check(
                "/odd?a=b",
                ("user-agent", "curl/8"),
                ("cookie", "sid=s-1"),
                ("x-forwarded-for", "192.0.2.1, 203.0.113.5")
            ),
            Check("/deny"),
            Check("/broken"),
            Check("/challenge", ("x-forwarded-for", "203.0.113.5")),
            """{"attributes":{"source":{}}}"""
        );

        JsonNode allowed = answers[0];
        Assert.Equal(0, (int?)allowed["status"]?["code"] ?? 0);
        Recorded seen = sink.Decisions[0];
        Assert.Equal(
            $"x-throughline-decision={seen.Id} x-throughline-action=tag x-throughline-score=7 x-throughline-tags=odd,known-session",
            HeadersOf(allowed["ok_response"]!)
        );
        JsonNode metadata = allowed["dynamic_metadata"]!["fields"]!;
        Assert.Equal(
            "tag",
            (string?)metadata["action"]!["stringValue"] ?? (string?)metadata["action"]!["string_value"]
        );
        Assert.Equal(("GET", "/odd", "a=b", "shop.example"), (seen.Method, seen.Path, seen.Query, seen.Host));
        Assert.Equal(("203.0.113.5", EdgeContract.ExtAuthzGrpc), (seen.Address, seen.Contract));
        Assert.Equal(RequestReader.AllHeaders, seen.Knowledge);
        Assert.DoesNotContain(seen.Headers, field => field.Name.StartsWith(':'));

        JsonNode denied = answers[1];
        Assert.Equal(7, (int)denied["status"]!["code"]!);
        Assert.Equal("TooManyRequests", (string?)denied["denied_response"]!["status"]!["code"]);
        Assert.Equal("Too many.", (string?)denied["denied_response"]!["body"]);
        Assert.Contains("content-type=text/plain", HeadersOf(denied["denied_response"]!));
        Assert.Equal("ServiceUnavailable", (string?)answers[2]["denied_response"]!["status"]!["code"]);

        JsonNode challenged = answers[3];
        Assert.Equal("Found", (string?)challenged["denied_response"]!["status"]!["code"]);
        Assert.Contains(
            $"location={EdgeKit.ChallengePage}?decision={sink.Decisions[3].Id}&return=%2Fchallenge",
            HeadersOf(challenged["denied_response"]!)
        );
        Assert.NotNull(answers[4]["ok_response"]); // no request in it: the fail policy, recorded
        Assert.True(sink.Decisions[4].IsBypass);
    }

    [Theory]
    [InlineData("", "3")] // no frame
    [InlineData("0000000000", null)] // an empty message is a valid one
    [InlineData("0100000000", "12")] // compressed
    [InlineData("00000000050a", "3")] // cut off
    [InlineData("00ffffffff", "8")] // too long
    [InlineData("0000000002ffff", "3")] // no message
    public async Task Check_OddFrames_AreAnsweredByAStatus(string frame, string? status)
    {
        await using TestService service = await EdgeKit.StartAsync(Options);
        using HttpResponseMessage response = await PostAsync(service, Convert.FromHexString(frame));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/grpc", response.Content.Headers.ContentType?.MediaType);
        await response.Content.ReadAsByteArrayAsync(Ended);
        Assert.Equal(status ?? "0", Assert.Single(response.TrailingHeaders.GetValues("grpc-status")));
    }

    [Fact]
    public async Task Check_NoTrustedProxy_IsRefused()
    {
        await using TestService service = await EdgeKit.StartAsync(Options with { TrustedProxies = ["10.0.0.1"] });
        using HttpResponseMessage response = await PostAsync(service, new byte[5]);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Ports_OfBothKinds_ServeTheApi()
    {
        await using TestService service = await EdgeKit.StartAsync(Options);
        Assert.NotEqual(service.Server.Addresses[0].Port, service.Server.GrpcAddress!.Port);
        Assert.Equal(200, (await service.GetAsync("/healthz", "")).Status);
    }

    private static async Task<HttpResponseMessage> PostAsync(TestService service, byte[] body)
    {
        using HttpClient client = new();
        using HttpRequestMessage request = new(
            HttpMethod.Post,
            new Uri(service.Server.GrpcAddress!, ExtAuthzGrpc.Target)
        )
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        return await client.SendAsync(request, Ended);
    }

    private static void RequireModules(string folder)
    {
        if (Directory.Exists(Path.Combine(folder, "node_modules")))
            return;
        const string Missing = "tests/grpc-client has no node_modules (./test installs them)";
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail(Missing);
        Assert.Skip(Missing);
    }

    private static async Task<IReadOnlyList<JsonNode>> AskAsync(
        string node,
        string folder,
        TestService service,
        params string[] requests
    )
    {
        ProcessStartInfo start = new(node, ["check.js", service.Server.GrpcAddress!.Authority])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        foreach (string request in requests)
            await process.StandardInput.WriteLineAsync(request.ReplaceLineEndings(" ").AsMemory(), Ended);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync(Ended);
        string output = await process.StandardOutput.ReadToEndAsync(Ended);
        await process.WaitForExitAsync(Ended);
        Assert.True(process.ExitCode == 0, await errors);
        JsonNode[] answers = [.. output.TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!)];
        Assert.Equal(requests.Length, answers.Length);
        return
        [
            .. answers.Select(answer =>
                answer["response"] ?? throw new InvalidOperationException(answer.ToJsonString())
            ),
        ];
    }

    private static string Check(string path, params (string Name, string Value)[] headers)
    {
        JsonObject map = new()
        {
            [":method"] = "GET",
            [":path"] = path,
            [":authority"] = "shop.example",
        };
        foreach ((string name, string value) in headers)
            map[name] = value;
        return new JsonObject
        {
            ["attributes"] = new JsonObject
            {
                ["source"] = new JsonObject
                {
                    ["address"] = new JsonObject
                    {
                        ["socket_address"] = new JsonObject { ["address"] = "127.0.0.1", ["port_value"] = 4711 },
                    },
                },
                ["request"] = new JsonObject
                {
                    ["http"] = new JsonObject
                    {
                        ["id"] = "1",
                        ["method"] = "GET",
                        ["path"] = path,
                        ["host"] = "shop.example",
                        ["scheme"] = "https",
                        ["protocol"] = "HTTP/2",
                        ["size"] = -1,
                        ["headers"] = map,
                    },
                },
            },
        }.ToJsonString();
    }

    private static string HeadersOf(JsonNode response) =>
        string.Join(
            ' ',
            response["headers"]!
                .AsArray()
                .Select(option =>
                {
                    Assert.Equal("OVERWRITE_IF_EXISTS_OR_ADD", (string?)option!["append_action"]);
                    return $"{option["header"]!["key"]}={option["header"]!["value"]}";
                })
        );
}
