using System.Globalization;
using System.Text;
using Throughline.Cel.Library;
using Throughline.Core.Gate.Challenges;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Challenges;

/// <summary>Tasks and clearances hold for whom they were given, and for nobody else.</summary>
public sealed class ChallengeTicketTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(1, 32).Select(x => (byte)x)];
    private static readonly ChallengeSeal Seal = new([Secret], "alpha");
    private static readonly ulong Agent = ChallengeTicket.AgentOf("a-browser/1");
    private static readonly IpAddress Client = AddressOf("203.0.113.5");

    private static ChallengeTicket Ticket =>
        new(
            new(1, GateKit.Noon, 7),
            Difficulty: 8,
            GateKit.Noon,
            HoldsMs: 600_000,
            Version: 3,
            Rule: 2,
            AddressRange.Of(Client, 24, 48),
            Agent,
            "/a?b=c"
        );

    [Fact]
    public void Check_Solved_GivesTheTicketBack()
    {
        string text = Ticket.Close(Seal);
        Assert.Equal((ChallengeFault.None, Ticket), Check(text, Solve(text)));
        Assert.Equal(8, ChallengeTicket.DifficultyOf(text));
    }

    [Theory]
    [InlineData("203.0.113.250", ChallengeFault.None)]
    [InlineData("203.0.114.5", ChallengeFault.OtherAddress)]
    [InlineData("2001:db8::cb00:7105", ChallengeFault.OtherAddress)]
    [InlineData(null, ChallengeFault.OtherAddress)]
    public void Check_Address_IsOfTheSameNetwork(string? address, ChallengeFault fault)
    {
        string text = Ticket.Close(Seal);
        Assert.Equal(fault, Check(text, Solve(text), address is null ? null : AddressOf(address)).Fault);
    }

    [Fact]
    public void Check_OtherAgentTimeTenantOrSecret_IsRefused()
    {
        string text = Ticket.Close(Seal);
        string number = Solve(text);
        Assert.Equal(ChallengeFault.OtherAgent, Check(text, number, Client, agent: Agent + 1).Fault);
        Assert.Equal(ChallengeFault.None, Check(text, number, Client, now: GateKit.Noon + 600_000).Fault);
        Assert.Equal(ChallengeFault.Expired, Check(text, number, Client, now: GateKit.Noon + 600_001).Fault);
        Assert.Equal(ChallengeFault.Expired, Check(text, number, Client, now: GateKit.Noon - 60_001).Fault);
        Assert.Equal(ChallengeFault.Forged, Check(text, number, Client, seal: new([Secret], "beta")).Fault);
        Assert.Equal(ChallengeFault.Forged, Check(text, number, Client, seal: new([new byte[32]], "alpha")).Fault);
    }

    [Fact]
    public void Check_RotatedSecret_HoldsUntilTheOldOneIsTakenAway()
    {
        byte[] next = [.. Secret.Reverse()];
        string text = Ticket.Close(Seal);
        string number = Solve(text);
        Assert.Equal(ChallengeFault.None, Check(text, number, Client, seal: new([next, Secret], "alpha")).Fault);
        Assert.Equal(ChallengeFault.Forged, Check(text, number, Client, seal: new([next], "alpha")).Fault);
    }

    /// <summary>Whoever changes a bit anywhere has another seal to find, and other work to do.</summary>
    [Fact]
    public void Check_AnyCharacterChanged_IsRefused()
    {
        string text = Ticket.Close(Seal);
        string number = Solve(text);
        for (int i = 0; i < text.Length; i++)
        {
            foreach (char other in "ABQg_")
            {
                // The last character of the seal has bits that mean nothing: the work is of another text all the same.
                string changed = text[..i] + other + text[(i + 1)..];
                if (changed != text)
                    Assert.NotEqual(ChallengeFault.None, Check(changed, number).Fault);
            }
        }
    }

    [Fact]
    public void Check_CheaperTask_IsNoTaskOfOurs()
    {
        // As hard as it is, but named easier in the open part: solved at once, and refused by the seal.
        string text = Ticket.Close(Seal);
        byte[] content = System.Buffers.Text.Base64Url.DecodeFromChars(text.AsSpan(0, text.Length - 44));
        content[1] = 1;
        string easier = System.Buffers.Text.Base64Url.EncodeToString(content) + text[^44..];
        Assert.Equal(ChallengeFault.Forged, Check(easier, Solve(easier, 1)).Fault);
    }

    public static TheoryData<string> Numbers =>
        [
            "",
            "-1",
            "+1",
            "01",
            "1e9",
            "1 ",
            " 1",
            "1.0",
            "0x1",
            "١٢٣", // digits, but not these
            "𝟏𝟐",
            "99999999999999999999999999999999999999",
            "1000000000000",
            new string('9', 100_000),
            "1\0",
        ];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Check_OddNumber_IsMalformed(string number) =>
        Assert.Equal(ChallengeFault.Malformed, Check(Ticket.Close(Seal), number).Fault);

    [Fact]
    public void Check_HostileTicket_IsRefusedAndNeverThrows()
    {
        string text = Ticket.Close(Seal);
        string number = Solve(text);
        for (int length = 0; length < text.Length; length++)
            Assert.NotEqual(ChallengeFault.None, Check(text[..length], number).Fault);
        Random random = Seeds.Random();
        foreach (
            string odd in (string[])
                [
                    ".",
                    "..",
                    text + ".",
                    "." + text,
                    text + "=",
                    " " + text,
                    text + "\n",
                    new string('A', 1 << 20),
                    "€" + text[1..],
                    text.Replace('.', '\u2024'),
                ]
        )
            Assert.NotEqual(ChallengeFault.None, Check(odd, number).Fault);
        for (int i = 0; i < 2000; i++)
        {
            string chance = string.Concat(
                Enumerable.Range(0, random.Next(200)).Select(_ => (char)random.Next(1, 0x2100))
            );
            Assert.Equal((ChallengeFault.Malformed, null), Check(chance, number));
        }
    }

    [Fact]
    public void Clearance_WhoeverShowsIt_IsWorthWhatItWasGivenFor()
    {
        string cookie = Clearance.Close(Seal, Ticket, Ticket.Range, GateKit.Noon, holdsMs: 1000);
        Assert.Equal(Clearance.TextSize, cookie.Length);
        Assert.Equal(
            new ClearanceFacts(ClearanceState.Valid, 8, 999, Ticket.Id.ToString()),
            Clearance.Read(Seal, cookie, AddressOf("203.0.113.77"), Agent, GateKit.Noon + 999)
        );
        Assert.Equal(ClearanceState.Expired, Clearance.Read(Seal, cookie, Client, Agent, GateKit.Noon + 1000).State);
        Assert.Equal(
            ClearanceState.OtherAddress,
            Clearance.Read(Seal, cookie, AddressOf("203.0.114.77"), Agent, GateKit.Noon).State
        );
        Assert.Equal(ClearanceState.OtherAgent, Clearance.Read(Seal, cookie, Client, Agent ^ 1, GateKit.Noon).State);
        Assert.Equal(
            ClearanceState.Forged,
            Clearance.Read(new([Secret], "beta"), cookie, Client, Agent, GateKit.Noon).State
        );
        for (int i = 0; i < cookie.Length; i++)
        {
            string changed = cookie[..i] + (cookie[i] == 'B' ? 'C' : 'B') + cookie[(i + 1)..];
            Assert.Equal(ClearanceState.Forged, Clearance.Read(Seal, changed, Client, Agent, GateKit.Noon).State);
            Assert.Equal(
                ClearanceState.Forged,
                Clearance.Read(Seal, cookie.AsSpan(0, i), Client, Agent, GateKit.Noon).State
            );
        }
    }

    /// <summary>A task is no clearance, whatever stands in it: each use has a key of its own.</summary>
    [Fact]
    public void Seal_OfOneUse_HoldsForNoOther()
    {
        byte[] content = Encoding.ASCII.GetBytes("content");
        string text = Seal.Close(SealUse.Ticket, content);
        byte[] seal = System.Buffers.Text.Base64Url.DecodeFromChars(text.AsSpan()[^43..]);
        Assert.True(Seal.Holds(SealUse.Ticket, Seal.KeyId, content, seal));
        Assert.False(Seal.Holds(SealUse.Clearance, Seal.KeyId, content, seal));
        Assert.False(Seal.Holds(SealUse.Ticket, Seal.KeyId + 1, content, seal));
    }

    [Theory]
    [InlineData("198.51.100.7", 32, "198.51.100.7", true)]
    [InlineData("198.51.100.7", 32, "198.51.100.6", false)]
    [InlineData("198.51.100.7", 0, "8.8.8.8", true)]
    [InlineData("2001:db8:1:2::1", 48, "2001:db8:1:ffff::2", true)]
    [InlineData("2001:db8:1:2::1", 48, "2001:db8:2:2::1", false)]
    [InlineData("2001:db8:1:2::1", 64, "2001:db8:1:2:ffff::", true)]
    [InlineData("2001:db8:1:2::1", 0, "198.51.100.7", false)]
    public void Range_Contains_GoesByItsOwnBits(string given, int bits, string shown, bool isIn)
    {
        AddressRange range = AddressRange.Of(AddressOf(given), Math.Min(bits, 32), bits);
        byte[] bytes = new byte[AddressRange.Size];
        range.Write(bytes);
        Assert.Equal(isIn, AddressRange.Read(bytes).Contains(AddressOf(shown)));
    }

    private static (ChallengeFault Fault, ChallengeTicket? Ticket) Check(string text, string number) =>
        Check(text, number, Client);

    private static (ChallengeFault Fault, ChallengeTicket? Ticket) Check(
        string text,
        string number,
        IpAddress? address,
        ulong? agent = null,
        long now = GateKit.Noon,
        ChallengeSeal? seal = null
    )
    {
        ChallengeFault fault = ChallengeTicket.Check(
            seal ?? Seal,
            text,
            number,
            address,
            agent ?? Agent,
            now,
            out ChallengeTicket? ticket
        );
        return (fault, fault == ChallengeFault.None ? ticket : null);
    }

    private static string Solve(string ticket, int difficulty = 8)
    {
        for (int i = 0; ; i++)
            if (ProofOfWork.IsSolution(ticket.AsSpan()[^43..], i.ToString(CultureInfo.InvariantCulture), difficulty))
                return i.ToString(CultureInfo.InvariantCulture);
    }

    private static IpAddress AddressOf(string text) =>
        IpAddress.TryParse(text, out IpAddress address, out string error) ? address : throw new FormatException(error);
}
