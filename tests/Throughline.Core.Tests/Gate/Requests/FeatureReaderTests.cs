using Throughline.Cel.Library;
using Throughline.Core.Gate;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Requests;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Requests;

/// <summary>The features of a request: what each says, and that nothing of the request before remains.</summary>
public sealed class FeatureReaderTests
{
    private readonly FeatureReader reader = new(new AgentTable());
    private readonly RequestFeatures features = new();

    [Theory]
    [InlineData("/blog/WP-Login.php", "wp-login.php", "php", false)]
    [InlineData("/img/a.b.PNG", "a.b.png", "png", true)]
    [InlineData("/app.js;jsessionid=1", "app.js", "js", true)]
    [InlineData("/.env", ".env", "env", false)]
    [InlineData("/.git/config", "config", "", false)]
    [InlineData("/folder/", "", "", false)]
    [InlineData("/a/..%2fshell.jsp", "shell.jsp", "jsp", false)]
    [InlineData("/x.averyveryverylongextension", "x.averyveryverylongextension", "", false)]
    [InlineData("", "", "", false)]
    public void Read_Path_GivesFileAndExtension(string path, string file, string extension, bool isStatic)
    {
        reader.Read(new() { Path = path }, features);

        Assert.Equal((file, extension, isStatic), (features.File, features.Extension, features.IsStatic));
    }

    [Theory]
    [InlineData("203.0.113.77", "203.0.113.0/24")]
    [InlineData("0.0.0.1", "0.0.0.0/24")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("::1", "::/64")]
    public void Read_Address_GivesItsNetwork(string address, string network)
    {
        Assert.True(IpAddress.TryParse(address, out IpAddress ip, out _));

        reader.Read(new() { Address = ip }, features);

        Assert.Equal(network, features.Network);
    }

    [Theory]
    [InlineData("Shop.Example:8080", "shop.example")]
    [InlineData("shop.example.", "shop.example")]
    [InlineData("[2001:db8::1]", "[2001:db8::1]")]
    [InlineData("[2001:db8::1]:443", "[2001:db8::1]")]
    [InlineData(null, "")]
    public void Read_Host_IsLowerCaseWithoutPort(string? host, string expected)
    {
        reader.Read(new() { Host = host }, features);

        Assert.Equal(expected, features.Host);
    }

    [Fact]
    public void Read_HeaderOrder_TellsOrdersApartAndForgetsWhatComesAndGoes()
    {
        string order = Order("host", "user-agent", "accept");

        Assert.Matches("^[0-9a-f]{12}$", order);
        Assert.Equal(order, Order("host", "cookie", "user-agent", "accept", "if-none-match"));
        Assert.NotEqual(order, Order("user-agent", "host", "accept"));
        Assert.NotEqual(order, Order("host", "user-agent"));
        reader.Read(new() { Knowledge = RequestKnowledge.Headers, Headers = { new("host", "x") } }, features);
        Assert.Null(features.HeaderOrder); // not known
    }

    [Fact]
    public void Read_NextRequest_KeepsNothingOfTheLast()
    {
        reader.Read(Full(), features);
        Assert.Equal(("chrome", 3, 1), (features.Agent.Name, features.HeaderCount, features.Consistency.Score));

        reader.Read(new() { Path = "/" }, features);

        Assert.Equal(("", "", "/", 0), (features.Host, features.Network, features.Target, features.HeaderCount));
        Assert.All(features.Headers, header => Assert.Equal(default, header));
        Assert.Equal((AgentClasses.Missing, ""), (features.Agent.Class, features.Agent.Name));
        Assert.Equal((0, false), (features.Consistency.Score, features.Consistency.MissingAcceptLanguage));
        Assert.Null(features.HeaderOrder);
        Assert.Null(features.Address);
    }

    [Fact]
    public void Read_AnyRequest_IsAPureFunctionAndNeverThrows()
    {
        Random random = Seeds.Random();
        string[] names =
        [
            "accept",
            "sec-ch-ua",
            "sec-fetch-mode",
            "sec-fetch-site",
            "host",
            "",
            "accept-language",
            "sec-ch-ua-platform",
        ];
        string[] values = ["", "\"", "\"Chromium\";v=\"", "navigate", "\0", new string('x', 70_000), "?1", "%%%"];
        for (int i = 0; i < 3000; i++)
        {
            EdgeRequest request = new()
            {
                Knowledge = (RequestKnowledge)random.Next(32),
                Path = values[random.Next(values.Length)] + "/" + values[random.Next(values.Length)],
                Query = values[random.Next(values.Length)],
                Host = random.Next(3) == 0 ? null : values[random.Next(values.Length)],
                Scheme = random.Next(2) == 0 ? "https" : null,
                UserAgent = random.Next(2) == 0 ? Chrome : values[random.Next(values.Length)],
                Address = random.Next(2) == 0 ? null : IpAddress.Of((UInt128)random.NextInt64(), random.Next(2) == 0),
            };
            for (int n = random.Next(6); n > 0; n--)
                request.Headers.Add(new(names[random.Next(names.Length)], values[random.Next(values.Length)]));
            RequestFeatures fresh = new();
            new FeatureReader(new AgentTable()).Read(request, fresh);

            reader.Read(request, features);

            Assert.Equal(Shown(fresh), Shown(features));
        }
    }

    [Fact]
    public void Read_KnownTexts_AllocatesNothing()
    {
        EdgeRequest request = Full();
        Assert.Equal(0, ActionCost.AllocatedBytes(() => reader.Read(request, features), warm: 1));
    }

    private const string Chrome =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";

    private static EdgeRequest Full() =>
        new()
        {
            Knowledge = RequestKnowledge.Headers | RequestKnowledge.HeaderOrder | RequestKnowledge.Agent,
            Address = IpAddress.Of(0xCB007101, isV6: false),
            Method = "GET",
            Path = "/A/%2e%2e/b.php",
            Query = "q=1",
            Host = "Shop.Example",
            UserAgent = Chrome,
            Headers = { new("host", "Shop.Example"), new("accept", "*/*"), new("accept-encoding", "gzip") },
        };

    private static object Shown(RequestFeatures x) =>
        (
            (x.Target, x.File, x.Extension, x.IsStatic, x.Network, x.Host, x.HeaderOrder, x.HeaderCount),
            (x.Agent.Class, x.Agent.Name, x.Agent.Version, x.Consistency.Score, x.Consistency.HintsMismatch)
        );

    private string Order(params string[] names)
    {
        EdgeRequest request = new() { Knowledge = RequestKnowledge.Headers | RequestKnowledge.HeaderOrder };
        request.Headers.AddRange(names.Select(name => new HeaderField(name, "x")));
        reader.Read(request, features);
        return features.HeaderOrder!;
    }
}
