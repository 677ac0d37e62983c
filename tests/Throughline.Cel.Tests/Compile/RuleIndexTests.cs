using System.Globalization;
using Throughline.Cel.Compile;
using Throughline.Cel.Library;
using Throughline.Cel.Values;
using Throughline.Testing;

namespace Throughline.Cel.Tests.Compile;

/// <summary>Tests of fields are answered by indexes, for all rules at once.</summary>
public sealed class RuleIndexTests
{
    [Theory]
    [InlineData("request.path.endsWith('.php') && 1 / request.score > 0")]
    [InlineData("request.path.matches('^/wp-(admin|login)') && 1 / request.score > 0")]
    [InlineData("request.path.matches('(?i)select.+from') && 1 / request.score > 0")]
    [InlineData("cidr('10.0.0.0/8').containsIP(request.ip) && 1 / request.score > 0")]
    [InlineData("cidr('10.0.0.0/8').containsIP(ip(request.ip)) && 1 / request.score > 0")]
    [InlineData("cidr('10.0.0.0/8').containsIP(request.client) && 1 / request.score > 0")]
    [InlineData("request.score >= 500 && 1 / request.score > 0")]
    [InlineData("request.score in [500, 501] && 1 / request.score > 0")]
    [InlineData("request.method in ['A', 'B'] && 1 / request.score > 0")]
    [InlineData("has(request.print2) && 1 / request.score > 0")]
    [InlineData("request.headless && 1 / request.score > 0")]
    public void Evaluate_TestThatDoesNotHold_RuleIsNotEvaluated(string text)
    {
        int reads = 0;
        InputSchema<GateCall> schema = GateCall
            .NewSchema()
            .String("request.print2", _ => null)
            .Int("watched", x => x.Score + ++reads);
        CelEnvironment environment = schema.Extend(GateCall.Host(x => x.Length));
        // What is watched costs least of what no index answers, so it is read whenever the rule is evaluated at all.
        string watched = text.Replace("1 / request.score > 0", "watched != 3", StringComparison.Ordinal);
        RuleSet<GateCall> set = RuleSet<GateCall>.Create([GateCall.Compile(watched, schema, environment)]);
        Assert.Equal(0, set.AlwaysEvaluated);
        RuleMatches matches = set.NewMatches();
        set.Evaluate(
            new GateCall
            {
                Path = "/index.html",
                Ip = "192.0.2.1",
                Client = GateCall.Address("192.0.2.1"),
            },
            matches
        );
        Assert.Equal(0, matches.Count + matches.FaultCount);
        Assert.Equal(0, reads);
    }

    [Theory]
    [InlineData("GOOGLEBOT", true)]
    [InlineData("googleBot x", true)]
    [InlineData("boo\u212A", true)]
    [InlineData("BO\u017FS", true)]
    [InlineData("boot", false)]
    public void Evaluate_PatternWithoutCase_FindsEachSpelling(string agent, bool expected)
    {
        RuleSet<GateCall> set = RuleSet<GateCall>.Create([
            GateCall.Compile("request.agent.matches('(?i)bot|book|boss')"),
        ]);
        Assert.Equal(0, set.AlwaysEvaluated);
        RuleMatches matches = set.NewMatches();
        set.Evaluate(new GateCall { Agent = agent }, matches);
        Assert.Equal(expected, matches.Contains(0));
    }

    [Theory]
    [InlineData("has(request.session.cookie) && request.session.cookie == 'x'", false, null, RuleOutcome.Error)]
    [InlineData("has(request.session.cookie) && request.session.cookie == 'x'", true, null, RuleOutcome.False)]
    [InlineData("has(request.session) && request.session.cookie == 'x'", false, null, RuleOutcome.False)]
    [InlineData("has(request.session) && request.session.cookie == 'x'", true, null, RuleOutcome.Error)]
    [InlineData(
        "has(request.session) && has(request.session.cookie) && request.session.cookie == 'x'",
        false,
        null,
        RuleOutcome.False
    )]
    [InlineData(
        "has(request.session.cookie) && request.session.cookie == 'x' || request.session.cookie == 'y'",
        true,
        null,
        RuleOutcome.Error
    )]
    [InlineData("has(request.session.cookie) && request.session.cookie == 'x'", true, "x", RuleOutcome.True)]
    public void Evaluate_FieldThatIsMissing_IsFalseOnlyWhereHasSaysSo(
        string text,
        bool hasSession,
        string? cookie,
        RuleOutcome expected
    )
    {
        RuleSet<GateCall> set = RuleSet<GateCall>.Create([GateCall.Compile(text)]);
        Assert.Equal(0, set.AlwaysEvaluated);
        RuleMatches matches = set.NewMatches();
        set.Evaluate(new GateCall { HasSession = hasSession, Cookie = cookie }, matches);
        Assert.Equal(expected, matches.OutcomeOf(0));
    }

    [Fact]
    public void Evaluate_RandomNetworks_FindsThoseThatHoldTheAddress()
    {
        Random random = Seeds.Random();
        IpPrefix[] networks = [.. Enumerable.Range(0, 300).Select(_ => Network(random))];
        RuleSet<GateCall> set = RuleSet<GateCall>.Create([
            .. networks.Select(x => GateCall.Compile($"cidr('{x.Text}').containsIP(request.client)")),
        ]);
        Assert.Equal(0, set.AlwaysEvaluated);
        RuleMatches matches = set.NewMatches();
        int found = 0;
        for (int i = 0; i < 500; i++)
        {
            IpAddress near = networks[random.Next(networks.Length)].Address;
            IpAddress address = IpAddress.Of(near.Bits ^ (UInt128)random.Next(3), near.IsV6);
            set.Evaluate(new GateCall { Client = address }, matches);
            for (int rule = 0; rule < networks.Length; rule++)
                Assert.True(
                    networks[rule].Contains(address) == matches.Contains(rule),
                    $"{address} in {networks[rule]}: in the set {matches.Contains(rule)}"
                );
            found += matches.Count;
        }
        Assert.True(found > 500);
    }

    // Few first bits, so that they nest; now and then all or none are fixed.
    private static IpPrefix Network(Random random)
    {
        bool isV6 = random.Next(2) == 0;
        int length = isV6 ? 128 : 32;
        UInt128 bits = new((ulong)random.Next(2) << 61, (ulong)random.Next());
        return new(
            IpAddress.Of(isV6 ? bits | UInt128.One << 125 : (uint)random.Next(8) << 24 | (uint)random.Next(4), isV6),
            random.Next(8) switch
            {
                0 => 0,
                1 => length,
                _ => random.Next(length + 1),
            }
        );
    }

    [Fact]
    public void Evaluate_TextThatIsNoAddress_IsTheFaultOfEachRule()
    {
        RuleSet<GateCall> set = RuleSet<GateCall>.Create([
            .. Enumerable
                .Range(0, 3)
                .Select(i => i.ToString(CultureInfo.InvariantCulture))
                .Select(i => GateCall.Compile($"cidr('10.{i}.0.0/16').containsIP(request.ip)")),
        ]);
        RuleMatches matches = set.NewMatches();
        set.Evaluate(new GateCall { Ip = "10.1.2" }, matches);
        Assert.Equal(3, matches.FaultCount);
        Assert.True(matches.TryGetFault(1, out Value fault));
        Assert.Contains("10.1.2", fault.ToString(), StringComparison.Ordinal);
    }
}
