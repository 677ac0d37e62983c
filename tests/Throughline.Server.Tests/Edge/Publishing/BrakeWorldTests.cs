using System.Globalization;
using System.Text.Json;
using Throughline.Cel.Library;
using Throughline.Core.Events;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Brake;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge.Rules;
using Throughline.Testing;
using Throughline.World;
using Throughline.World.Doors;
using Throughline.World.Truth;

namespace Throughline.Server.Tests.Edge.Publishing;

/// <summary>The brake on the traffic of a large shop with bots: rules against those who say what they are, and one that denies 2 % of people.</summary>
public sealed class BrakeWorldTests
{
    // By the last digits of their cookie or device, 5 of 256 people.
    private static readonly RuleDocument Bad = new()
    {
        Id = "planted-bad",
        When = "request.session.matches('(00|33|66|99|cc)$')",
        Action = RuleAction.Deny,
        Priority = 1_000,
    };

    [Fact]
    public void Brake_PlantedBadRule_IsStoppedWithinFiveMinutesAndGoodOnesAreLeftAlone()
    {
        int rounds = LongTests.Rounds(2, 20);
        int seed = Seeds.Next() & 0xffff;
        for (int round = 0; round < rounds; round++)
        {
            Shop shop = new((ulong)(seed + round), Bad);
            shop.Run();
            TestContext.Current.TestOutputHelper?.WriteLine(shop.ToString());
            BrakeTrip trip = Assert.Single(shop.Trips);
            Assert.Equal("planted-bad", trip.Rule);
            Assert.InRange(trip.Time, shop.Opens, shop.Opens + 300_000);
            Assert.True(shop.DeniedByOthers > 20, "the good rules must have had something to do");
        }
    }

    [Fact]
    public void Brake_GoodRulesAlone_StopNothing()
    {
        Shop shop = new((ulong)(Seeds.Next() & 0xffff));
        shop.Run();
        TestContext.Current.TestOutputHelper?.WriteLine(shop.ToString());
        Assert.Empty(shop.Trips);
        Assert.True(shop.DeniedByOthers > 20);
    }

    /// <summary>
    /// A million people and their bots at half past seven in the evening, half of whom have bought before. The brake's word is followed
    /// as the service does: a version with that rule in shadow.
    /// </summary>
    private sealed class Shop : IShopDoor, IGateFacts
    {
        private readonly SimulatedWorld world;
        private readonly GateDocument document;
        private readonly GateEngine engine;
        private readonly BrakeWatch brake = new();
        private readonly FeatureReader features = new(new AgentTable());
        private readonly EdgeRequest request = new();
        private readonly GateInputs inputs = new();
        private readonly GateDecision decision = new();
        private GateModel model;
        private EventTruth asker;
        private int requests;
        private int denied;

        public Shop(ulong seed, params RuleDocument[] planted)
        {
            world = new(
                new()
                {
                    Seed = seed,
                    People = 1_000_000,
                    Days = 1,
                    LatePerMille = 0,
                    DuplicatePerMille = 0,
                }
            );
            GateDocument pack = GateYamlLoader.Load("default").Document;
            // Good rules that have something to do: the pack's that go by what visitors say they are, refusing.
            IEnumerable<RuleDocument> good = pack
                .Rules.Where(x => x.Id is "declared-bot" or "declared-scanner" or "headless-browser")
                .Select(x => x with { Action = RuleAction.Deny });
            document = pack with { Rules = [.. good, .. planted] };
            model = GateModel.Create(document, 1, out _)!;
            engine = new(model, new CounterBank(new CounterLimits()), new ListBook(), this);
            brake.Arm(model);
        }

        public long Opens => world.Options.Start.ToUnixTimeMilliseconds() + (19 * 60 + 30) * 60_000L;

        public int DeniedByOthers { get; private set; }

        public List<BrakeTrip> Trips { get; } = [];

        public void Run()
        {
            WorldRun run = world.Run(keepTruth: false, door: this);
            while (run.MoveNext() && run.Time < Opens + 10 * 60_000L) { }
        }

        public bool Admits(ReadOnlySpan<byte> line, in EventTruth truth)
        {
            Utf8JsonReader reader = new(line);
            using JsonDocument parsed = JsonDocument.ParseValue(ref reader);
            JsonElement root = parsed.RootElement;
            long time = root.GetProperty("time").GetDateTimeOffset().ToUnixTimeMilliseconds();
            if (time < Opens)
                return true;
            asker = truth;
            Read(time, root);
            features.Read(request, inputs.Request);
            engine.Decide(request, inputs, decision);
            requests++;
            bool isDenied = decision.Action == DecisionAction.Deny;
            denied += isDenied ? 1 : 0;
            if (isDenied && decision.DecidingRule >= 0 && model.Document.Rules[decision.DecidingRule].Id != Bad.Id)
                DeniedByOthers++;
            if (brake.Add(inputs, decision) is { } trip)
                Follow(trip);
            return !isDenied;
        }

        public override string ToString() =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"seed {world.Options.Seed}: {requests} requests in 10 minutes, {denied} denied, {DeniedByOthers} of them by good rules; {string.Join("; ", Trips.Select(x => $"after {(x.Time - Opens) / 1000} s {x.Cause}"))}"
            );

        BotIdentity IGateFacts.Identify(RequestFeatures request) => BotIdentity.None;

        // Half of the people have bought before; bots under fresh cookies have not.
        CustomerFacts IGateFacts.Customer(EdgeRequest request) =>
            asker.Person >= 0 ? new(true, 86_400_000, asker.Person % 2 == 0 ? 1 : 0, 1) : default;

        private void Follow(BrakeTrip trip)
        {
            Trips.Add(trip);
            GateDocument next = model.Document with
            {
                Rules =
                [
                    .. model.Document.Rules.Select(x => x.Id == trip.Rule ? x with { Mode = RuleMode.Shadow } : x),
                ],
            };
            model = GateModel.Create(next, model.Version + 1, out _)!;
            engine.Model = model;
            brake.Arm(model);
        }

        private void Read(long time, JsonElement root)
        {
            JsonElement context = root.GetProperty("context");
            JsonElement asked = root.GetProperty("request");
            request.Reset();
            request.Time = time;
            request.Knowledge = RequestKnowledge.Agent | RequestKnowledge.Host;
            request.Address = IpAddress.TryParse(
                context.GetProperty("address").GetString(),
                out IpAddress address,
                out _
            )
                ? address
                : null;
            request.UserAgent = context.TryGetProperty("userAgent", out JsonElement agent) ? agent.GetString() : null;
            request.Referrer = context.TryGetProperty("referrer", out JsonElement referrer)
                ? referrer.GetString()
                : null;
            request.Method = asked.GetProperty("method").GetString()!;
            string path = asked.GetProperty("path").GetString()!;
            int query = path.IndexOf('?', StringComparison.Ordinal);
            request.Path = query < 0 ? path : path[..query];
            request.Query = query < 0 ? "" : path[(query + 1)..];
            request.Host = asked.TryGetProperty("host", out JsonElement host) ? host.GetString() : null;
            if (!root.TryGetProperty("identifiers", out JsonElement identifiers))
                return;
            foreach (JsonElement identifier in identifiers.EnumerateArray())
                if (identifier.GetProperty("type").GetString() is "cookie" or "device")
                    request.Session = identifier.GetProperty("value").GetString();
        }
    }
}
