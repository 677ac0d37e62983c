using System.Text.Json;
using Throughline.Cel.Library;
using Throughline.Core.Events;
using Throughline.Core.Gate.Rules;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Events;

/// <summary>Decisions become events without JSON: the same as with it.</summary>
[Collection(nameof(Alone))]
public sealed class DecisionEventsTests
{
    private const long Time = 1_780_315_200_000;

    [Fact]
    public void Fill_AnyDecision_IsWhatItsJsonGives()
    {
        Random chance = Seeds.Random();
        RawEvent direct = new();
        for (int i = 0; i < 2000; i++)
        {
            string id = $"{chance.Next(1, 9):x}-{chance.NextInt64(1L << 42):x}-{chance.NextInt64(1L << 40):x}";
            IpAddress? address = AddressOf(chance);
            string? agent = AgentOf(chance);
            DecisionAction action = (DecisionAction)chance.Next(4);
            int score = chance.Next(-5, 300);
            DecisionEvents.Fill(direct, id, Time + i, address, agent, action, score);
            Assert.Equal(
                Convert.ToHexString(Encode(Parse(id, Time + i, address, agent, action, score))),
                Convert.ToHexString(Encode(direct))
            );
        }
    }

    [Fact]
    public void Fill_AgentThatNoEventMayHave_IsLeftOut()
    {
        RawEvent direct = new();
        foreach (string agent in (string[])["a\u0001b", "\u0085", new('x', EventLimits.LongText + 1)])
        {
            DecisionEvents.Fill(direct, "1-2-3", Time, null, agent, DecisionAction.Deny, 7);
            Assert.False(direct.Has(EventField.UserAgent));
        }
        DecisionEvents.Fill(direct, "1-2-3", Time, null, new('x', EventLimits.LongText), DecisionAction.Deny, 7);
        Assert.True(direct.Has(EventField.UserAgent));
    }

    [Fact]
    public void Fill_Warm_AllocatesNothing()
    {
        RawEvent direct = new();
        IpAddress address = IpAddress.Of(0xCB00_7101, isV6: false);
        string agent = new('a', 300);
        long bytes = ActionCost.AllocatedBytes(() =>
            DecisionEvents.Fill(direct, "1-2-3", Time, address, agent, DecisionAction.Allow, 0)
        );
        Assert.Equal(0, bytes);
    }

    private static byte[] Encode(RawEvent source)
    {
        RecordBuffer target = new();
        new EventEncoder(new TestEventKeys()).Encode(source, backfill: true, target, "record"u8);
        return target[0].ToArray();
    }

    private static RawEvent Parse(
        string id,
        long time,
        IpAddress? address,
        string? agent,
        DecisionAction action,
        int score
    )
    {
        Dictionary<string, string> context = [];
        if (address is not null)
            context.Add("address", address.Text);
        if (!string.IsNullOrEmpty(agent))
            context.Add("userAgent", agent);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                id,
                type = "decision",
                time,
                context,
                decision = new
                {
                    request = id,
                    action = Words.Of(action),
                    score,
                },
            }
        );
        Assert.True(EventJson.TryParse(json, out RawEvent parsed, out Rejection rejection), rejection.Message);
        return parsed;
    }

    private static IpAddress? AddressOf(Random chance) =>
        chance.Next(4) switch
        {
            0 => null,
            1 => IpAddress.Of(
                new UInt128((ulong)chance.NextInt64(), (ulong)chance.NextInt64() >> chance.Next(64)),
                true
            ),
            2 => IpAddress.Of((UInt128)chance.Next(1 << 20), isV6: true),
            _ => IpAddress.Of((UInt128)(uint)chance.NextInt64(1L << 32), isV6: false),
        };

    private static string? AgentOf(Random chance)
    {
        if (chance.Next(5) == 0)
            return chance.Next(2) == 0 ? null : "";
        char[] text = new char[chance.Next(1, 200)];
        for (int i = 0; i < text.Length; i++)
            text[i] = chance.Next(10) == 0 ? (char)chance.Next(0xa0, 0xd7ff) : (char)chance.Next(32, 127);
        return new(text);
    }
}
